"""An archive of a timetable on its way to the pillar, a mebibyte at a time: no message need hold all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gateway.calls.pillars import Pillars
from services.kit.caller import Caller
from smartcity.living.v1 import feed_imports_pb2 as pb

PART_BYTES = 1 << 20
"""As the pillar takes them."""


async def send(
    pillars: Pillars, caller: Caller, id_: str, pieces: AsyncIterator[bytes | bytearray]
) -> pb.FeedImport | None:
    """Sends an archive, however it comes; the import as it is then, None where nothing came.

    Raises what the pillar refuses, as gRPC does. What is there already changes nothing, so it may be sent again.
    """
    held, number, found = bytearray(), 0, None
    async for piece in pieces:
        held += piece
        while len(held) >= PART_BYTES:
            found = await _put(pillars, caller, id_, number, bytes(held[:PART_BYTES]))
            del held[:PART_BYTES]
            number += 1
    if held:
        found = await _put(pillars, caller, id_, number, bytes(held))
    return found


async def _put(pillars: Pillars, caller: Caller, id_: str, number: int, content: bytes) -> pb.FeedImport:
    asked = pb.PutFeedImportPartRequest(id=id_, part=number, content=content)
    return (await pillars.call(asked, caller)).feed_import
