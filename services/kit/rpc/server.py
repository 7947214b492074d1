"""The gRPC server of a pillar, built in one factory: one interceptor, reflection, deadlines required.

The interceptor authenticates the caller, asks the table what its role may do, opens the SERVER span and turns errors
into google.rpc.Status with an ErrorInfo. Methods find the caller with ``admitted``.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio
import structlog
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_reflection.v1alpha import reflection

from observability.grpc import ServerCall, server_span
from services.kit import holding
from services.kit.caller import Access, Caller, Scope, Verifier, authorise
from services.kit.errors import DomainError, Kind, invalid, is_transient, unauthenticated
from services.kit.rpc.contract import MOST_ANSWER_BYTES

MOST_BYTES = 4 * 1024 * 1024
"""Of a request."""
_SAID_BYTES = 800
"""Of what a refusal says."""
OPTIONS = (
    ("grpc.max_receive_message_length", MOST_BYTES),
    ("grpc.max_send_message_length", MOST_ANSWER_BYTES),
    ("grpc.max_connection_age_ms", 30_000),  # clients then look the name up again and find new replicas
    ("grpc.max_connection_age_grace_ms", 30_000),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 20_000),
    ("grpc.so_reuseport", 0),
)

_CODES = {
    Kind.INVALID: grpc.StatusCode.INVALID_ARGUMENT,
    Kind.UNAUTHENTICATED: grpc.StatusCode.UNAUTHENTICATED,
    Kind.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
    Kind.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Kind.CONFLICT: grpc.StatusCode.ALREADY_EXISTS,
    Kind.STALE: grpc.StatusCode.ABORTED,
    Kind.IN_FLIGHT: grpc.StatusCode.ABORTED,
    Kind.EXHAUSTED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Kind.PRECONDITION: grpc.StatusCode.FAILED_PRECONDITION,
    Kind.UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    Kind.KEY_REUSED: grpc.StatusCode.INVALID_ARGUMENT,
}

_log = structlog.get_logger()
_admitted: ContextVar["Admitted"] = ContextVar("smartcity_admitted")


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who calls, and on which rows they may act."""

    caller: Caller
    scope: Scope


def admitted() -> Admitted:
    """Who makes the call that is being served."""
    return _admitted.get()


class Guard(grpc.aio.ServerInterceptor):
    """The one interceptor: identity, permission, deadline, span, errors."""

    def __init__(self, pillar: str, verifier: Verifier, access: Mapping[str, Access]) -> None:
        """``access`` maps a service's full name to its table; a service without one is not guarded (reflection)."""
        self._domain = f"{pillar}.smartcity"
        self._verifier = verifier
        self._access = access
        self._guarded: dict[str, Any] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """Wraps the handler of a guarded unary method, once: no handler depends on the call."""
        method = handler_call_details.method
        if (known := self._guarded.get(method)) is not None:
            return known
        handler = await continuation(handler_call_details)
        service, _, rpc = method.lstrip("/").partition("/")
        access = self._access.get(service)
        if handler is None or access is None:
            return handler

        async def guarded(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            holding.serving(lambda: method)
            with server_span(method, context.invocation_metadata()) as served:
                try:
                    caller = self._identify(context)
                    token = _admitted.set(Admitted(caller, authorise(access, rpc, caller)))
                    try:
                        async with asyncio.timeout(_remaining(context)):
                            return await handler.unary_unary(request, context)
                    finally:
                        _admitted.reset(token)
                except DomainError as error:
                    await self._abort(context, served, _CODES[error.kind], error.reason, error.message, error.metadata)
                except grpc.aio.AbortError:
                    raise
                except TimeoutError:
                    code = grpc.StatusCode.DEADLINE_EXCEEDED
                    text = "The answer took too long. Nothing is lost: repeat with the same request id."
                    await self._abort(context, served, code, "DEADLINE_EXCEEDED", text, {})
                except Exception as error:
                    await self._unexpected(context, served, error)

        made = grpc.unary_unary_rpc_method_handler(guarded, handler.request_deserializer, handler.response_serializer)
        self._guarded[method] = made
        return made

    def _identify(self, context: "grpc.aio.ServicerContext[Any, Any]") -> Caller:
        for key, value in context.invocation_metadata() or ():
            if key == "authorization" and isinstance(value, str):
                scheme, _, assertion = value.partition(" ")
                if scheme.lower() == "bearer":
                    return self._verifier.verify(assertion)
        raise unauthenticated("ASSERTION_MISSING", "The call carries no assertion of its caller.")

    async def _unexpected(
        self, context: "grpc.aio.ServicerContext[Any, Any]", served: ServerCall, error: Exception
    ) -> None:
        """Says nothing of what happened inside; the log has it all, under the same trace id."""
        if is_transient(error):
            _log.warning("dependency away", error=repr(error))
            text = "A part this needs is away. Repeat with the same request id in a moment."
            await self._abort(context, served, grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_AWAY", text, {})
        _log.exception("unexpected error")
        text = "Something went wrong on our side; it is logged under this trace."
        await self._abort(context, served, grpc.StatusCode.INTERNAL, "INTERNAL", text, {})

    async def _abort(
        self,
        context: "grpc.aio.ServicerContext[Any, Any]",
        served: ServerCall,
        code: grpc.StatusCode,
        reason: str,
        message: str,
        metadata: Mapping[str, str],
    ) -> None:
        served.finish(code, reason)
        message = _cut(message)
        said = {name: _cut(value) for name, value in metadata.items()}
        info = error_details_pb2.ErrorInfo(reason=reason, domain=self._domain, metadata=said)
        detail = any_pb2.Any()
        detail.Pack(info)
        status = status_pb2.Status(code=code.value[0], message=message, details=[detail])
        trailing = (("grpc-status-details-bin", status.SerializeToString()),)
        await context.abort(code, message, trailing)


def _cut(text: str) -> str:
    """As much of a text as fits beside others into a call's trailers, of which gRPC takes 16 kB and no more: what
    somebody sent may stand in a refusal, and is sent in it three times.
    """
    whole = text.encode()
    return text if len(whole) <= _SAID_BYTES else whole[:_SAID_BYTES].decode(errors="ignore") + "…"


def _remaining(context: "grpc.aio.ServicerContext[Any, Any]") -> float:
    left = context.time_remaining()
    if left is None:
        raise invalid("DEADLINE_REQUIRED", "Every call needs a deadline.")
    return left


def build_server(
    guard: Guard, services: Sequence[str], address: str, credentials: grpc.ServerCredentials | None = None
) -> tuple[grpc.aio.Server, int]:
    """A server with reflection for ``services``, bound to ``address``; answers with it and the port it got.

    Without ``credentials`` it speaks plain text, which is for one machine only.
    """
    server = grpc.aio.server(interceptors=(guard,), options=OPTIONS)
    reflection.enable_server_reflection((*services, reflection.SERVICE_NAME), server)
    if credentials is None:
        return server, server.add_insecure_port(address)
    return server, server.add_secure_port(address, credentials)
