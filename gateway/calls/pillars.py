"""Calls to the pillars: a channel each, the caller's assertion, a deadline, one retry policy.

A request knows its RPC, and the RPC its answer:

    found = await pillars.call(GetComplaintRequest(code=code), caller)
"""

import asyncio
import random
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, cast

import grpc
import grpc.aio
from google.protobuf.message import Message

from gateway.calls.alike import Alike
from gateway.calls.assertions import Assertions
from gateway.calls.channels import Channels
from gateway.calls.contracts import RPCS
from gateway.settings import GatewaySettings
from observability.grpc import call as traced_call
from observability.grpc import measured_call
from services.kit import faults
from services.kit.caller import ANONYMOUS, Caller
from services.kit.certificates import Files
from services.kit.rpc.contract import Rpc
from smartcity.contracts import Call
from smartcity.types.v1 import edge_pb2

PILLARS = ("governance", "economy", "living", "environment", "society", "branding")
READS = ("Get", "List", "Check", "Suggest", "Simulate")
"""Verbs of calls that change nothing; all others get the longer deadline."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.5
"""Seconds between attempts while a pillar restarts; doubling, with jitter."""
LEAST_LEFT = 0.05
"""Seconds that a call must have left to be made again: with fewer it would end in doubt, not with what is known."""

ALIKE_S, MOST_ALIKE = 1.0, 256
"""Seconds that an answer for everybody is used for, and how many such are held at once."""

AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED, grpc.StatusCode.UNIMPLEMENTED)
"""How a pillar answers that is not there, or that ended as the call came in: CANCELLED, without having begun it; or a
process of the version before, which does not know the call yet, while its successor is on its way.
"""

_UNSAMPLED = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"

A = TypeVar("A", bound=Message)


@dataclass(frozen=True, slots=True)
class _Method:
    """An RPC as the gateway calls it."""

    pillar: str
    name: str
    seconds: float
    alike: bool
    """Whether all without a login are answered the same: the contract lets caches keep it."""
    send: Any  # a grpc.aio.UnaryUnaryMultiCallable, whose types are those of its RPC


def seconds_of(rpc: Rpc, reading: float, writing: float) -> float:
    """The deadline of an RPC: the contract's own, else that of reads or of writes."""
    return rpc.options.seconds or (reading if rpc.method.name.startswith(READS) else writing)


class Pillars:
    """The pillars' RPCs: ``call`` with a request of any of them."""

    def __init__(self, settings: GatewaySettings, assertions: Assertions) -> None:
        """Opens a channel per pillar (it connects on first use). Needs the running event loop."""
        if missing := sorted(set(PILLARS) - settings.targets.keys()):
            raise ValueError(f"SMARTCITY_TARGETS lacks {', '.join(missing)}: give the gRPC target of each pillar")
        self._assertions = assertions
        targets = {name: settings.targets[name] for name in PILLARS}
        self.channels = Channels(targets, _files(settings), settings.write_seconds)
        self._alike = Alike[Message](ALIKE_S, MOST_ALIKE)
        self._methods: dict[type[Message], _Method] = {}
        for request, rpc in RPCS.items():
            send = self.channels[rpc.pillar].unary_unary(
                f"/{rpc.name}",
                request_serializer=request.SerializeToString,
                response_deserializer=rpc.answer.FromString,
            )
            seconds = seconds_of(rpc, settings.read_seconds, settings.write_seconds)
            alike = rpc.options.cache == edge_pb2.CACHE_PUBLIC
            self._methods[request] = _Method(rpc.pillar, rpc.name, seconds, alike, send)
        self.call = cast(Call[Caller], self.send)
        """``send``, for requests whose type is known: the answer's type follows from it."""
        self.newer = cast(Call[Caller], self._newer)
        """``call``, for what this version began to ask for on pages that were there before: empty from a process of the
        version before, at once, so that such a page is shown as it was until all are of one version.
        """

    async def send(
        self, request: Message, caller: Caller, /, *, within: float | None = None, retry: bool = True
    ) -> Message:
        """Calls the request's RPC for ``caller`` and answers, or raises ``grpc.aio.AioRpcError`` (a problem then).

        The deadline is that of reads or writes, the contract's own, or ``within`` seconds. A pillar that is not there
        is tried again until the deadline, so that its restart does not surface; that is safe because every write
        carries a request id. What a page can do without is better not retried. What caches may keep is read once a
        second for all who ask it without a login: nobody changes the answer.
        """
        return await self._asked(request, caller, within, AWAY if retry else ())

    async def _newer(
        self, request: Message, caller: Caller, /, *, within: float | None = None, retry: bool = True
    ) -> Message:
        again = tuple(code for code in AWAY if retry and code is not grpc.StatusCode.UNIMPLEMENTED)
        try:
            return await self._asked(request, caller, within, again)
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.UNIMPLEMENTED:
                raise
            return RPCS[type(request)].answer()

    async def _asked(
        self, request: Message, caller: Caller, within: float | None, again: tuple[grpc.StatusCode, ...]
    ) -> Message:
        method = self._methods[type(request)]
        seconds = within or method.seconds
        if not method.alike or caller != ANONYMOUS:
            return await self._measured(method, request, caller, again, seconds)
        asked = request.SerializeToString(deterministic=True)
        # Of a copy: who pages changes theirs for the next page, while others still wait for this one.
        read = partial(self._measured, method, type(request).FromString(asked), caller, again)
        return await self._alike.now((method.name, asked, again, seconds), read, seconds)

    async def _measured(
        self, method: _Method, request: Message, caller: Caller, again: Collection[grpc.StatusCode], within: float
    ) -> Message:
        with measured_call(method.pillar, method.name):
            return await self._with_retries(method, request, caller, within, again)

    async def _with_retries(
        self, method: _Method, request: Message, caller: Caller, within: float, again: Collection[grpc.StatusCode]
    ) -> Message:
        clock = asyncio.get_running_loop().time
        deadline = clock() + within
        pause = FIRST_PAUSE
        while True:
            metadata = (("authorization", self._assertions.bearer(caller, method.pillar)),)
            try:
                faults.point("gateway.before-call")
                answer: Message = await traced_call(
                    method.send, method.name, request, timeout=deadline - clock(), metadata=metadata
                )
                faults.point("gateway.answered")
                return answer
            except grpc.aio.AioRpcError as error:
                wait = pause * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
                if error.code() not in again or clock() + wait + LEAST_LEFT >= deadline:
                    raise
            await asyncio.sleep(wait)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def look(self, request: Message, answer: type[A], *, within: float, caller: Caller = ANONYMOUS) -> A:
        """Reads what everybody may see, for the gateway itself: one attempt, no trace. What only some may see it reads
        as one of them, to show it to such alone.

        Nobody acts when the gateway refreshes what it shows, so these calls would bury the traces of people; the
        ``traceparent`` tells the pillar not to record its side either.
        """
        method = self._methods[type(request)]
        metadata = (
            ("authorization", self._assertions.bearer(caller, method.pillar)),
            ("traceparent", _UNSAMPLED),
        )
        found = await method.send(request, timeout=within, metadata=grpc.aio.Metadata(*metadata))
        assert isinstance(found, answer)
        return found

    async def close(self) -> None:
        """Closes the channels; calls under way get the grace of one writing deadline."""
        await self.channels.close()


def _files(settings: GatewaySettings) -> Files | None:
    if not settings.grpc_tls:
        return None
    return Files(settings.grpc_ca_file, settings.grpc_certificate_file, settings.grpc_key_file)
