"""The operations of the OpenAPI document, derived from the routes and the comments of the contracts."""

import re
from collections.abc import Iterator
from typing import Any

from gateway.calls.contracts import comment, component
from gateway.openapi import schemas
from gateway.openapi.examples import example_of
from gateway.openapi.schemas import REF, Schema
from gateway.rest.route import BINARY, HEADERS, NAMED, VERSIONED, Route
from gateway.rest.routes import routes
from services.kit.database import idempotency
from services.kit.rpc.rules import Field
from smartcity.types.v1 import edge_pb2

_KEY_TEXT = (
    "Your own key of this request, 1 to 128 visible characters; a new UUID for each new request is good. Repeat the "
    "request with the same key and nothing happens twice: you get the first answer again."
)
_SECRET_KEY_TEXT = (
    f" Without a login it has to be one that nobody can guess: at least {idempotency.LEAST_SECRET_KEY} characters, "
    f"{idempotency.LEAST_DIFFERENT} of them different, as a random UUID has."
)
_ETAG_OPTIONAL_TEXT = (
    "The ETag you saw; a change made in the meantime answers 412, and nothing is done. Without one it is done whatever "
    "has changed."
)
_HEADERS: dict[str, dict[str, Any]] = {
    "request_id": {
        "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": r"^[\x21-\x7e]+$",
                   "examples": ["0192f3a4-7c1e-7d44-9c1b-2f6f0e8f3a10"]},
    },
    "etag": {
        "description": "The ETag you saw; a change made in the meantime answers 412.",
        "schema": {"type": "string", "maxLength": 200, "pattern": r"^[\x20-\x7e]+$"},
    },
}  # fmt: skip
KNOWN: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of the bytes you have.",
    "required": False,
    "schema": {"type": "string"},
}
_ACCEPTED: dict[str, Any] = {
    "name": "Accept-Language",
    "in": "header",
    "description": "Languages of names, where `language` is left out: of these the one that is wanted most. Many "
    "phones and browsers send it by themselves.",
    "required": False,
    "schema": {"type": "string", "examples": ["en-GB, id;q=0.5"]},
}
_VERSION_AND_BYTES = (
    "Of these bytes, for If-None-Match; for If-Match too, where the version in it counts: the body's `etag`."
)
"""Of what is read."""
_BYTES = "Version of these bytes."
_LENIENT = "\n\nUnknown parameters of the query are passed over, but for what looks like a slip in a known name."
_ROLES_NOBODY_ELSE = "anonymous"


def paths() -> dict[str, Any]:
    """Path -> verb -> operation of every derived route and of those by hand, in the order of the contracts."""
    found: dict[str, Any] = {}
    for route in routes():
        found.setdefault(route.path, {})[route.verb.lower()] = _operation(route)
    return found


def tags() -> list[dict[str, str]]:
    """The headings in the order of the contracts, each once with what is below it: several services may share one."""
    services = dict.fromkeys(route.rpc.method.containing_service for route in routes())
    texts: dict[str, str] = {}
    for service in services:
        for tag in service.GetOptions().Extensions[edge_pb2.tags]:
            texts[tag.name] = texts.get(tag.name) or tag.text
    return [{"name": name, "description": text} for name, text in texts.items()]


def _operation(route: Route) -> dict[str, Any]:
    summary, text = _words(route)
    operation: dict[str, Any] = {
        "tags": [route.tag],
        "summary": summary,
        "description": f"{text}{_LENIENT}" if route.lenient and "security" not in route.documented else text,
        "operationId": route.operation,
    }
    parameters = [*_parameters(route), *route.documented.get("parameters", ())]
    if parameters:
        operation["parameters"] = parameters
    if body := route.documented.get("body") or _body(route):
        operation["requestBody"] = body
    operation["responses"] = _responses(route)
    operation["security"] = route.documented["security"] if "security" in route.documented else _security(route)
    return operation


def _words(route: Route) -> tuple[str, str]:
    """Summary and description: the RPC's comment, or the docstring of what serves it by hand."""
    if route.act is not None:
        text = re.sub(r"\n +", "\n", route.act.__doc__ or "")
    else:
        text = comment(route.rpc.method, route.rpc.method.containing_service.file)
    text = re.sub(r"(?<!\n)\n(?!\n)", " ", text.strip())
    first = re.split(r"(?<=[.:])\s", text, maxsplit=1)[0]
    return first.rstrip(".:"), text


def _security(route: Route) -> list[dict[str, list[str]]]:
    """The ways to be let in; none for a read that says the same to everybody, and ``{}`` first where nobody has to."""
    if is_public(route):
        return []
    ways: list[dict[str, list[str]]] = [{"oidc": []}, {"session": []}]
    if route.takes_link_key:
        ways = [*ways, {"linkKey": []}] if route.in_path else [{"linkKey": []}]  # else nothing names it but the key
    return ways if route.needs_something else [{}, *ways]


def is_public(route: Route) -> bool:
    """Whether it is a read whose answer is the same for everybody, and kept by any cache."""
    return route.shared and _ROLES_NOBODY_ELSE in route.rpc.scopes()


def _parameters(route: Route) -> Iterator[dict[str, Any]]:
    for each in route.in_path:
        yield {**_parameter(each, "path"), "required": True, "schema": schemas.of_path(each)}
    for each in route.headers:
        name = each.descriptor.name
        if name != "link_key":  # a way to be let in: see the security schemes
            yield {"name": HEADERS[name], "in": "header", **_HEADERS[name], **_header(route, name)}
    if _is_known_again(route):
        yield KNOWN
    if route.worded:
        yield _ACCEPTED
    for each in route.in_query:
        yield {**_parameter(each, "query"), "required": bool(each.rules.required), "schema": schemas.of_query(each)}


def _is_known_again(route: Route) -> bool:
    """Whether who has these bytes already is told so."""
    by_hand = "304" in route.documented.get("responses", ())
    return by_hand or route.known_again


def _header(route: Route, name: str) -> dict[str, Any]:
    if name == "etag":
        return {"required": True} if route.needs_version else {"required": False, "description": _ETAG_OPTIONAL_TEXT}
    required = route.rpc.options.key_required
    text = _KEY_TEXT if required else f"{_KEY_TEXT} Without one, repeating repeats the effect."
    secret = _SECRET_KEY_TEXT if _ROLES_NOBODY_ELSE in route.rpc.scopes() else ""
    return {"required": required, "description": text + secret}


def _parameter(field: Field, where: str) -> dict[str, Any]:
    shown = {"name": field.name, "in": where}
    text = schemas.described(field).get("description", "")
    return {**shown, "description": text} if text else shown


def _body(route: Route) -> dict[str, Any] | None:
    if not route.body:
        return None
    schema = {"$ref": f"{REF}{schemas.name_of_body(route)}"}
    return {"required": not route.rpc.options.body_optional, "content": {"application/json": {"schema": schema}}}


def _responses(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = dict(route.documented.get("responses") or _success(route))
    if _is_known_again(route):
        tag = {"ETag": {"description": _VERSION_AND_BYTES if route.etag else _BYTES, "schema": {"type": "string"}}}
        found["200"] = {**found["200"], "headers": {**tag, **found["200"].get("headers", {})}}
        found["304"] = {"description": "You have these bytes already.", **found.get("304", {}), "headers": tag}
    for status in _refusals(route):
        found.setdefault(str(status), {"$ref": f"#/components/responses/{_problem(route, status)}"})
    return dict(sorted(found.items()))


def _problem(route: Route, status: int) -> str:
    """The refusal's component: a 401 where no login is needed means a token that came along and does not hold."""
    return "TokenRefused" if status == 401 and "anonymous" in route.rpc.scopes() else f"Problem{status}"


def _success(route: Route) -> dict[str, Any]:
    options, documented = route.rpc.options, route.documented
    if "file" in documented:
        content = {documented["file"]: {"schema": _file(documented["file"])}}
        headers = {**NAMED, **documented.get("headers", {})}
        return {"200": {"description": "The file.", "content": content, "headers": headers}}
    name = documented.get("created") or documented.get("answers") or _answer_name(route)
    media = {"schema": {"$ref": f"{REF}{name}"}, "example": example_of({"$ref": f"{REF}{name}"}, schemas.answers())}
    success: dict[str, Any] = {"description": "Done.", "content": {"application/json": media}}
    versioned = route.act is None and route.etag and not route.known_again  # that one is of the bytes
    headers = {**(VERSIONED if versioned else {}), **documented.get("headers", {})}
    made = bool(documented.get("created") or (route.act is None and options.created))
    if made:
        success["description"] = "Created."
        headers["Location"] = {"description": "Address of what was created.", "schema": {"type": "string"}}
    if headers:
        success["headers"] = headers
    return {"201" if made else "200": success}


def _file(media: str) -> Schema:
    is_text = media.startswith("text/") or media.endswith("xml")
    return {"type": "string"} if is_text else BINARY


def _answer_name(route: Route) -> str:
    output = route.rpc.method.output_type
    if route.rpc.options.beside:
        return component(output)
    inner = output.fields_by_name[route.answered].message_type if route.answered else output
    assert inner is not None
    return component(inner)


def _refusals(route: Route) -> set[int]:
    """The statuses it may be refused with. Whoever comes with a login can be refused at the door."""
    if "security" in route.documented:
        return set()
    found = {401, 429, 500, 503, 504, *route.rpc.options.refusals, *route.documented.get("refusals", ())}
    scopes = route.rpc.scopes()
    if not route.lenient or route.in_path or route.in_query:  # whoever asks for what it does not know is refused
        found.add(422)
    if route.in_path or route.verb != "GET" or "anonymous" not in scopes:
        found.add(404)
    if "anonymous" not in scopes or route.verb != "GET" or any(s.name != "ANY" for s in scopes.values()):
        found.add(403)
    if route.verb != "GET":
        found |= {400, 409, 413}
    if route.body:
        found.add(415)
    if route.takes_version:
        found.add(412)
    if route.needs_version:
        found.add(428)
    return found
