"""How each operation on residents is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

OFFICE = "admin"
"""Who may do what the registration office does, among the logins of the walk."""


async def waiting(seeds: Seeds) -> dict[str, Any]:
    """A declaration of the citizen's that waits: the one that is there, or a new one."""
    found = await seeds.done(Call("listResidents", "citizen", query={"state": "waiting"}))
    if found["residents"]:
        return dict(found["residents"][0])
    return await seeds.done(Call("createResident", "citizen", body=seeds.api.example("createResident")))


async def declined(seeds: Seeds) -> Call:
    """Declines the one that waits."""
    one, body = await waiting(seeds), seeds.api.example("declineResident")
    return Call("declineResident", OFFICE, path={"id": one["id"]}, body=body, version=one["etag"])


async def verifying(seeds: Seeds) -> Call:
    """Verifies the one that waits."""
    one = await waiting(seeds)
    body = {**seeds.api.example("verifyResident"), "code": one["code"]}
    return Call(
        "verifyResident",
        OFFICE,
        path={"id": one["id"]},
        body=body,
        version=one["etag"],
        other={"area_code": "33.74.07.1006"},
    )


async def _create(seeds: Seeds) -> Call:
    await seeds.done(await declined(seeds))
    body = seeds.api.example("createResident")
    return Call("createResident", "citizen", body=body, other={"area_code": "33.74.07.1006"})


async def _list(_: Seeds) -> Call:
    return Call("listResidents", OFFICE)


async def _get(seeds: Seeds) -> Call:
    return Call("getResident", "citizen", path={"id": (await waiting(seeds))["id"]})


SEEDS: dict[str, Seed] = {
    "createResident": _create,
    "listResidents": _list,
    "getResident": _get,
    "verifyResident": verifying,
    "declineResident": declined,
}
