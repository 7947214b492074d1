"""How each operation on concessions is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.living.cards.seeds import OFFICE
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def waiting(seeds: Seeds) -> dict[str, Any]:
    """A concession of the citizen's that waits: the one that is there, or a new one."""
    found = await seeds.done(Call("listConcessions", "citizen", query={"state": "waiting"}))
    if found["concessions"]:
        return dict(found["concessions"][0])
    return await seeds.done(Call("createConcession", "citizen", body=seeds.api.example("createConcession")))


async def declined(seeds: Seeds) -> Call:
    """Declines the one that waits."""
    one, body = await waiting(seeds), seeds.api.example("declineConcession")
    return Call("declineConcession", OFFICE, path={"id": one["id"]}, body=body, version=one["etag"])


async def _create(seeds: Seeds) -> Call:
    await seeds.done(await declined(seeds))
    return Call("createConcession", "citizen", body=seeds.api.example("createConcession"))


async def _list(_: Seeds) -> Call:
    return Call("listConcessions", OFFICE)


async def _get(seeds: Seeds) -> Call:
    return Call("getConcession", "citizen", path={"id": (await waiting(seeds))["id"]})


def granting(seeds: Seeds, one: dict[str, Any]) -> Call:
    """Grants one that waits."""
    last_day = str((datetime.now(UTC) + timedelta(days=90)).date())
    body = {**seeds.api.example("grantConcession"), "last_day": last_day}
    return Call("grantConcession", OFFICE, path={"id": one["id"]}, body=body, version=one["etag"])


async def _grant(seeds: Seeds) -> Call:
    return granting(seeds, await waiting(seeds))


async def _take_back(seeds: Seeds) -> Call:
    return Call("deleteConcession", "citizen", path={"id": (await waiting(seeds))["id"]})


SEEDS: dict[str, Seed] = {
    "createConcession": _create,
    "listConcessions": _list,
    "getConcession": _get,
    "grantConcession": _grant,
    "declineConcession": declined,
    "deleteConcession": _take_back,
}
