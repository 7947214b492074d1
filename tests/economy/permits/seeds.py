"""How each operation on permits is asked for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.kit.city import load_city
from tests.fixtures.house import new_key, until
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

CHECKER, ROADS = "checker", "stranger"
"""Officers of the kecamatan that checks, and of the agency that decides on loading."""
WHY = "Lengkap dan sesuai dengan ketentuan."
UNDER_WAY = ("draft", "checking", "asked", "deciding", "payable")


def _moving(one: dict[str, Any], move: str, role: str, note: str = WHY) -> Call:
    body = {"move": move, "note": note}
    other = {"note": "Sudah diperiksa di lapangan."}
    return Call(
        "transitionPermit", role, path={"code": one["code"]}, body=body, version=one["etag"], other=other
    )  # fmt: skip


async def _wanted(seeds: Seeds, kind: str = "pkl") -> dict[str, Any]:
    """An application, after room was made: nobody has more than some under way."""
    found = await seeds.done(Call("listPermits", "citizen", query={"own": "true"}))
    live = [one for one in found["permits"] if one["state"] in UNDER_WAY]
    live.sort(key=lambda one: str(one["create_time"]), reverse=True)
    for one in live[3:] if len(live) > 5 else []:  # not the newest, which other seeds go on with
        gone = await seeds.api.send(_moving(one, "withdraw", "citizen", ""), **{"Idempotency-Key": new_key()})
        assert gone.status_code in (200, 412), gone.text  # another's seed moves it at the same moment
    return {
        "kind": kind, "name": "Warung Bu Sri", "holder": "Sri Wahyuni", "area": "33.74.01.1007",
        "place": "Pasar Johar blok C, kios 12",
    }  # fmt: skip


async def begun(seeds: Seeds, kind: str = "pkl", **more: Any) -> dict[str, Any]:
    """A draft."""
    body = {**await _wanted(seeds, kind), **more}
    return await seeds.done(Call("createPermit", "citizen", body=body))


def _adding(one: dict[str, Any], document: str = "ktp") -> Call:
    from tests.security.rest.seeds import picture

    return Call(
        "createPermitDocument", "citizen", path={"code": one["code"]}, query={"document": document}, photo=picture()
    )  # fmt: skip


async def deciding(seeds: Seeds, kind: str = "pkl", **more: Any) -> dict[str, Any]:
    """One that is complete and checked."""
    one = await begun(seeds, kind, **more)
    for document in one["missing"]:
        await seeds.done(_adding(one, document))
    one = await seeds.done(_moving(one, "submit", "citizen", ""))
    return await seeds.done(_moving(one, "check", CHECKER))


async def granted(seeds: Seeds) -> dict[str, Any]:
    """One that holds."""
    return await seeds.done(_moving(await deciding(seeds), "grant", "admin"))


async def _create(seeds: Seeds) -> Call:
    return Call("createPermit", "citizen", body=await _wanted(seeds), other={"name": "Warung Pak Budi"})


async def _update(seeds: Seeds) -> Call:
    body = {name: value for name, value in (await _wanted(seeds)).items() if name != "kind"}
    one = await begun(seeds)
    return Call(
        "updatePermit", "citizen", path={"code": one["code"]}, body=body, version=one["etag"],
        other={"name": "Warung Pak Budi"},
    )  # fmt: skip


async def _get(seeds: Seeds) -> Call:
    return Call("getPermit", "citizen", path={"code": (await begun(seeds))["code"]})


async def _list(_: Seeds) -> Call:
    return Call("listPermits", "citizen")


async def _transition(seeds: Seeds) -> Call:
    return _moving(await begun(seeds), "withdraw", "citizen")


async def _pay(seeds: Seeds) -> Call:
    """Of one whose first payment was cancelled by the agency that would get it."""
    day = str(datetime.now(load_city("semarang").timezone).date())
    one = await deciding(seeds, "bongkar-muat", first_day=day, last_day=day)
    one = await seeds.done(_moving(one, "grant", ROADS))
    read = Call("getPermit", "citizen", path={"code": one["code"]})

    async def asked() -> Any:
        return (await seeds.done(read)).get("payment")

    code = await until(asked, 30, "the fee of a permit is asked for")
    payment = await seeds.done(Call("getPayment", ROADS, path={"id": code}))
    await seeds.done(Call("cancelPayment", ROADS, path={"id": payment["id"]}, version=payment["etag"]))

    async def given_up() -> Any:
        return not (await seeds.done(read)).get("payment")

    await until(given_up, 30, "the cancelled payment of a permit is forgotten")
    return Call("requestPermitPayment", "citizen", path={"code": one["code"]})


async def _paper(seeds: Seeds) -> Call:
    return Call("getPermitPaper", path={"code": (await granted(seeds))["code"]})


async def _add(seeds: Seeds) -> Call:
    return _adding(await begun(seeds))


async def _document(seeds: Seeds) -> Call:
    one = await begun(seeds)
    made = await seeds.done(_adding(one))
    return Call("getPermitDocument", "citizen", path={"code": one["code"], "id": made["id"]})


async def _remove(seeds: Seeds) -> Call:
    one = await begun(seeds)
    made = await seeds.done(_adding(one))
    return Call("deletePermitDocument", "citizen", path={"code": one["code"], "id": made["id"]})


async def _kinds(_: Seeds) -> Call:
    return Call("listPermitKinds")


async def _kind(_: Seeds) -> Call:
    return Call("getPermitKind", path={"id": "pkl"})


async def _follow(seeds: Seeds) -> Call:
    body = seeds.api.example("createPermitFollower")
    one = await granted(seeds)
    return Call("createPermitFollower", "citizen", path={"code": one["code"]}, body=body, other={"language": "en"})


async def _rest_on(seeds: Seeds) -> Call:
    """A business of before there were permits."""
    body, merchant = {"permit": (await granted(seeds))["code"]}, await seeds.money.business()
    other = {"permit": (await granted(seeds))["code"]}
    return Call(
        "updateMerchantPermit", "citizen", path={"id": merchant["id"]}, body=body, version=merchant["etag"], other=other
    )  # fmt: skip


SEEDS: dict[str, Seed] = {
    "updateMerchantPermit": _rest_on,
    "listPermitKinds": _kinds,
    "getPermitKind": _kind,
    "createPermit": _create,
    "updatePermit": _update,
    "getPermit": _get,
    "listPermits": _list,
    "transitionPermit": _transition,
    "requestPermitPayment": _pay,
    "getPermitPaper": _paper,
    "createPermitDocument": _add,
    "getPermitDocument": _document,
    "deletePermitDocument": _remove,
    "createPermitFollower": _follow,
}
