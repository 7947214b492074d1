"""A proposal, from its process to the finished work, step by step on a running platform.

The people on paper are nobody: their numbers have the serial 0000. A ballot of a local platform may be of seconds, so
nobody waits for days; what it decides stays, as what residents decide does.
"""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from typing import Any

from deploy.local.stories import AREA, NEIGHBOURHOOD
from deploy.operate.story import Step, until
from deploy.operate.visitor import StoryError, Visitor

OFFICE, REGISTRATION, CREW = "petugas-bappeda", "petugas-disdukcapil", "petugas-dlh"
COUNTERS = (OFFICE, "admin")
"""Who count the papers of the booth, each on their own."""
CITY = "33.74"
LAMPS, DRAIN, PARK = ("Lampu jalan RT 03", 12_000_000), ("Saluran air gang", 9_000_000), ("Taman bermain", 14_000_000)
PAPERS = 6
"""With fewer than five votes nothing is told but their number."""
VOTE_S = 10
_WHERE = {"lon": 110.4105, "lat": -6.9837}
_CONFIRM = re.compile(r"(/surat/usulan/konfirmasi/[a-z2-7]+)")


async def tell(visitor: Visitor, zone: tzinfo) -> AsyncGenerator[Step, None]:
    """The steps as they happen. Raises StoryError when one does not come out as it should."""
    today = datetime.now(zone).date()
    process = await _process(visitor, today)
    yield Step("process", OFFICE, f"{process['title']}: proposals are taken", process)

    made = [await _proposal(visitor, process, title, cost) for title, cost in (LAMPS, DRAIN, PARK)]
    code = made[0]["code"]
    yield Step("proposal", "warga", f"{code} {LAMPS[0]}, and two more without a login", made[0])

    joined = await visitor.post(f"/v1/proposals/{code}/support")
    yield Step("support", "anybody", f"{joined['supporters']} supporter", joined)

    mailbox = f"cerita-{secrets.token_hex(4)}@example.org"
    await visitor.post(f"/v1/proposals/{code}/followers", {"email": mailbox, "language": "id"})
    await _confirm(visitor, mailbox)
    yield Step("followed", "a supporter", f"{mailbox} hears of {code} from now on", {"email": mailbox})

    accepted = [await _review(visitor, one["code"], "accepted") for one in made]
    yield Step("accepted", OFFICE, f"{len(accepted)} proposals go to the vote", accepted[0])

    await _verified(visitor, today)
    ballot = await _ballot(visitor, process)
    yield Step("ballot", "the process", f"open until {ballot['close_time']}: {len(ballot['options'])} options", ballot)

    online = await _vote(visitor, ballot)
    turnout = f"{online['online']} by phone, {online['paper']} on paper; nothing tells who chose what"
    yield Step("votes", "verified residents", turnout, online)

    result = await _count(visitor, ballot)
    yield Step(
        "counted", "two who found the same", f"{result['votes']} votes, SHA-256 {result['digest'][:16]}…", result
    )

    ask = partial(visitor.get, f"/v1/proposals/{code}")
    chosen = await until("the proposal is not chosen", ask, lambda one: one["state"] == "chosen")
    yield Step("chosen", "the ballot", f"{code} with {chosen['approvals']} of {chosen['votes']} votes", chosen)
    asked = partial(visitor.get, f"/v1/processes/{process['id']}")
    process = await until("the process does not go on", asked, lambda one: one["phase"] == "carry_out")
    yield Step("carried_out", "the process", "out of its vote by itself, once that was counted", process)

    cleanup = await _work(visitor)
    report = {"note": "Lokasi dibersihkan dahulu.", "link": "cleanup", "reference": cleanup["id"]}
    linked = await visitor.post(f"/v1/proposals/{code}/report", report, OFFICE, chosen["etag"])
    yield Step("linked", OFFICE, f"{code} follows the clean-up {cleanup['id']}", linked)
    await _clean_up(visitor, cleanup)
    done = await until("the proposal is not finished", ask, lambda one: one["state"] == "done")
    yield Step("finished", CREW, "the crew is done, and so the proposal is carried out", done)

    mails = await _mails(visitor, mailbox, done)
    yield Step("told", "the supporter", f"{len(mails)} mails: {'; '.join(mails)}", {"subjects": mails})
    yield Step("story", "everybody", f"{visitor.urls['traces'].rstrip('/')}/stories/{code}", done)


async def _process(visitor: Visitor, today: date) -> dict[str, Any]:
    made = await visitor.post("/v1/processes", _written(today), OFFICE)
    return await _move(visitor, made, "collect", "Warga dipersilakan mengusulkan.")


def _written(today: date) -> dict[str, Any]:
    return {
        "kind": NEIGHBOURHOOD,
        "area": AREA,
        "title": f"Anggaran RT 03 RW 02 {today.year}",
        "summary": "Bantuan operasional RT tahun ini: usulkan, dukung, dan pilih penggunaannya.",
        "rt": "RT 03 RW 02",
        "budget": {"currency": "IDR", "units": 25_000_000},
        "voters": {"min_age": 17, "areas": [CITY], "cut_off": str(today)},
    }


async def _move(visitor: Visitor, process: dict[str, Any], phase: str, reason: str) -> dict[str, Any]:
    asked = {"phase": phase, "reason": reason}
    done: dict[str, Any] = await visitor.post(f"/v1/processes/{process['id']}/phase", asked, OFFICE, process["etag"])
    return done


async def _proposal(visitor: Visitor, process: dict[str, Any], title: str, cost: int) -> dict[str, Any]:
    """One that is published; the first is the demo citizen's."""
    words = "Sudah dibicarakan dalam rapat RT dan dibutuhkan banyak warga."
    asked = {"process": process["id"], "title": title, "words": words, "cost": {"currency": "IDR", "units": cost}}
    made = await visitor.post("/v1/proposals", asked, "warga" if title == LAMPS[0] else "")
    return await _review(visitor, made["code"], "open")


async def _review(visitor: Visitor, code: str, state: str) -> dict[str, Any]:
    known = await visitor.get(f"/v1/proposals/{code}", OFFICE)
    asked = {"state": state, "note": "Sudah kami periksa di lapangan."}
    done: dict[str, Any] = await visitor.post(f"/v1/proposals/{code}/review", asked, OFFICE, known["etag"])
    return done


async def _confirm(visitor: Visitor, mailbox: str) -> None:
    """Follows the link of the confirmation, in a browser that knows nothing, and presses the button."""
    asked = await until("no confirmation comes by mail", partial(_inbox, visitor, mailbox), bool)
    link = _CONFIRM.search(asked[0]["text"])
    answer = await visitor.client.post(link[1] if link else "/", headers={"Accept": "text/html"})
    if answer.status_code != 200:
        raise StoryError(f"the link of the confirmation answered {answer.status_code}")


async def _inbox(visitor: Visitor, mailbox: str) -> list[dict[str, Any]]:
    """Mails to an address, the newest first."""
    address = f"{visitor.urls['mailbox'].rstrip('/')}/api/messages"
    found: list[dict[str, Any]] = (await visitor.client.get(address, params={"to": mailbox})).json()["messages"]
    return found


async def _verified(visitor: Visitor, today: date) -> None:
    """The demo citizen is a verified resident."""
    known = (await visitor.get("/v1/residents", "warga", state="verified"))["residents"]
    if known:
        return
    for one in (await visitor.get("/v1/residents", "warga", state="waiting"))["residents"]:
        declined = {"note": "Kartu yang ditunjukkan bukan kartu ini."}
        await visitor.post(f"/v1/residents/{one['id']}/rejection", declined, REGISTRATION, one["etag"])
    born = _someone(today)
    card = {"nik": _number(born), "birth_date": str(born), "area_code": AREA}
    made = await visitor.post("/v1/residents", card, "warga")
    proof = {"nik": card["nik"], "code": made["code"]}
    await visitor.post(f"/v1/residents/{made['id']}/verify", proof, REGISTRATION, made["etag"])


def _someone(today: date) -> date:
    """A birthday of somebody who may vote."""
    return date(today.year - 80, 1, 1) + timedelta(days=secrets.randbelow(60 * 365))


def _number(born: date) -> str:
    """A number that nobody has."""
    return f"337401{born.day:02}{born.month:02}{born.year % 100:02}0000"


async def _ballot(visitor: Visitor, process: dict[str, Any]) -> dict[str, Any]:
    """The vote begins, and its ballot opens by itself until the day on which the process is to be carried out."""
    known = await visitor.get(f"/v1/processes/{process['id']}")
    ends = (datetime.now(UTC) + timedelta(seconds=VOTE_S)).isoformat()
    anew = {name: known[name] for name in ("title", "summary", "rt", "budget", "voters")}
    written = {**anew, "dates": {"carry_out": ends}, "reason": "Pemungutan suara dimulai dan berakhir hari ini."}
    known = await visitor.put(f"/v1/processes/{process['id']}", written, OFFICE, known["etag"])
    await _move(visitor, known, "vote", "Usulan sudah ditelaah.")
    ask = partial(visitor.get, f"/v1/processes/{process['id']}")
    known = await until("no ballot opens with the vote", ask, lambda one: one["ballot"])
    found: dict[str, Any] = await visitor.get(f"/v1/ballots/{known['ballot']}")
    return found


async def _vote(visitor: Visitor, ballot: dict[str, Any]) -> dict[str, Any]:
    """The demo citizen votes by phone, others on paper."""
    path = f"/v1/ballots/{ballot['id']}"
    await visitor.post(f"{path}/votes", {"options": _numbers(ballot, LAMPS[0])}, "warga")
    first = date(1950, 1, 1) + timedelta(days=secrets.randbelow(15_000))
    for place in range(PAPERS):
        born = first + timedelta(days=place)
        shown = {"booth": "TPS-1", "nik": _number(born), "birth_date": str(born)}
        await visitor.post(f"{path}/paper-voters", shown, OFFICE)
    found: dict[str, Any] = await visitor.get(path)
    return found


def _numbers(ballot: dict[str, Any], *titles: str) -> list[int]:
    return [one["number"] for one in ballot["options"] if one["title"] in titles]


async def _count(visitor: Visitor, ballot: dict[str, Any]) -> dict[str, Any]:
    """Voting ends, two count the booth, and the box is opened."""
    path = f"/v1/ballots/{ballot['id']}"
    closed = await until("voting does not end", partial(visitor.get, path), lambda one: one["state"] == "closed")
    lines = [
        {"papers": PAPERS - 2, "options": _numbers(ballot, LAMPS[0], DRAIN[0])},
        {"papers": 2, "options": _numbers(ballot, PARK[0])},
    ]
    for counter in COUNTERS:
        await visitor.post(f"{path}/booth-counts", {"booth": "TPS-1", "lines": lines}, counter)
    await visitor.post(f"{path}/count", {}, OFFICE, closed["etag"])
    await until("the votes are not counted", partial(visitor.get, path), lambda one: one["state"] == "counted")
    result: dict[str, Any] = await visitor.get(f"{path}/result")
    return result


async def _work(visitor: Visitor) -> dict[str, Any]:
    """A clean-up that a report led to."""
    text = "Sampah menumpuk di tempat lampu jalan akan dipasang"
    filed = await visitor.post("/v1/complaints", {"text": text, "category": "sampah-menumpuk", "location": _WHERE})
    path = f"/v1/complaints/{filed['code']}"
    await visitor.post(f"{path}/transitions", {"transition": "verify"}, "verifikator", filed["etag"])
    ask = partial(visitor.get, "/v1/cleanups", CREW, complaint=filed["code"])
    found = await until("no clean-up opens", ask, lambda page: page["cleanups"])
    return {**found["cleanups"][0], "complaint": filed["code"]}


async def _clean_up(visitor: Visitor, cleanup: dict[str, Any]) -> None:
    """A crew does it, and shows that it did."""
    photo = await visitor.send(f"/v1/complaints/{cleanup['complaint']}/photos", _photo(), "image/jpeg", CREW)
    path = f"/v1/cleanups/{cleanup['id']}"
    sent = await visitor.post(f"{path}/dispatch", {"crew": "Semarang Tengah 1"}, CREW, cleanup["etag"])
    proof = {"note": "Sampah diangkut dan lokasi disapu.", "photos": [photo["id"]]}
    await visitor.post(f"{path}/completion", proof, CREW, sent["etag"])


def _photo() -> bytes:
    from PIL import Image

    written = io.BytesIO()
    Image.new("RGB", (64, 48), (40, 120, 90)).save(written, "JPEG")
    return written.getvalue()


async def _mails(visitor: Visitor, mailbox: str, done: dict[str, Any]) -> list[str]:
    """Subjects of the news that the supporter got, the oldest first; the last says that it is carried out."""

    async def news() -> list[str]:
        found = [one["subject"] for one in await _inbox(visitor, mailbox)]
        return [one.removeprefix(f"{done['code']}: ") for one in reversed(found) if one.startswith(done["code"])]

    found: list[str] = await until(
        "the supporter does not hear of the end", news, lambda told: told and "selesai dikerjakan" in told[-1]
    )
    return found
