"""From a pillar's answer to the HTTP answer: the view as JSON, and who may keep it."""

from typing import Any

import msgspec
from google.protobuf.message import Message
from starlette.responses import Response

from gateway.answers.etags import etag_matches, of_bytes, of_version
from gateway.bodies.kinds import JSON
from gateway.calls.contracts import view
from gateway.rest.route import Route
from smartcity.types.v1 import edge_pb2

encode = msgspec.json.Encoder().encode
PRIVATE = {"cache-control": "private, no-cache", "vary": "Authorization, Cookie, X-Link-Key"}
"""For answers that depend on who asks."""
_NOBODY = {"cache-control": "no-store"}


class Answer:
    """Answers the requests of one route."""

    def __init__(self, route: Route) -> None:
        self._options = route.rpc.options
        self._answered = route.answered
        output = route.rpc.method.output_type
        inner = output.fields_by_name[route.answered].message_type if route.answered else output
        assert inner is not None
        self._view = view(inner)
        self._whole = view(output) if self._options.beside else None
        self._shared = self._options.beside and any(each.name in inner.fields_by_name for each in output.fields)
        self._etag = route.etag
        self._known_again = route.known_again
        self._kept = _kept(self._options)
        if route.worded:
            said = (self._kept.get("vary"), "Accept-Language")
            self._kept = self._kept | {"vary": ", ".join(filter(None, said))}

    def __call__(self, found: Message, known: str | None = None) -> Response:
        """The answer; ``known`` is what the client has already, by If-None-Match.

        Who names the bytes that they would be shown now is told that they have them: no version says that, as what is
        shown of it depends on who asks, and on what is counted meanwhile.
        """
        headers, status, body = dict(self._kept), 200, self._body(found)
        if self._etag:
            version = str(_follow(found, self._etag))
            headers["etag"] = of_bytes(version, body) if self._known_again else of_version(version)
        if self._known_again and etag_matches(known, headers["etag"]):
            return Response(status_code=304, headers=headers)
        if self._options.created:
            status = 201
            headers["location"] = filled(self._options.created, found)
        return Response(body, status, headers, JSON)

    def _body(self, found: Message) -> bytes:
        if self._whole is None:
            return encode(self._view(getattr(found, self._answered) if self._answered else found))
        whole = self._whole(found)
        shown = getattr(whole, self._answered) or self._view(getattr(found, self._answered))
        others = msgspec.structs.replace(whole, **{self._answered: None})
        if self._shared:  # a name stands in an object once, and says what the answer itself does
            return encode(msgspec.to_builtins(shown) | msgspec.to_builtins(others))
        return b"{%b}" % b",".join(inner for each in (shown, others) if (inner := encode(each)[1:-1]))


def _kept(options: edge_pb2.Rpc) -> dict[str, str]:
    if options.cache == edge_pb2.CACHE_PRIVATE and not options.created:
        return PRIVATE
    if options.cache == edge_pb2.CACHE_PUBLIC:
        return {"cache-control": f"public, max-age={options.max_age}"}
    return _NOBODY


def _follow(found: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        found = getattr(found, name)
    return found


def filled(template: str, found: Message) -> str:
    """An address with its fields of a message, as ``{complaint.code}``."""
    return template.replace("{", "{0.").format(found)
