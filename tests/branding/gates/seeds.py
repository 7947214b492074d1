"""How each operation on gates is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.branding.sales.seeds import SELLER, on_sale
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _create(seeds: Seeds) -> Call:
    return Call("createGate", SELLER, body={"sale": (await on_sale(seeds))["id"], "name": "Utara"})


async def opened(seeds: Seeds) -> dict[str, Any]:
    """A gate."""
    return await seeds.done(await _create(seeds))


async def _get(seeds: Seeds) -> Call:
    return Call("getGate", SELLER, path={"id": (await opened(seeds))["id"]})


async def _list(seeds: Seeds) -> Call:
    return Call("listGates", SELLER, query={"sale": (await opened(seeds))["sale"]})


async def _page(seeds: Seeds) -> Call:
    return Call("getGateList", SELLER, path={"id": (await opened(seeds))["id"]})


async def _upload(seeds: Seeds) -> Call:
    body, other = ({"scans": [{"scan": str(uuid4()), "shown": "SMGE-7K4P2M8Q-92"}]} for _ in range(2))
    return Call("uploadScans", SELLER, path={"id": (await opened(seeds))["id"]}, body=body, other=other)


async def _amiss(seeds: Seeds) -> Call:
    return Call("listAmissScans", SELLER, query={"sale": (await opened(seeds))["sale"]})


SEEDS: dict[str, Seed] = {
    "createGate": _create,
    "getGate": _get,
    "listGates": _list,
    "getGateList": _page,
    "uploadScans": _upload,
    "listAmissScans": _amiss,
}
