"""A permit, from the application to a business that is paid as long as it holds, step by step on a running platform.

The applicant's name and documents are made up. The business is ended with the story; the permits stay.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import Any

from stdnum import luhn

from deploy.local.stories import AREA, LOADING_PERMIT, STALL_PERMIT
from deploy.operate.levy_story import pay
from deploy.operate.story import Step, until
from deploy.operate.visitor import StoryError, Visitor

APPLICANT, CHECKER = "warga", "petugas-kec-semarang-tengah"
MARKETS, ROADS, BUSINESS = "petugas-disdag", "petugas-dishub", "petugas-dinkop-um"
NAME, STALL = "Warung Bu Sri", "Pasar Johar, kios B-"
AT_WORK = timedelta(minutes=10)
"""No story takes longer."""
WHY = "Dokumen lengkap dan lokasi sesuai ketentuan."


async def tell(visitor: Visitor, zone: tzinfo) -> AsyncGenerator[Step, None]:
    """The steps as they happen. Raises StoryError when one does not come out as it should."""
    one = await _begun(visitor, STALL_PERMIT)
    code = one["code"]
    yield Step("applied", APPLICANT, f"{code}: {one['name']}, a draft by phone", one)

    one = await _sent(visitor, one)
    yield Step("sent", APPLICANT, f"with photos of its documents; silence is consent on {one['due_time']}", one)

    one = await _move(visitor, one, "ask", CHECKER, "Foto tempat usaha kurang jelas, mohon diulang.")
    if one.get("due_time"):
        raise StoryError("the clock does not wait while the applicant is asked")
    await _photo(visitor, one, "foto-usaha")
    one = await _move(visitor, one, "submit", APPLICANT, "Foto sudah diganti.")
    yield Step("asked", CHECKER, f"the clock waited for an answer, and ends on {one['due_time']}", one)

    one = await _move(visitor, one, "check", CHECKER, WHY)
    yield Step("checked", CHECKER, "complete, and passed on", one)
    one = await _move(visitor, one, "grant", MARKETS, WHY)
    yield Step("granted", MARKETS, f"from {one['first_day']} to {one['last_day']}", one)

    mine = await visitor.get(f"/v1/permits/{code}", APPLICANT)
    paper = await _paper(visitor, code, "valid", mine["signature"])
    if not paper["genuine"]:
        raise StoryError("the signature of the paper does not check")
    yield Step("paper", "anybody", f"{code} is valid, and its signature is the city's", paper)

    merchant = await _merchant(visitor, code)
    yield Step("merchant", BUSINESS, f"{merchant['name']} takes payments, resting on {code}", merchant)

    one = await _move(visitor, mine, "suspend", MARKETS, "Kios dipakai di luar ketentuan.")
    await _paper(visitor, code, "suspended")
    stopped = await _merchant_is(visitor, merchant, "suspended")
    yield Step("suspended", MARKETS, "the paper says so, and the business cannot be paid any more", stopped)

    one = await _move(visitor, one, "object", APPLICANT, "Kios dipakai sesuai izin, mohon diperiksa kembali.")
    one = await _move(visitor, one, "uphold", "admin", "Pemeriksaan ulang: pemakaian sesuai izin.")
    merchant = await _merchant_is(visitor, merchant, "active")
    yield Step("upheld", "somebody else", "the objection is right: the permit holds, the business is paid again", one)

    loading = await _loading(visitor, datetime.now(zone).date().isoformat())
    yield Step("payable", ROADS, f"{loading['code']}: granted, and holds once its fee is paid", loading)
    loading = await _paid(visitor, loading)
    yield Step("paid", APPLICANT, f"{loading['code']} holds", loading)

    await visitor.post(f"/v1/merchants/{merchant['id']}/closure", {}, APPLICANT, merchant["etag"])
    yield Step("story", "everybody", f"{visitor.urls['traces'].rstrip('/')}/stories/{code}", one)


async def _begun(visitor: Visitor, kind: str, **more: Any) -> dict[str, Any]:
    """A draft, after those that are left of other stories were taken back: what somebody wrote by hand stays."""
    for left in (await visitor.get("/v1/permits", APPLICANT, own=True, state="draft"))["permits"]:
        if _left(left, datetime.now(UTC)):
            await _move(visitor, left, "withdraw", APPLICANT, "")
    stall = f"{STALL}{secrets.randbelow(900) + 100}"
    asked = {"kind": kind, "name": NAME, "holder": "Sri Wahyuni", "area": AREA, "place": stall, **more}
    made: dict[str, Any] = await visitor.post("/v1/permits", asked, APPLICANT)
    return made


def _left(draft: dict[str, Any], now: datetime) -> bool:
    """Whether a story began a draft and came no further; one that is younger may be another's that is at work."""
    ours = draft["name"] == NAME and draft["place"].startswith(STALL)
    return ours and datetime.fromisoformat(draft["create_time"]) < now - AT_WORK


async def _sent(visitor: Visitor, one: dict[str, Any]) -> dict[str, Any]:
    for document in one["missing"]:
        await _photo(visitor, one, document)
    return await _move(visitor, one, "submit", APPLICANT, "")


async def _photo(visitor: Visitor, one: dict[str, Any], document: str) -> None:
    from PIL import Image

    written = io.BytesIO()
    Image.new("RGB", (64, 48), (40, 120, 90)).save(written, "JPEG")
    path = f"/v1/permits/{one['code']}/documents?document={document}"
    await visitor.send(path, written.getvalue(), "image/jpeg", APPLICANT)


async def _move(visitor: Visitor, one: dict[str, Any], move: str, user: str, note: str) -> dict[str, Any]:
    asked = {"move": move, **({"note": note} if note else {})}
    done: dict[str, Any] = await visitor.post(f"/v1/permits/{one['code']}/transitions", asked, user, one["etag"])
    return done


async def _paper(visitor: Visitor, code: str, validity: str, signature: str = "") -> dict[str, Any]:
    query = {"signature": signature} if signature else {}
    paper: dict[str, Any] = await visitor.get(f"/v1/permits/{code}/paper", **query)
    if paper["validity"] != validity:
        raise StoryError(f"the paper of {code} is {paper['validity']}, not {validity}")
    return paper


async def _merchant(visitor: Visitor, code: str) -> dict[str, Any]:
    asked = {
        "name": "WARUNG BU SRI", "mcc": "5814", "sector": "food", "size": "umi", "area": AREA, "permit": code,
        "settlement_account": {"bank": "008", "number": "1360012345678"},
    }  # fmt: skip
    made = await visitor.post("/v1/merchants", asked, APPLICANT)
    pan = f"93600000{secrets.randbelow(10**10):010}"
    numbers = {"nmid": f"ID{secrets.randbelow(10**13):013}", "pan": pan + luhn.calc_check_digit(pan)}
    path = f"/v1/merchants/{made['id']}/activation"
    taken: dict[str, Any] = await visitor.post(path, numbers, BUSINESS, made["etag"])
    return taken


async def _merchant_is(visitor: Visitor, merchant: dict[str, Any], state: str) -> dict[str, Any]:
    ask = partial(visitor.get, f"/v1/merchants/{merchant['id']}", APPLICANT)
    found: dict[str, Any] = await until(f"the business is not {state}", ask, lambda one: one["state"] == state)
    return found


async def _loading(visitor: Visitor, day: str) -> dict[str, Any]:
    """A permit of one day with a fee, granted."""
    begun = await _begun(visitor, LOADING_PERMIT, first_day=day, last_day=day)
    one = await _move(visitor, await _sent(visitor, begun), "check", CHECKER, WHY)
    await _move(visitor, one, "grant", ROADS, WHY)
    ask = partial(visitor.get, f"/v1/permits/{one['code']}", APPLICANT)
    found: dict[str, Any] = await until("the fee is not asked for", ask, lambda found: found["payment"])
    return found


async def _paid(visitor: Visitor, loading: dict[str, Any]) -> dict[str, Any]:
    payment = await visitor.get(f"/v1/payments/{loading['payment']}")
    payment = await visitor.post(f"/v1/payments/{payment['id']}/qr")
    await pay(visitor, payment["qr"])
    ask = partial(visitor.get, f"/v1/permits/{loading['code']}", APPLICANT)
    found: dict[str, Any] = await until("the paid permit does not hold", ask, lambda one: one["state"] == "granted")
    return found
