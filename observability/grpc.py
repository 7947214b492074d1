"""gRPC calls in the trace: one CLIENT span at the caller, one SERVER span at the pillar.

The parent travels in the metadata key ``traceparent``. Callers inside the house are trusted with it; what comes from
outside ends at the gateway, which links a foreign ``traceparent`` to its own span.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import grpc
import grpc.aio

from observability import semconv
from observability.metrics import record_duration
from observability.telemetry import Span, SpanKind, span

TRACEPARENT = "traceparent"

Metadata = Sequence[tuple[str, str | bytes]]

# The codes that are the server's fault, by the conventions for gRPC server spans.
SERVER_FAULTS = frozenset(
    {
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
    }
)

_REFUSED = b"ASSERTION_REFUSED"

Request = TypeVar("Request")
Answer = TypeVar("Answer")


async def call(
    method: "grpc.aio.UnaryUnaryMultiCallable[Request, Answer]",
    name: str,
    request: Request,
    *,
    timeout: float,
    metadata: Metadata = (),
) -> Answer:
    """Makes one unary call in a CLIENT span.

    ``name`` is the full name of the RPC (``smartcity.governance.v1.ComplaintService/CreateComplaint``), ``timeout`` the
    deadline in seconds, ``metadata`` what to send along besides the trace. Raises what the stub raises.
    """
    with client_span(name) as (current, trace_metadata):
        sent = grpc.aio.Metadata(*metadata, *trace_metadata)
        try:
            answer = await method(request, timeout=timeout, metadata=sent)
        except grpc.aio.AioRpcError as error:
            finish_client(current, error.code())
            raise
        finish_client(current, grpc.StatusCode.OK)
        return answer


@contextmanager
def client_span(name: str) -> Iterator[tuple[Span, Metadata]]:
    """Opens a CLIENT span for the RPC of that full name and yields it with the metadata to send along.

    For calls that are not unary or that need the call object; ``call`` does all of it. Report the outcome with
    ``finish_client``.
    """
    name = name.lstrip("/")
    attributes = {semconv.RPC_SYSTEM_NAME: "grpc", semconv.RPC_METHOD: name}
    with span(name, SpanKind.CLIENT, attributes) as current:
        traceparent = current.traceparent
        yield current, ((TRACEPARENT, traceparent),) if traceparent else ()


@contextmanager
def measured_call(pillar: str, name: str) -> Iterator[None]:
    """Measures a call as its caller sees it, all attempts together, with the status it ended with.

    This is what the service levels of a pillar are reckoned from: it counts also while no process of it is there. A
    pillar that refuses who calls for people (a wrong clock, a key it does not know) is at fault as if it broke.
    """
    code = grpc.StatusCode.OK
    started = time.perf_counter()
    try:
        yield
    except grpc.aio.AioRpcError as error:
        code = grpc.StatusCode.INTERNAL if _is_refusal(error) else error.code()
        raise
    except BaseException:
        code = grpc.StatusCode.CANCELLED
        raise
    finally:
        attributes = {
            semconv.RPC_SYSTEM_NAME: "grpc",
            semconv.RPC_METHOD: name,
            semconv.RPC_RESPONSE_STATUS_CODE: code.name,
            semconv.PILLAR: pillar,
        }
        record_duration(semconv.RPC_CLIENT_CALL_DURATION, time.perf_counter() - started, attributes)


def _is_refusal(error: grpc.aio.AioRpcError) -> bool:
    told = error.trailing_metadata() or () if error.code() is grpc.StatusCode.UNAUTHENTICATED else ()
    return any(isinstance(value, bytes) and _REFUSED in value for _, value in told)


def finish_client(current: Span, code: grpc.StatusCode) -> None:
    """Reports the status a call came back with; every code but OK is an error to the client."""
    current.set(semconv.RPC_RESPONSE_STATUS_CODE, code.name)
    if code is not grpc.StatusCode.OK:
        current.fail(code.name)


class ServerCall:
    """A call being served: its span and the status it will be answered with."""

    __slots__ = ("code", "finished", "span")

    def __init__(self, current: Span) -> None:
        """Starts out as answered with OK."""
        self.span = current
        self.code = grpc.StatusCode.OK
        self.finished = False

    def finish(self, code: grpc.StatusCode, reason: str = "") -> None:
        """Sets the status (and the domain error's reason) the call is answered with."""
        self.code = code
        self.finished = True
        self.span.settle()
        self.span.set(semconv.RPC_RESPONSE_STATUS_CODE, code.name)
        if code in SERVER_FAULTS:
            self.span.fail(reason or code.name)
        elif reason:
            self.span.set(semconv.ERROR_TYPE, reason)


@contextmanager
def server_span(name: str, metadata: Iterable[tuple[str, str | bytes]] | None) -> Iterator[ServerCall]:
    """Opens the SERVER span of a call (child of the caller's) and measures the call.

    ``name`` is the method as the server knows it (``/package.Service/Method``), ``metadata`` the invocation metadata.
    Say with ``ServerCall.finish`` when the answer is not OK; an exception that leaves the block counts as UNKNOWN.
    """
    name = name.lstrip("/")
    parent = _parent(metadata)
    attributes = {semconv.RPC_SYSTEM_NAME: "grpc", semconv.RPC_METHOD: name}
    started = time.perf_counter()
    with span(name, SpanKind.SERVER, attributes, parent, root=parent is None) as current:
        served = ServerCall(current)
        try:
            yield served
            if not served.finished:
                served.finish(grpc.StatusCode.OK)
        except BaseException as error:
            if not served.finished:
                served.finish(grpc.StatusCode.UNKNOWN, type(error).__qualname__)
            raise
        finally:
            record_duration(
                semconv.RPC_SERVER_CALL_DURATION,
                time.perf_counter() - started,
                {**attributes, semconv.RPC_RESPONSE_STATUS_CODE: served.code.name},
            )


def _parent(metadata: Iterable[tuple[str, str | bytes]] | None) -> str | None:
    for key, value in metadata or ():
        if key == TRACEPARENT and isinstance(value, str):
            return value
    return None
