"""How a pillar serves its RPCs: a function each, run as the contract says.

    @rpc
    async def dispatch(tx: Transaction, request: pb.DispatchCleanupRequest) -> pb.DispatchCleanupResponse: ...

The request's type names the RPC, so the functions of a service may lie in several rooms. The kit cleans and checks the
request, opens the transaction of a write, which happens once per request id, or the snapshot of a read, and registers
the service from its descriptor. A read that runs one statement is marked with ``one_statement``. A function whose
first parameter is a ``Call`` opens transactions of its own. What must follow the commit, and makes the answer anew each
time, is marked with ``after``.
"""

import inspect
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any, TypeVar, get_type_hints

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import Message

from services.kit.caller import Caller, Scope
from services.kit.database import Transaction
from services.kit.database.idempotency import once
from services.kit.rpc import rules
from services.kit.rpc.contract import Rpc, rpcs_of
from services.kit.rpc.server import admitted
from services.kit.runtime import Runtime

F = TypeVar("F", bound=Callable[..., Awaitable[Message]])
_MARK, _AFTER, _ONE_STATEMENT = "__rpc_request__", "__rpc_after__", "__rpc_one_statement__"


def rpc(function: F) -> F:
    """Marks the function that serves the RPC of its request's type."""
    setattr(function, _MARK, _second(function))
    return function


def after(first: Callable[..., Awaitable[Message]]) -> Callable[[F], F]:
    """Marks what makes the answer of ``first`` anew when it is committed: ``(call, answer) -> answer``."""

    def mark(function: F) -> F:
        setattr(first, _AFTER, function)
        return function

    return mark


def one_statement(function: F) -> F:
    """Marks a read that runs at most one statement: it needs no transaction to see one moment, and gets none."""
    setattr(function, _ONE_STATEMENT, True)
    return function


def _second(function: Callable[..., Any]) -> type[Message]:
    hints = get_type_hints(function)
    names = list(inspect.signature(function).parameters)
    kind = hints.get(names[1]) if len(names) == 2 else None
    if not (isinstance(kind, type) and issubclass(kind, Message)):
        raise TypeError(f"{function.__qualname__} takes (tx or call, request), and the request's type names the RPC")
    return kind


@dataclass(frozen=True, slots=True)
class Call:
    """A call being served: who makes it, on which rows they may act, and what the pillar has."""

    caller: Caller
    scope: Scope
    runtime: Runtime
    request: Message
    """As it came: a request id stands for that, so that it means the same to the next version's cleaning."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """What the caller changes: commits when the block ends well."""
        async with self.runtime.calling, self.runtime.transaction(self.caller, self.scope) as tx:
            yield tx

    def snapshot(self) -> AbstractAsyncContextManager[Transaction]:
        """What the caller reads, as of one moment."""
        return self.runtime.snapshot(self.caller, self.scope)

    def statement(self) -> AbstractAsyncContextManager[Transaction]:
        """What the caller reads in one statement."""
        return self.runtime.statement(self.caller, self.scope)


@dataclass(frozen=True)
class Served:
    """An RPC and the function that serves it."""

    rpc: Rpc
    act: Callable[..., Awaitable[Message]]

    @property
    def on_its_own(self) -> bool:
        """Whether the function opens its transactions itself."""
        first, *_ = inspect.signature(self.act).parameters
        return get_type_hints(self.act)[first] is Call

    def handler(self, runtime: Runtime) -> Callable[[Message, Any], Awaitable[Message]]:
        """What gRPC calls."""
        run = self._own() if self.on_its_own else self._write() if self.rpc.is_write else self._read()
        finish: Callable[[Call, Message], Awaitable[Message]] | None = getattr(self.act, _AFTER, None)

        async def serve(request: Message, context: Any) -> Message:
            known = admitted()
            call = Call(known.caller, known.scope, runtime, request)
            answer = await run(call, request)
            return answer if finish is None else await finish(call, answer)

        return serve

    def _own(self) -> Callable[[Call, Message], Awaitable[Message]]:
        async def run(call: Call, request: Message) -> Message:
            return await self.act(call, rules.checked(request))

        return run

    def _read(self) -> Callable[[Call, Message], Awaitable[Message]]:
        act, at_once = self.act, hasattr(self.act, _ONE_STATEMENT)
        opened = Call.transaction if self.rpc.leaves_record else Call.statement if at_once else Call.snapshot

        async def run(call: Call, request: Message) -> Message:
            asked = rules.checked(request)
            async with opened(call) as tx:
                return await act(tx, asked)

        return run

    def _write(self) -> Callable[[Call, Message], Awaitable[Message]]:
        act, answers, permanent = self.act, self.rpc.answer, self.rpc.options.permanent

        async def run(call: Call, request: Any) -> Message:
            asked = rules.checked(request)
            async with call.transaction() as tx:
                return await once(
                    tx, request.request_id, call.request, partial(act, tx, asked), answers, permanent=permanent
                )

        return run


def served(modules: Iterable[ModuleType]) -> Mapping[ServiceDescriptor, list[Served]]:
    """The services whose RPCs these modules serve. Raises ValueError unless each is served by one function."""
    found: dict[ServiceDescriptor, list[Served]] = defaultdict(list)
    for act in (each for module in modules for each in vars(module).values() if hasattr(each, _MARK)):
        request: type[Message] = getattr(act, _MARK)
        one = _rpc_of(request)
        found[one.method.containing_service].append(Served(one, act))
    for service, ours in found.items():
        names = [one.rpc.method.name for one in ours]
        missing, twice = set(service.methods_by_name) - set(names), {name for name in names if names.count(name) > 1}
        if missing or twice:
            raise ValueError(f"{service.full_name}: not served: {sorted(missing)}; served twice: {sorted(twice)}")
    return found


def _rpc_of(request: type[Message]) -> Rpc:
    services: Iterable[Any] = request.DESCRIPTOR.file.services_by_name.values()
    for service in services:
        for one in rpcs_of(service):
            if one.request is request:
                return one
    raise ValueError(f"no RPC of {request.DESCRIPTOR.file.name} takes {request.__name__}")


def generic_handler(service: ServiceDescriptor, ours: Iterable[Served], runtime: Runtime) -> grpc.GenericRpcHandler:
    """What a gRPC server needs to serve a service."""
    handlers = {
        one.rpc.method.name: grpc.unary_unary_rpc_method_handler(
            one.handler(runtime),
            request_deserializer=one.rpc.request.FromString,
            response_serializer=one.rpc.answer.SerializeToString,
        )
        for one in ours
    }
    return grpc.method_handlers_generic_handler(service.full_name, handlers)
