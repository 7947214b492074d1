"""HTTP/1.1 from people who may mean harm: uvicorn's protocol with a bound on everything one connection can take.

httptools keeps an unfinished header by appending to it, so that its cost grows with the square of its length, and knows
no bound; uvicorn's one time-out ends with the first byte. Here each connection is looked at every so often
(``Rules.tick_seconds``) and has to get on: headers within a time, bodies and answers at a rate, and rest for so long.
"""

import asyncio
import socket
from typing import Any, cast

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from gateway.answers.problems import Problem
from gateway.edge.connections import Connections
from gateway.edge.pace import Draining, Pace

_DISREGARDED = 1 << 20
"""Bytes that are still taken after a refusal."""
_UNREADABLE = Problem(400, "MALFORMED_REQUEST", "This is not HTTP/1.1 as RFC 9112 has it.")


class Config(uvicorn.Config):
    """Uvicorn's configuration, with the table that all its connections share."""

    connections: Connections


class GuardedHttp(HttpToolsProtocol):
    """One connection."""

    transport: asyncio.Transport

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Made by uvicorn for each connection."""
        super().__init__(config, server_state, app_state, _loop)
        self._table = cast(Config, config).connections
        self._rules = rules = self._table.rules
        self._tick: asyncio.TimerHandle | None = None
        self._running: RequestResponseCycle | None = None
        """The request that is being answered; ``cycle`` is the one read last."""
        self._deaf = False
        """Whether what still comes is not looked at."""
        self._ends_at: float | None = None
        self._lingers = False
        self._refusal = _UNREADABLE
        self._idle_since: float | None = None
        self._head_since: float | None = None
        self._received = 0
        """Bytes since the head began."""
        self._body_open = False
        self._between = 0
        """Bytes since the last piece of a body."""
        self._coming = Pace(rules.slowest_rate, rules.stall_seconds)
        self._going = Draining(rules.slowest_rate, rules.stall_seconds)

    # Beginning and end

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Takes a place, or says why there is none."""
        super().connection_made(transport)
        _bound_silence(transport, self._rules.stall_seconds + self._rules.idle_seconds / 2)
        self._tick = self.loop.call_later(self._rules.tick_seconds, self._look)
        problem = self._table.enter(self, self.client[0] if self.client else "")
        if problem is None:
            self._rest()
        elif self._table.may_linger():
            self._lingers = True
            self._refuse(problem)
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends everything of the connection; also the answer under way, which uvicorn tells the last request only."""
        self._table.leave(self)
        if self._lingers:
            self._lingers = False
            self._table.lingered()
        if self._tick is not None:
            self._tick.cancel()
        super().connection_lost(exc)
        self._break_off()

    def give_way(self) -> None:
        """Closes a connection that rests, since somebody else needs its place."""
        self._deaf = True
        self.transport.close()

    # What comes in

    def data_received(self, data: bytes) -> None:
        """Reads in pieces no larger than what headers may take, so that no unfinished one is ever much longer."""
        most = self._rules.head_bytes
        if len(data) <= most:
            self._read(data)
            return
        for start in range(0, len(data), most):
            self._read(data[start : start + most])

    def _read(self, data: bytes) -> None:
        if self._deaf or self.transport.is_closing():
            self._disregard(len(data))
            return
        if self._body_open:
            self._between += len(data)
        else:
            self._begin_head()
            self._received += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._deaf = True  # it wants to speak something else from here on
        except httptools.HttpParserError:
            self._refuse(self._refusal)
            return
        unfinished = self._between if self._body_open else self._received if self._head_since is not None else 0
        if unfinished > self._rules.head_bytes:
            self._refuse(self._too_large())

    def _disregard(self, count: int) -> None:
        """What comes after a refusal is thrown away, for a while: the answer is on its way to whoever reads."""
        self._received += count
        if self._received > _DISREGARDED and not self.transport.is_closing():
            self.flow.pause_reading()

    def _begin_head(self) -> None:
        if self._head_since is None:
            self._head_since, self._idle_since, self._received = self.loop.time(), None, 0
            self._table.wake(self)

    def on_message_begin(self) -> None:
        """A request line begins."""
        super().on_message_begin()
        self._begin_head()

    def on_headers_complete(self) -> None:
        """The request may begin, unless it is too large, does not say for whom, or too many wait."""
        self._check_head()
        if len(self.pipeline) >= self._rules.pipeline:
            self._stop(Problem(429, "TOO_MANY_REQUESTS_AHEAD", "Wait for answers before you send more requests."))
        super().on_headers_complete()
        self.headers = []  # trailers, which nobody here asks for: the request keeps what it began with
        self._head_since, self._body_open, self._between = None, True, 0
        self._coming.begin(self.loop.time())
        if self.parser.should_upgrade() or self._table.draining:
            self.cycle.keep_alive = False

    def _check_head(self) -> None:
        rules, hosts, size = self._rules, 0, len(self.url)
        if size > rules.line_bytes:
            self._stop(Problem(414, "ADDRESS_TOO_LONG", f"At most {rules.line_bytes:,} bytes of address."))
        for name, value in self.headers:
            hosts += name == b"host"
            size += len(name) + len(value) + 4
        if size > rules.head_bytes or len(self.headers) > rules.head_lines:
            self._stop(self._too_large())
        if hosts > 1 or (not hosts and self.parser.get_http_version() != "1.0"):
            self._stop(Problem(400, "HOST_NOT_CLEAR", f"Send one Host header; there were {hosts}."))

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        super().on_body(body)
        self._between = 0
        self._coming.moved += len(body)

    def on_chunk_complete(self) -> None:
        """The end of a chunk."""
        self._between = 0

    def on_message_complete(self) -> None:
        """The end of the body."""
        super().on_message_complete()
        self._body_open = False
        self._rest()

    def _stop(self, problem: Problem) -> None:
        """Ends the parsing from inside."""
        self._refusal = problem
        raise ValueError(problem.reason)

    def _too_large(self) -> Problem:
        rules = self._rules
        detail = f"Headers may have {rules.head_bytes:,} bytes in all, in {rules.head_lines} lines. Send fewer cookies."
        return Problem(431, "HEADERS_TOO_LARGE", detail)

    # What goes out

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """The next request's turn, or a rest. A body that still comes is read for a moment, for the answer's sake.

        Instead of uvicorn's, which sets a timer at each answer.
        """
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._body_open and self.cycle.response_complete and self._ends_at is None:
            self._ends_at = self.loop.time() + self._rules.head_seconds
        self._rest()

    def resume_writing(self) -> None:
        """The other side has taken most of what was waiting."""
        self._going.resumed = True
        super().resume_writing()

    def _rest(self) -> None:
        """Notes that no request is under way, if so."""
        answered = self._running is None or self._running.response_complete
        if answered and not self.pipeline and not self._body_open and self._head_since is None and not self._deaf:
            self._ends_at, self._idle_since = None, self.loop.time()
            self._table.rest(self)

    # Refusing

    def _refuse(self, problem: Problem) -> None:
        """Reads no further. Says why, unless an answer is on its way: then ends after that one."""
        self._deaf = True
        self._ends_at = self.loop.time() + self._rules.linger_seconds
        running = self._running
        if running is not None and not running.response_complete:
            if running is not self.cycle or not self._body_open:
                running.keep_alive, self._ends_at = False, None
                self.pipeline.clear()
                return
            if running.response_started:
                self.transport.abort()
                return
            self._break_off()
        self.transport.write(_answer(problem))
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _break_off(self) -> None:
        """Tells the request that is being answered that nobody is there any more."""
        for cycle in (self._running, *(each for each, _ in self.pipeline)):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()

    # Getting on

    def _look(self) -> None:
        """Ends what does not get on."""
        now = self.loop.time()
        self._tick = self.loop.call_later(self._rules.tick_seconds, self._look)
        if not self._going.gets_on(now, self.transport.get_write_buffer_size()):
            self.transport.abort()
        elif self._ends_at is not None and now >= self._ends_at:
            self._end()
        elif not self._deaf and not self.transport.is_closing():
            self._look_at_request(now)

    def _end(self) -> None:
        self._deaf = True
        if self.transport.get_write_buffer_size():
            self.transport.close()  # the rest of the answer goes at its pace
        else:
            self.transport.abort()

    def _look_at_request(self, now: float) -> None:
        rules = self._rules
        if self._head_since is not None:
            if self.flow.read_paused:
                self._head_since = now  # it waits for us
            elif now - self._head_since > rules.head_seconds:
                self._refuse(_too_slow(f"The headers were not complete within {rules.head_seconds:g} s."))
        elif self._body_open and not self.cycle.response_complete:
            if self.flow.read_paused or self.cycle.waiting_for_100_continue or self.cycle is not self._running:
                self._coming.begin(now)  # it waits for us
            elif not self._coming.gets_on(now):
                self._refuse(_too_slow(f"The body came at less than {rules.slowest_rate:g} bytes a second."))
        elif self._idle_since is not None and now - self._idle_since > rules.idle_seconds:
            self.transport.close()


def _too_slow(why: str) -> Problem:
    return Problem(408, "REQUEST_TOO_SLOW", f"{why} Send the same request again over a better connection.")


def _answer(problem: Problem) -> bytes:
    """A problem as the bytes of an answer that ends the connection: there may be no request to answer to."""
    response = problem.response("")
    lines = [STATUS_LINE[problem.status]]
    lines += [b"%b: %b\r\n" % each for each in response.raw_headers]
    lines += [b"x-content-type-options: nosniff\r\n", b"connection: close\r\n\r\n", bytes(response.body)]
    return b"".join(lines)


def _bound_silence(transport: asyncio.Transport, seconds: float) -> None:
    """Lets the kernel end a connection whose other side acknowledges nothing, or takes nothing, for so long."""
    peer = transport.get_extra_info("socket")
    if peer is not None and peer.family != socket.AF_UNIX and hasattr(socket, "TCP_USER_TIMEOUT"):
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))
