"""Answers made smaller for the way: who takes them so, and how it is done (gzip, RFC 9110 section 8.4)."""

import gzip
import struct
import zlib
from collections.abc import Iterable
from functools import cached_property

from starlette.datastructures import MutableHeaders

LEAST_BYTES = 860
"""Smaller bodies fit into a packet either way."""
LEVEL = 5
"""Of what is packed for one answer, or is soon another: 64 kB of page take 2 ms of a slow core."""
LEVEL_ONCE = 9
"""Of what is packed once and answered often."""
STORED_BYTES = 1_024
"""Smaller ones between pieces go as they are: what they would be smaller by is not worth a packer's beginning."""


_HEAD = gzip.compress(b"", mtime=0)[:10]
_LAST = zlib.compressobj(wbits=-zlib.MAX_WBITS).flush()
"""An empty last block."""


class Piece:
    """A piece of many bodies, which is packed once for all of them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.body = text.encode()

    @cached_property
    def packed(self) -> bytes:
        """As blocks that may stand anywhere in what is packed."""
        return _blocks(self.body)


def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client says that it unpacks gzip; one that says nothing is not asked to.

    What it says of gzip by name counts before what it says of all others (RFC 9110, 12.5.3), whichever comes first.
    """
    takes = {}
    for each in accept_encoding.lower().split(","):
        name, _, rest = each.partition(";")
        quality = rest.strip().removeprefix("q=")
        takes[name.strip()] = not rest or quality.strip("0.") != ""
    return takes.get("gzip", takes.get("*", False))


def packed(body: bytes, level: int = LEVEL_ONCE) -> bytes:
    """The body as gzip, the same for the same bytes."""
    return gzip.compress(body, level, mtime=0)


def packed_around(body: bytes, pieces: Iterable[Piece]) -> bytes:
    """The body as gzip, with the blocks of those pieces that stand in it in their order: only the rest costs anything.

    Blocks begin on a byte and refer to nothing before them, so that they can be put one behind the other (RFC 1951).
    """
    found, begin = [_HEAD], 0
    for piece in pieces:
        at = body.find(piece.body, begin)
        if at >= 0:
            found += [_between(body[begin:at]), piece.packed]
            begin = at + len(piece.body)
    end = struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return b"".join([*found, _between(body[begin:]), _LAST, end])


def _between(data: bytes) -> bytes:
    if len(data) >= STORED_BYTES:
        return _blocks(data)
    return struct.pack("<BHH", 0, len(data), len(data) ^ 0xFFFF) + data if data else b""


def _blocks(data: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)


def vary(headers: MutableHeaders) -> None:
    """Says that the answer depends on what the client unpacks."""
    said = headers.get("vary", "")
    if "accept-encoding" not in said.lower():
        headers["vary"] = f"{said}, Accept-Encoding" if said else "Accept-Encoding"


def weaken(headers: MutableHeaders) -> None:
    """An ETag names what is shown, whichever way it is packed: other bytes under one name have to be a weak one.

    ``If-None-Match`` compares weakly, and ``If-Match`` is taken either way: it asks for a version, not for bytes.
    """
    etag = headers.get("etag")
    if etag is not None and not etag.startswith("W/"):
        headers["etag"] = f"W/{etag}"
