"""Contents as an HTTP request of a route, and what its decoder makes of it; nothing waits, so nothing needs a loop."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from google.protobuf.message import Message
from hypothesis import strategies as st
from starlette.requests import Request

from gateway.answers.problems import FieldError, Problem
from gateway.calls.contracts import RPCS
from gateway.rest.decoding import Decoder
from gateway.rest.route import Route
from gateway.rest.routes import routes
from services.kit.rpc.rules import Field, fields_of
from tests.gateway.rest.contents import Contents, Where, contents, plain
from tests.kit import odd

KEYS = {
    "request_id": ("idempotency-key", r"[!-~]{1,128}"),
    "etag": ("if-match", r"[a-z0-9._-]{1,40}"),
    "link_key": ("x-link-key", r"[A-Za-z0-9-]{1,64}"),
}
"""Fields that are headers, and what is taken there."""
PATH_FORM, PATH_LEN, PATH_LENS = "[A-Za-z0-9-]", 64, {"code": 32, "number": 40}
"""Fields of paths whose contract has no pattern."""

_ODD = [
    Route("POST", "/v1/odds/{code}", odd.RPCS[0], "createOdd", "*"),
    Route("POST", "/v1/odds/{thing}/parts/{day}", odd.RPCS[1], "createOddPart", "part"),
    Route("GET", "/v1/odds", odd.RPCS[2], "listOdds"),
]
"""Routes of a contract that has what no noun has yet."""
ROUTES, ALL_RPCS = [*routes(), *_ODD], [*RPCS.values(), *odd.RPCS]
_DECODERS = {route.operation: Decoder(route) for route in ROUTES}


@dataclass(frozen=True)
class Sent:
    """An HTTP request, as far as a decoder sees it."""

    path: dict[str, str] = field(default_factory=dict)
    query: Sequence[tuple[str, str | bytes]] = ()
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def request(self) -> Request:
        """As Starlette hands it on."""
        headers = {"content-type": "application/json", **self.headers}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": self.body, "more_body": False}

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/",
            "path_params": self.path,
            "query_string": urlencode(self.query).encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        }
        return Request(scope, receive)


def every_route() -> list[Any]:
    """All routes, each as a parameter with its operation as id."""
    return [pytest.param(route, id=route.operation) for route in ROUTES]


def with_body() -> list[Any]:
    """Those that take a body of JSON."""
    return [pytest.param(route, id=route.operation) for route in ROUTES if route.body]


def for_all(cases: Iterable[Any], **more: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Makes one test of all parameters, each with each of ``more``: it tells of all that fail, each by its name.

    There are hundreds: a test for each takes longer to begin, end and report than what it asks.
    """

    def made(test: Callable[..., None]) -> Callable[[], None]:
        def every() -> None:
            failures: list[BaseException] = []
            for case, *values in product(cases, *more.values()):
                try:
                    test(*case.values, **dict(zip(more, values, strict=True)))
                except (Exception, pytest.fail.Exception) as error:
                    error.add_note(" ".join([str(case.id), *map(repr, values)]))
                    failures.append(error)
            if failures:
                raise BaseExceptionGroup(test.__name__, failures)

        every.__name__, every.__qualname__, every.__module__ = test.__name__, test.__qualname__, test.__module__
        return every

    return made


def decoded(route: Route, sent: Sent) -> Message:
    """The message that the pillar would get. Raises Problem."""
    waiting = _DECODERS[route.operation](sent.request())
    try:
        waiting.send(None)
    except StopIteration as done:
        message: Message = done.value
        return message
    raise AssertionError("the decoder waits for something")


def refused(route: Route, sent: Sent) -> tuple[FieldError, ...]:
    """The fields that a request is refused for; each once, and with words that a sentence can be made of."""
    with pytest.raises(Problem) as caught:
        decoded(route, sent)
    assert (caught.value.status, caught.value.reason) == (422, "INVALID_REQUEST"), caught.value.detail
    return caught.value.errors


def fields(route: Route) -> list[Field]:
    """The fields of the route's request that come in path, query or body, as the contract has them."""
    if not route.body or route.body == "*":
        return [*route.in_path, *route.in_query, *route.in_body]
    return [*route.in_path, *route.in_query, _whole(route)]


def _whole(route: Route) -> Field:
    return Field(route.rpc.method.input_type.fields_by_name[route.body])


def taken(route: Route) -> st.SearchStrategy[Contents]:
    """Contents that the route takes, those of headers and path among them."""
    parts = {each.descriptor.name: st.from_regex(KEYS[each.descriptor.name][1], fullmatch=True) for each in
             route.headers}  # fmt: skip
    parts |= {each.descriptor.name: _segments(each) for each in route.in_path}
    body = [] if not route.body else route.in_body if route.body == "*" else [_whole(route)]
    rest = st.tuples(contents(route.in_query), contents(body, spaced=True)).map(lambda both: both[0] | both[1])
    return st.tuples(st.fixed_dictionaries(parts), rest).map(lambda both: both[0] | both[1])


def _segments(each: Field) -> st.SearchStrategy[str]:
    if each.rules.pattern:
        return st.from_regex(each.rules.pattern, fullmatch=True)
    return st.from_regex(f"{PATH_FORM}{{1,{path_len(each)}}}", fullmatch=True)


def path_len(each: Field) -> int:
    """Most characters of a field in a path."""
    return each.rules.max_len or PATH_LENS.get(each.name, PATH_LEN)


def plain_contents(route: Route) -> Contents:
    """One value for every field of the route, always the same."""
    texts = [*route.headers, *(each for each in route.in_path if not each.rules.pattern)]
    return plain(fields(route)) | {each.descriptor.name: "key-1" for each in texts}


def placed(route: Route, held: Contents) -> Sent:
    """The request that has these contents where the contract says. What is no value of its field goes there too."""
    headers = {
        KEYS[each.descriptor.name][0]: held[each.descriptor.name]
        for each in route.headers
        if held.get(each.descriptor.name) is not None
    }
    path = {each.name: held[each.descriptor.name] for each in route.in_path}
    query = [(each.name, one) for each in route.in_query for one in _texts(held.get(each.descriptor.name))]
    body = b""
    if route.body:
        inner = held if route.body == "*" else held.get(route.body) or {}
        body = json.dumps(json_of(route.in_body, inner), ensure_ascii=False).encode()
    return Sent(path, query, headers, body)


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    if isinstance(value, bool):
        return [str(value).lower()]
    return [] if value is None else [str(value)]


def json_of(fields: Iterable[Field], held: Contents) -> dict[str, Any]:
    """An object of a body, with the names that JSON has."""
    found: dict[str, Any] = {}
    beside: list[tuple[Field, Any]] = []
    for each in fields:
        name = each.descriptor.name
        if name not in held:
            continue
        if each.rules.inside:
            beside.append((each, held[name]))
        else:
            found[each.rules.name or name] = _json(each, held[name])
    for each, value in beside:
        group = found[each.rules.inside] = found.get(each.rules.inside) or {}
        if isinstance(group, dict):
            group[each.rules.name or each.descriptor.name] = _json(each, value)
    return found


def _json(each: Field, value: Any) -> Any:
    if each.descriptor.is_repeated and isinstance(value, list):
        return [_json_one(each, one) for one in value]
    return _json_one(each, value)


def _json_one(each: Field, value: Any) -> Any:
    kind = each.descriptor.message_type
    return json_of(fields_of(kind), value) if kind is not None and isinstance(value, dict) else value


def path_of(where: Where, first: int = 0) -> str:
    """Where callers find a field: names as JSON has them, from the ``first`` field on."""
    found = []
    for each in where[first:]:
        name = each.rules.name or each.descriptor.name
        found.append(f"{each.rules.inside}.{name}" if each.rules.inside else name)
        if each.descriptor.is_repeated and each is not where[-1]:
            found.append("0")
    return ".".join(found)


def edge_path(route: Route, where: Where) -> str:
    """The same in this route, where one field may be the whole body."""
    return path_of(where, int(route.body == where[0].descriptor.name))
