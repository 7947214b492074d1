"""How each operation on cards is asked for. Who rides has no wallet: what is asked of them is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fixtures.house import until
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

RIDER, OFFICE = "rider", "stranger"
"""Who rides, and an officer of the transport agency: dishub."""
ANSWERS_S = 20.0


async def usable(seeds: Seeds, role: str = "citizen") -> dict[str, Any]:
    """The card of a citizen, opened if there is none."""
    found = (await seeds.done(Call("listCards", role)))["cards"]
    held = next((one for one in found if one["state"] != "blocked"), None)
    return dict(held) if held else await seeds.done(Call("createCard", role))


async def settled(seeds: Seeds) -> None:
    """Waits until none of the citizen's rides is being asked for: as long as one is, no other card is opened."""

    async def none_due() -> Any:
        cards = (await seeds.done(Call("listCards", "citizen")))["cards"]
        return not any(one["due"]["units"] for one in cards)

    await until(none_due, ANSWERS_S, "economy takes the fares")


async def blocked(seeds: Seeds) -> dict[str, Any]:
    """A new card of the citizen's that was blocked at once, as all before it."""
    await settled(seeds)
    await seeds.done(await _block(seeds))
    return await seeds.done(await _block(seeds))


async def _create(seeds: Seeds) -> Call:
    await blocked(seeds)
    return Call("createCard", "citizen")


async def _list(_: Seeds) -> Call:
    return Call("listCards", "citizen")


async def _get(seeds: Seeds) -> Call:
    return Call("getCard", "citizen", path={"number": (await usable(seeds))["number"]})


async def _block(seeds: Seeds) -> Call:
    card = await usable(seeds)
    return Call("blockCard", "citizen", path={"number": card["number"]}, version=card["etag"])


async def _unblock(seeds: Seeds) -> Call:
    card = await blocked(seeds)
    return Call("unblockCard", OFFICE, path={"number": card["number"]}, version=card["etag"])


async def _denied(_: Seeds) -> Call:
    return Call("listDeniedCards", OFFICE)


SEEDS: dict[str, Seed] = {
    "createCard": _create,
    "listCards": _list,
    "getCard": _get,
    "blockCard": _block,
    "unblockCard": _unblock,
    "listDeniedCards": _denied,
}
