"""How each operation on processes is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def drafted(seeds: Seeds) -> dict[str, Any]:
    """A draft of the officer's agency."""
    return await seeds.done(await _create(seeds))


async def collecting(seeds: Seeds) -> dict[str, Any]:
    """A process of the officer's agency that takes proposals."""
    return await seeds.done(moving(seeds, await drafted(seeds)))


def moving(seeds: Seeds, made: dict[str, Any], phase: str = "collect") -> Call:
    """Moves one on."""
    body = {**seeds.api.example("moveProcess"), "phase": phase}
    return Call("moveProcess", "officer", path={"id": made["id"]}, body=body, version=made["etag"])


async def _create(seeds: Seeds) -> Call:
    return Call("createProcess", "officer", body=_body(seeds, "createProcess"))


def _body(seeds: Seeds, operation: str) -> dict[str, Any]:
    """The example, of a kind that has neither RT nor vote."""
    return {
        name: value
        for name, value in seeds.api.example(operation).items()
        if name not in ("rt", "voters", "dates", "regulation")
    }


async def _list(_: Seeds) -> Call:
    return Call("listProcesses")


async def _kinds(_: Seeds) -> Call:
    return Call("listProcessKinds")


async def _get(seeds: Seeds) -> Call:
    return Call("getProcess", "officer", path={"id": (await drafted(seeds))["id"]})


async def _update(seeds: Seeds) -> Call:
    made, body = await drafted(seeds), _body(seeds, "updateProcess")
    return Call("updateProcess", "officer", path={"id": made["id"]}, body=body, version=made["etag"])


async def _delete(seeds: Seeds) -> Call:
    made = await drafted(seeds)
    return Call("deleteProcess", "officer", path={"id": made["id"]}, version=made["etag"])


async def _move(seeds: Seeds) -> Call:
    return moving(seeds, await drafted(seeds))


SEEDS: dict[str, Seed] = {
    "listProcesses": _list,
    "listProcessKinds": _kinds,
    "createProcess": _create,
    "getProcess": _get,
    "updateProcess": _update,
    "deleteProcess": _delete,
    "moveProcess": _move,
}
