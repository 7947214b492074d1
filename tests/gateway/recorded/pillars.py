"""All six pillars as one gRPC server that remembers what it is asked and answers what its descriptors say.

It knows nothing of the gateway: it finds methods in the generated modules, tells calls apart by their trace, and fills
every field of an answer by a fixed rule, so that two recordings of the same request are the same to the last byte.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio
from google.protobuf import any_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

import smartcity
from services.kit.caller import Caller, Verifier

PILLARS = ("governance", "economy", "living", "environment", "society", "branding")
DEEPEST = 6
"""Messages within messages; a message that holds itself would never end."""
PHOTO_PATH = "complaints/SMG-7K4P-92/recorded.png"
"""Where the canned photos lie; whoever starts the gateway puts a file there."""
INSTANT = 1_795_489_965
"""2026-11-24T03:12:45Z."""
QR = "00020101021226570011ID.DANA.WWW011893600915300000000002150000000000000005204581453033605802ID6304A1B2"

_TEXTS = {
    "etag": "7",
    "id": "0192f3a4-7c1e-7d44-9c1b-2f6f0e8f3a10",
    "code": "SMG-7K4P-92",
    "number": "SMGT-7K4P2M8-92",
    "currency": "IDR",
    "content_type": "image/png",
    "path": PHOTO_PATH,
    "qr": QR,
    "payload": QR,
    "day": "2026-11-24",
    "period": "2026-11",
    "reference": "=1+1",  # a spreadsheet must not compute it
    "link_key": "MZXW6YTBOI4DAMBQGEZDGNBVGY",
}

REFUSALS: Mapping[str, tuple[grpc.StatusCode, str, Mapping[str, str]]] = {
    "NOT-FOUND": (grpc.StatusCode.NOT_FOUND, "COMPLAINT_NOT_FOUND", {}),
    "FAILED-PRECONDITION": (grpc.StatusCode.FAILED_PRECONDITION, "WRONG_STATE", {}),
    "ALREADY-EXISTS": (grpc.StatusCode.ALREADY_EXISTS, "ALREADY_THERE", {}),
    "STALE-ETAG": (grpc.StatusCode.ABORTED, "STALE_ETAG", {}),
    "IN-FLIGHT": (grpc.StatusCode.ABORTED, "REQUEST_IN_FLIGHT", {}),
    "INVALID-FIELD": (grpc.StatusCode.INVALID_ARGUMENT, "TEXT_TOO_SHORT", {"field": "text"}),
    "INVALID": (grpc.StatusCode.INVALID_ARGUMENT, "AMOUNT_OUT_OF_RANGE", {"most": "1000"}),
    "KEY-REUSED": (grpc.StatusCode.INVALID_ARGUMENT, "IDEMPOTENCY_KEY_REUSED", {}),
    "OUT-OF-RANGE": (grpc.StatusCode.OUT_OF_RANGE, "DAY_OUT_OF_RANGE", {"field": "day"}),
    "PERMISSION-DENIED": (grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_ALLOWED", {"rpc": "Something"}),
    "UNAUTHENTICATED": (grpc.StatusCode.UNAUTHENTICATED, "LOGIN_REQUIRED", {}),
    "ASSERTION-REFUSED": (grpc.StatusCode.UNAUTHENTICATED, "ASSERTION_REFUSED", {}),
    "EXHAUSTED": (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY", {"retry_after": "30"}),
    "EXHAUSTED-TIMELESS": (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY", {}),
    "DEADLINE": (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE", {}),
    "INTERNAL": (grpc.StatusCode.INTERNAL, "INTERNAL", {}),
}
"""How a pillar refuses a request that holds ``refuse-<name>``; ``refuse-PLAIN-<name>`` does so without an ErrorInfo."""

_WANTED = re.compile(rb"refuse-(PLAIN-)?([A-Z]+(?:-[A-Z]+)*)|variant-(bare|last)")


@dataclass(frozen=True)
class Call:
    """One call that reached a pillar."""

    rpc: str
    """Full name, such as ``smartcity.economy.v1.LevyService/GetBill``."""
    caller: Caller
    request: bytes


def load_descriptors() -> None:
    """Imports every generated message, so that the default pool knows them."""
    for found in pkgutil.walk_packages(smartcity.__path__, "smartcity."):
        if found.name.endswith("_pb2"):
            importlib.import_module(found.name)


def method_of(rpc: str) -> MethodDescriptor:
    """The descriptor of a method by its full name."""
    service, _, name = rpc.partition("/")
    found: MethodDescriptor = descriptor_pool.Default().FindServiceByName(service).methods_by_name[name]
    return found


def message_of(descriptor: Descriptor, data: bytes) -> Message:
    """The message of that type in these bytes."""
    made: Message = message_factory.GetMessageClass(descriptor)()
    made.ParseFromString(data)
    return made


class Pillars:
    """The recording server: what was asked, by trace."""

    def __init__(self, assertion_keys: str) -> None:
        """``assertion_keys``: the gateway's public keys as JWK set."""
        load_descriptors()
        self._verifiers = {name: Verifier(assertion_keys, name) for name in PILLARS}
        self._calls: dict[str, list[Call]] = defaultdict(list)

    def taken(self, trace: str) -> list[Call]:
        """What was asked in a trace, in its order; forgotten afterwards."""
        return self._calls.pop(trace, [])

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serves until the block ends; yields the target that all six pillars have."""
        server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
        server.add_generic_rpc_handlers((_Every(self._answer),))
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        try:
            yield f"ipv4:127.0.0.1:{port}"
        finally:
            await server.stop(0)

    async def _answer(self, rpc: str, request: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> bytes:
        said = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        pillar = rpc.split(".")[1]
        caller = self._verifiers[pillar].verify(said["authorization"].partition(" ")[2])
        trace = said.get("traceparent", "--").split("-")[1]
        self._calls[trace].append(Call(rpc, caller, request))
        wanted = _WANTED.search(request)
        if wanted and wanted[2]:
            await _refuse(context, pillar, wanted[2].decode(), plain=bool(wanted[1]))
        method = method_of(rpc)
        variant = (wanted[3] or b"").decode() if wanted else ""
        return canned(method, message_of(method.input_type, request), variant).SerializeToString(deterministic=True)


class _Every(grpc.GenericRpcHandler):
    """Takes every method of every service."""

    def __init__(self, answer: Callable[[str, bytes, Any], Awaitable[bytes]]) -> None:
        self._answer = answer

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """The handler of one method, on bytes."""
        rpc = str(handler_call_details.method).lstrip("/")

        async def handle(request: bytes, context: Any) -> bytes:
            return await self._answer(rpc, request, context)

        return grpc.unary_unary_rpc_method_handler(handle)


async def _refuse(context: grpc.aio.ServicerContext[Any, Any], pillar: str, name: str, *, plain: bool) -> None:
    """Refuses as the kit of the pillars does."""
    code, reason, metadata = REFUSALS[name]
    text = f'Refused for {name}: "quoted", 100% and é.'
    if plain:
        await context.abort(code, text)
    info = error_details_pb2.ErrorInfo(reason=reason, domain=f"{pillar}.smartcity", metadata=dict(metadata))
    detail = any_pb2.Any()
    detail.Pack(info)
    status = status_pb2.Status(code=code.value[0], message=text, details=[detail])
    await context.abort(code, text, (("grpc-status-details-bin", status.SerializeToString()),))


def canned(method: MethodDescriptor, request: Message, variant: str = "") -> Message:
    """The answer to a request: every field filled.

    ``bare`` fills nothing, ``last`` takes the last value of each enumeration, no for yes, and leaves texts empty that
    name nothing.
    """
    made: Message = message_factory.GetMessageClass(method.output_type)()
    if variant != "bare":
        _fill(made, variant, 0, 0)
    _finish(made, method, request)
    return made


def _finish(made: Message, method: MethodDescriptor, request: Message) -> None:
    """What depends on the request or is no plain field."""
    fields = method.output_type.fields_by_name
    if "next_page_token" in fields:
        # A reader of all pages asks again once, and then it ends.
        asked = getattr(request, "page_token", None)
        made.next_page_token = "page-2" if asked == "" else ""  # type: ignore[attr-defined]
    if method.name == "HandleSnapRequest":
        made.status = 200  # type: ignore[attr-defined]
        made.body = json.dumps({"responseCode": "2005200", "responseMessage": "Successful"}).encode()  # type: ignore[attr-defined]


def _fill(message: Message, variant: str, index: int, depth: int) -> None:
    descriptor = message.DESCRIPTOR
    if descriptor.full_name == "google.protobuf.Timestamp":
        message.seconds, message.nanos = INSTANT + 60 * index, 120_000_000  # type: ignore[attr-defined]
        return
    seen: set[str] = set()
    for field in descriptor.fields:
        oneof = field.containing_oneof
        if oneof is not None and oneof.name in seen:
            continue
        if oneof is not None:
            seen.add(oneof.name)
        _fill_field(message, field, variant, index, depth)


def _fill_field(message: Message, field: Any, variant: str, index: int, depth: int) -> None:
    inner = field.message_type
    if inner is not None and inner.GetOptions().map_entry:
        return  # no answer has one; should one come, it stays empty rather than guessed
    if field.is_repeated:
        values = getattr(message, field.name)
        for each in (0, 1):
            if inner is None:
                values.append(_scalar(field, variant, each))
            elif depth < DEEPEST:
                _fill(values.add(), variant, each, depth + 1)
    elif inner is None:
        setattr(message, field.name, _scalar(field, variant, index))
    elif depth < DEEPEST:
        getattr(message, field.name).SetInParent()
        _fill(getattr(message, field.name), variant, index, depth + 1)


def _scalar(field: Any, variant: str, index: int) -> Any:
    kind = field.cpp_type
    if kind == FieldDescriptor.CPPTYPE_STRING:
        text = _text(field, variant, index)
        return text.encode() if field.type == FieldDescriptor.TYPE_BYTES else text
    if kind == FieldDescriptor.CPPTYPE_ENUM:
        numbers = [each.number for each in field.enum_type.values if each.number]
        return numbers[-1] if variant == "last" else numbers[min(index, len(numbers) - 1)]
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return variant != "last"
    if kind in (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT):
        return {"lon": 110.4105, "lat": -6.9837}.get(field.name, 0.25 * (1 + index))
    if field.name == "units":
        return -(2**40) if variant == "last" else 12_000 + 500 * index
    return field.number + index


def _text(field: Any, variant: str, index: int) -> str:
    known = _TEXTS.get(field.name)
    if known is not None:
        if variant == "last" and known == QR:
            return ""
        distinct = index and field.name in ("id", "code", "number")
        return f"{known[:-1]}{index}" if distinct else known
    if variant == "last":
        return ""
    return f'{field.containing_type.name}.{field.name} {index} "é"'
