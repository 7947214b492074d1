"""A route of the API: how an RPC is reached over HTTP.

Where a field of a request goes follows from its name and from the path: some are headers, others query or body.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import Response

from gateway.bodies.kinds import NOTHING, SMALL, Kind
from gateway.calls.contracts import RPCS
from services.kit.caller import Scope
from services.kit.rpc.contract import Rpc
from services.kit.rpc.rules import Field

if TYPE_CHECKING:
    from gateway.gateway import Gateway

HEADERS = {"request_id": "Idempotency-Key", "etag": "If-Match", "link_key": "X-Link-Key"}
"""Fields of requests that are headers."""
PREFIX = "/v1"
_PLACE = re.compile(r"\[([0-9]+)\]")
"""An element of a list, as pillars may write it."""
BINARY = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
"""The schema of bytes; most that make clients of the document know them by the older ``format``."""
NAMED: Mapping[str, Any] = {
    "Content-Disposition": {
        "description": "Whether it is to be kept or shown, and under which name it is kept (RFC 6266).",
        "schema": {"type": "string"},
    }
}
"""The headers of an answer that is a file, as the document has them."""
VERSIONED: Mapping[str, Any] = {
    "ETag": {"description": "Version of the resource, for If-Match.", "schema": {"type": "string"}}
}
"""Those of an answer that is a resource."""

Act = Callable[["Gateway", Request, Any], Awaitable[Response]]
"""What serves a route by hand: the gateway's parts, the request, and its message."""


@dataclass(frozen=True)
class Route:
    """One operation of the API."""

    verb: str
    template: str
    """The path with fields of the request in braces."""
    rpc: Rpc
    operation: str
    """Its id in the OpenAPI document."""
    body: str = ""
    """``*``: the body holds all fields that are neither in the path nor headers; or the one field that is the body."""
    answered: str = ""
    """The field of the response that is answered; all of it when empty."""
    act: Act | None = None
    """What serves it, where no table can tell."""
    only: tuple[str, ...] | None = None
    """The fields of the request that are read, where it is not all of them."""
    documented: Mapping[str, Any] = field(default_factory=dict)
    """What the document says of it beside what follows from the contract."""
    by_hand: Kind | None = None
    """What it takes as its body, where no contract says it."""
    lenient: bool = False
    """Whether parameters of its query that it does not know are passed over: see ``gateway.rest.questions``."""

    @property
    def takes(self) -> Kind:
        """What it takes as its body: JSON where the contract has one."""
        return self.by_hand or (SMALL if self.body else NOTHING)

    @cached_property
    def path(self) -> str:
        """The path with the names that fields have over HTTP."""
        return re.sub(r"\{(\w+)\}", lambda found: f"{{{self._named[found[1]].name}}}", self.template)

    @cached_property
    def fields(self) -> list[Field]:
        """The fields of the request that come over HTTP."""
        found = [Field(each) for each in self.rpc.method.input_type.fields if not _is_origin(each)]
        if self.only is not None:
            found = [each for each in found if each.descriptor.name in self.only]
        return found

    @cached_property
    def origin(self) -> str:
        """The field of the request that says where it comes from, which the edge fills in; empty without one."""
        return next((each.name for each in self.rpc.method.input_type.fields if _is_origin(each)), "")

    @cached_property
    def headers(self) -> list[Field]:
        """Those that are headers."""
        return [each for each in self.fields if each.descriptor.name in HEADERS]

    @cached_property
    def in_path(self) -> list[Field]:
        """Those in the path."""
        return [self._named[name] for name in re.findall(r"\{(\w+)\}", self.template)]

    @cached_property
    def in_query(self) -> list[Field]:
        """Those in the query."""
        return [] if self.body == "*" else [each for each in self._rest if each.descriptor.name != self.body]

    @cached_property
    def in_body(self) -> list[Field]:
        """Those in the body; values that callers have no say in are among them."""
        if self.body == "*":
            return self._rest
        inner = self._named[self.body].descriptor.message_type if self.body else None
        return [Field(each) for each in inner.fields] if inner is not None else []

    @cached_property
    def worded(self) -> bool:
        """Whether its answer is in the language that is asked for: by the field, else by Accept-Language."""
        return self.verb == "GET" and any(each.descriptor.name == "language" for each in self.in_query)

    @property
    def takes_key(self) -> bool:
        """Whether it is a write."""
        return any(each.descriptor.name == "request_id" for each in self.headers)

    @property
    def takes_version(self) -> bool:
        """Whether the caller may say which version they saw."""
        return any(each.descriptor.name == "etag" for each in self.headers)

    @property
    def takes_link_key(self) -> bool:
        """Whether a link key can be the way to be let in."""
        return any(each.descriptor.name == "link_key" for each in self.headers)

    @property
    def needs_something(self) -> bool:
        """Whether whoever comes with neither a login nor a link key is always refused."""
        anonymous = self.rpc.scopes().get("anonymous")
        key_alone = self.takes_link_key and not self.rpc.options.link_key_optional
        return anonymous is None or (anonymous is Scope.OWN and key_alone)

    @property
    def needs_version(self) -> bool:
        """Whether they must."""
        return self.takes_version and not self.rpc.options.etag_optional

    @cached_property
    def etag(self) -> tuple[str, ...]:
        """Where the ETag stands in the response; empty where there is none."""
        if self.rpc.options.etag:
            return tuple(self.rpc.options.etag.split("."))
        answered = self.rpc.method.output_type.fields_by_name.get(self.answered)
        inner = answered.message_type if answered is not None else None
        return (self.answered, "etag") if inner is not None and "etag" in inner.fields_by_name else ()

    @property
    def shared(self) -> bool:
        """Whether any cache may keep its answer."""
        from smartcity.types.v1 import edge_pb2

        return self.verb == "GET" and self.rpc.options.cache == edge_pb2.CACHE_PUBLIC

    @property
    def known_again(self) -> bool:
        """Whether who has its answer already is told so: its ETag is of the bytes that are read."""
        return self.act is None and self.verb == "GET" and bool(self.etag)

    @property
    def tag(self) -> str:
        """Its heading in the document."""
        from smartcity.types.v1 import edge_pb2

        first = self.rpc.method.containing_service.GetOptions().Extensions[edge_pb2.tags][0].name
        return self.rpc.options.tag or str(first)

    def sent_as(self, path: str) -> str:
        """What its caller calls a field that the pillar names: a header, a parameter, a place in the body."""
        path = _PLACE.sub(r".\1", path)
        first, dot, rest = path.partition(".")
        if rest and first == self.body:  # the message that is the body has no name there
            inner, dot, rest = rest.partition(".")
            return f"{self._in_body.get(inner, inner)}{dot}{rest}"
        return f"{self._sent_as.get(first, first)}{dot}{rest}"

    @cached_property
    def _sent_as(self) -> dict[str, str]:
        found = self._in_body | {each.descriptor.name: each.name for each in (*self.in_path, *self.in_query)}
        return found | {each.descriptor.name: HEADERS[each.descriptor.name] for each in self.headers}

    @cached_property
    def _in_body(self) -> dict[str, str]:
        return {each.descriptor.name: each.path for each in self.in_body}

    @cached_property
    def _named(self) -> dict[str, Field]:
        return {each.descriptor.name: each for each in self.fields}

    @cached_property
    def _rest(self) -> list[Field]:
        placed = {each.descriptor.name for each in (*self.headers, *self.in_path)}
        return [each for each in self.fields if each.descriptor.name not in placed]


BY_HAND: list[Route] = []
"""Routes that no table can tell, as their modules are imported."""


def by_hand(
    verb: str,
    template: str,
    request: type[Message],
    operation: str,
    *,
    only: Sequence[str] | None = None,
    takes: Kind | None = None,
    fields_in_body: bool = False,
    lenient: bool = False,
    **more: Any,
) -> Callable[[Act], Act]:
    """Marks what serves a route that no table can tell: its parameters are those of the request all the same.

    Its docstring is its description, the first sentence the summary. ``takes`` is its body, where that is a file;
    ``fields_in_body`` puts what is neither in the path nor a header into one of JSON; ``lenient`` passes over unknown
    parameters; ``more`` goes into its entry in the document.
    """

    def mark(act: Act) -> Act:
        fields = None if only is None else tuple(only)
        body = "*" if fields_in_body else ""
        BY_HAND.append(Route(verb, template, RPCS[request], operation, body, "", act, fields, more, takes, lenient))
        return act

    return mark


def _is_origin(one: FieldDescriptor) -> bool:
    return one.message_type is not None and one.message_type.full_name == "smartcity.types.v1.Origin"


def is_message(one: Field) -> bool:
    """Whether a field holds an object."""
    return one.descriptor.type == FieldDescriptor.TYPE_MESSAGE
