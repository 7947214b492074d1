"""How each operation on imports is asked for."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from tests.fixtures.house import new_key, until
from tests.living.cards.seeds import OFFICE
from tests.living.feeds.depot import packed
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

_LONG_S = 60.0
SECOND = "admin"
"""Who lets a feed hold that the office has brought."""


async def fetched(seeds: Seeds) -> dict[str, Any]:
    """An import of an address where there is nothing."""
    return await seeds.done(Call("createFeedImport", OFFICE, body=seeds.api.example("createFeedImport")))


async def begun(seeds: Seeds, size: int) -> dict[str, Any]:
    """An import whose archive is awaited."""
    body = {"name": "kota.zip", "bytes": size}
    return await seeds.done(Call("createFeedImport", OFFICE, body=body))


def _sent(one: dict[str, Any], content: bytes) -> Call:
    return Call("putFeedArchive", OFFICE, path={"id": one["id"]}, photo=content)


async def _another(seeds: Seeds) -> bytes:
    """The feed that holds, under another version: nobody who rides notices."""
    held, made = (await seeds.api.send(Call("getGtfs"))).content, io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(held)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in set(before.namelist()) - {"README.md"}:
            after.writestr(name, before.read(name))
        after.writestr("README.md", new_key())
    return made.getvalue()


async def _become(seeds: Seeds, one: dict[str, Any], state: str) -> dict[str, Any]:
    call = Call("getFeedImport", OFFICE, path={"id": one["id"]})

    async def there() -> dict[str, Any] | None:
        found = await seeds.done(call)
        return found if found["state"] == state else None

    found: dict[str, Any] = await until(there, _LONG_S, f"import {one['id']} {state}")
    return found


async def checked(seeds: Seeds) -> dict[str, Any]:
    """An import that waits for a second officer."""
    content = await _another(seeds)
    one = await begun(seeds, len(content))
    await seeds.done(_sent(one, content))
    return await _become(seeds, one, "checked")


def _moving(operation: str, role: str, one: dict[str, Any]) -> Call:
    return Call(operation, role, path={"id": one["id"]}, version=one["etag"])


async def _create(seeds: Seeds) -> Call:
    return Call("createFeedImport", OFFICE, body=seeds.api.example("createFeedImport"))


async def _put(seeds: Seeds) -> Call:
    content = packed({}).getvalue()
    return _sent(await begun(seeds, len(content)), content)


async def _list(_: Seeds) -> Call:
    return Call("listFeedImports", OFFICE)


async def _get(seeds: Seeds) -> Call:
    return Call("getFeedImport", OFFICE, path={"id": (await fetched(seeds))["id"]})


async def _findings(seeds: Seeds) -> Call:
    return Call("listFeedImportFindings", OFFICE, path={"id": (await fetched(seeds))["id"]})


async def _accept(seeds: Seeds) -> Call:
    return _moving("acceptFeedImport", SECOND, await checked(seeds))


async def _drop(seeds: Seeds) -> Call:
    return _moving("dropFeedImport", OFFICE, await begun(seeds, 4))


async def _retry(seeds: Seeds) -> Call:
    """One of an address where there is no host."""
    return _moving("retryFeedImport", OFFICE, await _become(seeds, await fetched(seeds), "failed"))


async def _swaps(_: Seeds) -> Call:
    return Call("listFeedSwaps", OFFICE)


async def _roll_back(seeds: Seeds) -> Call:
    one = await seeds.done(await _accept(seeds))
    await _become(seeds, one, "held")
    feed = await seeds.done(Call("getFeed"))
    swaps = (await seeds.done(await _swaps(seeds)))["swaps"]
    before = next(one["feed"] for one in swaps if one["previous"])
    return Call("rollBackFeed", OFFICE, body={"feed": feed["id"], "to": before})


SEEDS: dict[str, Seed] = {
    "createFeedImport": _create,
    "putFeedArchive": _put,
    "listFeedImports": _list,
    "getFeedImport": _get,
    "listFeedImportFindings": _findings,
    "acceptFeedImport": _accept,
    "dropFeedImport": _drop,
    "retryFeedImport": _retry,
    "listFeedSwaps": _swaps,
    "rollBackFeed": _roll_back,
}
