"""How each operation on requests for own data is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fixtures.house import until
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _create(seeds: Seeds) -> Call:
    async def answered() -> Any:
        found = await seeds.done(Call("listDataRequests", "citizen"))
        return not found["data_requests"] or found["data_requests"][0]["done"]

    await until(answered, 30, "the answers to the last request")
    return Call("createDataRequest", "citizen", body={"erase": False}, other={"erase": True})


async def _get(seeds: Seeds) -> Call:
    found = await seeds.done(Call("listDataRequests", "citizen"))
    made = found["data_requests"][0] if found["data_requests"] else await seeds.done(await _create(seeds))
    return Call("getDataRequest", "citizen", path={"id": made["id"]})


async def _list(_: Seeds) -> Call:
    return Call("listDataRequests", "citizen")


async def _export(_: Seeds) -> Call:
    return Call("getOwnData", "citizen")


async def _records(_: Seeds) -> Call:
    return Call("listOwnRecords", "citizen")


SEEDS: dict[str, Seed] = {
    "createDataRequest": _create,
    "getDataRequest": _get,
    "listDataRequests": _list,
    "getOwnData": _export,
    "listOwnRecords": _records,
}
