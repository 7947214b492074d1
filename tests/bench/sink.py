"""A mail server that takes everything, as a process of its own: it counts mails, and those that it has taken before.

`python -m tests.bench.sink` says its port. `STAT` is answered with both counts.
"""

import asyncio


class Sink(asyncio.Protocol):
    """One connection."""

    taken = 0
    twice = 0
    _known: set[bytes] = set()  # noqa: RUF012 - of the process

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greets."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._held, self._body = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Takes lines, or a mail up to its end."""
        self._held += data
        while True:
            end = b"\r\n.\r\n" if self._body else b"\r\n"
            found, mark, rest = self._held.partition(end)
            if not mark:
                return
            self._held = rest
            self._transport.write(self._take(found) if self._body else self._answer(found.upper()))

    def _take(self, mail: bytes) -> bytes:
        named = next(line for line in mail.split(b"\r\n") if line.lower().startswith(b"message-id:"))
        Sink.twice += named in Sink._known
        Sink._known.add(named)
        Sink.taken += 1
        self._body = False
        return b"250 taken\r\n"

    def _answer(self, line: bytes) -> bytes:
        if line == b"STAT":
            return b"211 %d %d\r\n" % (Sink.taken, Sink.twice)
        self._body = line == b"DATA"
        return b"354 go on\r\n" if self._body else b"221 bye\r\n" if line == b"QUIT" else b"250 ok\r\n"


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
