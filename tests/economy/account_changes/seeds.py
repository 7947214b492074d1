"""How each operation on changes of accounts is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _asking(seeds: Seeds) -> Call:
    merchant = await seeds.money.business(active=False)
    body = seeds.api.example("createAccountChange")
    other = {"settlement_account": {"bank": "008", "number": "1002003004"}}
    return Call("createAccountChange", "citizen", path={"id": merchant["id"]}, body=body, other=other)


async def _asked(seeds: Seeds) -> dict[str, Any]:
    return await seeds.done(await _asking(seeds))


async def _list(_: Seeds) -> Call:
    return Call("listAccountChanges", "office", query={"page_size": "5"})


def _on(operation: str, role: str, *, example: bool = False) -> Seed:
    async def seed(seeds: Seeds) -> Call:
        one, body = await _asked(seeds), seeds.api.example(operation) if example else None
        return Call(operation, role, path={"id": one["id"]}, body=body, version=one["etag"])

    return seed


SEEDS: dict[str, Seed] = {
    "createAccountChange": _asking,
    "listAccountChanges": _list,
    "approveAccountChange": _on("approveAccountChange", "office"),
    "rejectAccountChange": _on("rejectAccountChange", "office", example=True),
    "cancelAccountChange": _on("cancelAccountChange", "citizen"),
}
