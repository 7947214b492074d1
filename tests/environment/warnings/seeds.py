"""How each operation on warnings is asked for. Grave ones, since at night one officer alone may raise others."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.environment.warnings.warning import ELSEWHERE
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def proposed(seeds: Seeds) -> dict[str, Any]:
    """A warning that waits, of other areas each time."""
    body = {"hazard": "rob", "level": "awas", "areas": next(ELSEWHERE), "hours": 6}
    return await seeds.done(Call("proposeWarning", "warner", body=body))


async def _in_force(seeds: Seeds) -> dict[str, Any]:
    made = await proposed(seeds)
    return await seeds.done(Call("approveWarning", "watch", path={"id": made["id"]}, version=made["etag"]))


async def _propose(_: Seeds) -> Call:
    body = {"hazard": "flood", "level": "awas", "areas": ["33.74.03.1001"], "hours": 6, "note": "Tanggul rembes."}
    return Call("proposeWarning", "warner", body=body)


async def _list(operation: str, role: str, _: Seeds) -> Call:
    return Call(operation, role)


async def _get(seeds: Seeds) -> Call:
    return Call("getWarning", "anonymous", path={"id": (await _in_force(seeds))["id"]})


async def _message(seeds: Seeds) -> Call:
    return Call("getWarningMessage", "anonymous", path={"id": (await _in_force(seeds))["id"], "number": "1"})


async def _approve(seeds: Seeds) -> Call:
    made = await proposed(seeds)
    return Call("approveWarning", "watch", path={"id": made["id"]}, version=made["etag"])


async def _reject(seeds: Seeds) -> Call:
    made, body = await proposed(seeds), seeds.api.example("rejectWarning")
    return Call("rejectWarning", "warner", path={"id": made["id"]}, body=body, version=made["etag"])


async def _change(operation: str, seeds: Seeds) -> Call:
    made = await _in_force(seeds)
    body = {**seeds.api.example(operation), **({"level": "awas"} if operation == "updateWarning" else {})}
    return Call(operation, "warner", path={"id": made["id"]}, body=body, version=made["etag"])


SEEDS: dict[str, Seed] = {
    "listWarnings": partial(_list, "listWarnings", "anonymous"),
    "getWarningCriteria": partial(_list, "getWarningCriteria", "anonymous"),
    "getWarningFeed": partial(_list, "getWarningFeed", "anonymous"),
    "listWarningProposals": partial(_list, "listWarningProposals", "warner"),
    "getWarning": _get,
    "getWarningMessage": _message,
    "proposeWarning": _propose,
    "approveWarning": _approve,
    "rejectWarning": _reject,
    **{name: partial(_change, name) for name in ("updateWarning", "clearWarning", "cancelWarning")},
}
