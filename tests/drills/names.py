"""A name server as a cluster's: it answers with the addresses of those who are ready, and forgets nothing for long."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

TTL_S = 5
"""What CoreDNS says of services."""
_A, _IN = 1, 1


@dataclass
class Names(asyncio.DatagramProtocol):
    """Answers every question for an IPv4 address with ``addresses``, others with nothing."""

    addresses: list[str] = field(default_factory=list)
    port: int = 0
    _transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """A question (RFC 1035): header, one name, type and class."""
        (identifier,) = struct.unpack("!H", data[:2])
        question = data[12 : data.index(b"\0", 12) + 5]
        (kind,) = struct.unpack("!H", question[-4:-2])
        found = self.addresses if kind == _A else []
        records = [b"\xc0\x0c" + struct.pack("!HHIH", _A, _IN, TTL_S, 4) + socket.inet_aton(each) for each in found]
        head = struct.pack("!HHHHHH", identifier, 0x8580, 1, len(records), 0, 0)
        assert self._transport is not None
        self._transport.sendto(head + question + b"".join(records), addr)


@asynccontextmanager
async def name_server() -> AsyncIterator[Names]:
    """One that listens on a free port of 127.0.0.1."""
    transport, names = await asyncio.get_running_loop().create_datagram_endpoint(Names, local_addr=("127.0.0.1", 0))
    try:
        yield names
    finally:
        transport.close()
