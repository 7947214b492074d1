"""How each operation on rides is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fixtures.house import new_key, until
from tests.living.cards.seeds import ANSWERS_S, OFFICE, RIDER, settled, usable
from tests.living.concessions.seeds import granting
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _upload(seeds: Seeds) -> Call:
    """A tap of when its card was opened, before it was denied for what was not paid."""
    card = await usable(seeds, RIDER)
    if not card.get(
        "rider_until"
    ):  # a card's rides without a connection end some time; a lower fare makes more of them
        asked = await seeds.done(Call("createConcession", RIDER, body=seeds.api.example("createConcession")))
        await seeds.done(granting(seeds, asked))
    time = card["create_time"]
    tap = {"card": card["number"], "validator": new_key()[-12:], "sequence": 1, "route": "K1", "time": time}
    return Call("uploadTaps", OFFICE, body={"taps": [tap], "offline": True})


async def _refused(seeds: Seeds) -> dict[str, Any]:
    """A ride that could not be paid: who rides has no wallet."""
    made = (await seeds.done(await _upload(seeds)))["results"][0]["ride"]

    async def refused() -> Any:
        found = await seeds.done(Call("getRide", RIDER, path={"id": made}))
        return found if found["state"] == "refused" else None

    found: dict[str, Any] = await until(refused, ANSWERS_S, "economy refuses the fare")
    return found


async def _board(seeds: Seeds) -> Call:
    """Of a bus that tells no line, by who has a wallet with something on it: what is owed keeps off the next bus."""
    await seeds.money.wallet()
    card = await usable(seeds)
    if card["state"] == "owing":
        await seeds.done(Call("settleCard", "citizen", path={"number": card["number"]}))
    await settled(seeds)
    body = seeds.api.example("registerVehicle")
    body |= {"id": f"ts-{new_key()[-12:].lower()}", "agency": "blu-trans-semarang"}
    vehicle = (await seeds.done(Call("registerVehicle", "admin", body=body)))["id"]
    return Call("boardVehicle", "citizen", path={"vehicle": vehicle}, body={"route": "K1"}, other={"route": "K2"})


async def _get(seeds: Seeds) -> Call:
    return Call("getRide", RIDER, path={"id": (await _refused(seeds))["id"]})


async def _list(_: Seeds) -> Call:
    return Call("listRides", OFFICE)


async def _settle(seeds: Seeds) -> Call:
    return Call("settleCard", RIDER, path={"number": (await _refused(seeds))["card"]})


async def _write_off(seeds: Seeds) -> Call:
    ride, body = await _refused(seeds), seeds.api.example("writeOffRide")
    return Call("writeOffRide", OFFICE, path={"id": ride["id"]}, body=body, version=ride["etag"])


async def _takings(_: Seeds) -> Call:
    return Call("listRideTakings", OFFICE)


SEEDS: dict[str, Seed] = {
    "uploadTaps": _upload,
    "boardVehicle": _board,
    "getRide": _get,
    "listRides": _list,
    "settleCard": _settle,
    "writeOffRide": _write_off,
    "listRideTakings": _takings,
}
