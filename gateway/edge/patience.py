"""How long a request may take: so many seconds, and what its bytes take at a steady rate, each way.

A photo from a weak network comes slowly and is not late; how slow it may be from one moment to the next says the
connection (``gateway.edge.pace``). Answers that are streams of events bound their own time.
"""

import asyncio

from starlette.types import Message

from gateway.settings import GatewaySettings


class Patience:
    """The time that one request has left. It only grows: one timer looks again when it rings before the end."""

    def __init__(self, timeout: asyncio.Timeout, settings: GatewaySettings) -> None:
        """Begins now."""
        self._timeout = timeout
        self._seconds = settings.request_seconds
        self._rate = settings.steady_rate
        self._loop = asyncio.get_running_loop()
        self._ends = self._loop.time() + self._seconds
        self._timer = self._loop.call_at(self._ends, self._look)

    def comes(self, message: Message) -> None:
        """A piece of the body has come; once all of it is there the request has all its seconds again."""
        if message["type"] != "http.request":
            return
        self._ends += len(message.get("body", b"")) / self._rate
        if not message.get("more_body", False):
            self._ends = max(self._ends, self._loop.time() + self._seconds)

    def goes(self, message: Message) -> None:
        """A piece of the answer is about to be taken."""
        if message["type"] == "http.response.start" and _is_stream(message):
            self.close()
        self._ends += len(message.get("body", b"")) / self._rate

    def close(self) -> None:
        """The request is over, or bounds its own time."""
        self._timer.cancel()

    def _look(self) -> None:
        if self._ends > self._loop.time():
            self._timer = self._loop.call_at(self._ends, self._look)
        else:
            self._timeout.reschedule(self._ends)


def _is_stream(start: Message) -> bool:
    return any(
        name == b"content-type" and value.startswith(b"text/event-stream") for name, value in start.get("headers", ())
    )
