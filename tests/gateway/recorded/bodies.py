"""Bodies of JSON: whole ones, and the full one with one field after the other made wrong or just so."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.gateway.recorded.fields import tries
from tests.gateway.recorded.operations import BODIES, KEYLESS, Operation
from tests.gateway.recorded.recording import Case

_AT_LEAST = {"location": {"area_code": "33.74.01.1007"}}
"""What a minimal body needs beyond its required fields, by the name of the field."""


def of_bodies(operation: Operation) -> Iterator[Case]:
    schema = operation.body_schema
    if schema is None:
        yield operation.case("a body that nobody asked for", raw=b'{"x":')
        yield operation.case("an empty object that nobody asked for", body={})
        return
    full = BODIES[operation.id]
    yield operation.case("the least body", body=_least(operation, schema, full))
    yield operation.case("the least body without a key", body=_least(operation, schema, full), headers=KEYLESS)
    yield operation.case("texts with blanks around", body=_texts(operation, schema, full, " \t", "\n "))
    yield operation.case("texts with tabs, lines and signs", body=_texts(operation, schema, full, "", "\tx\r\ny é🙂 ẞ"))
    nulled = dict.fromkeys(schema["properties"])
    yield operation.case("all fields null", body=nulled)
    yield from _of_whole_bodies(operation, full)
    for what, body in _of_object(operation, schema, full, ()):
        yield operation.case(what, body=body)


def _of_whole_bodies(operation: Operation, full: Mapping[str, Any]) -> Iterator[Case]:
    text = json.dumps(full)
    first = next(iter(full))
    for what, raw in {
        "no JSON": b'{"x":',
        "nothing but blanks": b"  ",
        "empty": b"",
        "null": b"null",
        "a list": b"[]",
        "a list of it": f"[{text}]".encode(),
        "a text": b'"text"',
        "a number": b"5",
        "an empty object": b"{}",
        "something behind": f"{text} x".encode(),
        "one quote for two": text.replace('"', "'").encode(),
        "a comma too much": f"{text[:-1]},}}".encode(),
        "not UTF-8": text.encode()[:-1] + b',"x":"\xff"}',
        "a byte order mark": b"\xef\xbb\xbf" + text.encode(),
        "UTF-16": text.encode("utf-16"),
        "a field twice": f'{text[:-1]}, "{first}": {json.dumps(full[first])}}}'.encode(),
        "a field twice, wrong at last": f'{text[:-1]}, "{first}": 5.5}}'.encode(),
        "NaN somewhere": f'{{"{first}": NaN}}'.encode(),
        "too much": b'{"x":"' + b"x" * 300_000 + b'"}',
    }.items():
        yield operation.case(f"body is {what}", raw=raw)
    yield operation.case("no body", body=None)
    for kind in (
        "text/plain",
        "application/json; charset=utf-8",
        "application/x-www-form-urlencoded",
        "application/problem+json",
    ):
        yield operation.case(f"sent as {kind}", raw=text.encode(), headers={"content-type": kind})
    yield operation.case("sent as nothing", raw=text.encode(), headers={"content-type": None})
    yield operation.case("an unknown field", body={**full, "nonsense": 1})
    yield operation.case("a field in capitals", body={**full, first.upper(): full[first]})
    for name in ("request_id", "etag", "id"):
        if name not in full:
            yield operation.case(f"an unknown field {name}", body={**full, name: "x"})


def _least(operation: Operation, schema: Mapping[str, Any], full: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name in schema.get("required", ()):
        inner = operation.resolved(schema["properties"][name])
        nested = inner.get("type") == "object"
        made[name] = _AT_LEAST.get(name, _least(operation, inner, full[name])) if nested else full[name]
    return made


def _texts(operation: Operation, schema: Mapping[str, Any], value: Any, before: str, after: str) -> Any:
    """The value with something around each free text in it."""
    schema = operation.resolved(schema)
    if schema.get("type") == "object":
        return {key: _texts(operation, schema["properties"][key], each, before, after) for key, each in value.items()}
    if schema.get("type") == "array":
        return [_texts(operation, schema["items"], each, before, after) for each in value]
    free = schema.get("type") == "string" and "enum" not in schema and "pattern" not in schema
    return f"{before}{value}{after}" if free else value


Path = tuple[Any, ...]


def _of_object(
    operation: Operation, schema: Mapping[str, Any], full: dict[str, Any], path: Path
) -> Iterator[tuple[str, Any]]:
    for name, given in schema["properties"].items():
        inner, at = operation.resolved(given), (*path, name)
        said = ".".join(map(str, at))
        yield f"without {said}", _without(full, at)
        nullable = any(each.get("type") == "null" for each in given.get("anyOf", ()))
        for what, value in {**tries(inner), "as null again" if nullable else "as null": None}.items():
            yield f"{said} {what}", _with(full, at, value)
        if inner.get("type") == "object":
            yield f"{said} with an unknown field", _with(full, (*at, "nonsense"), 1)
            yield from _of_object(operation, inner, full, at)
        if inner.get("type") == "array":
            yield from _of_list(operation, inner, full, at)


def _of_list(
    operation: Operation, schema: Mapping[str, Any], full: dict[str, Any], path: Path
) -> Iterator[tuple[str, Any]]:
    said = ".".join(map(str, path))
    for what, value in {**tries(operation.resolved(schema["items"])), "as null": None}.items():
        yield f"{said}.1 {what}", _with(full, (*path, 1), value)


def _with(body: Any, path: Path, value: Any) -> Any:
    made = copy.deepcopy(body)
    target = made
    for each in path[:-1]:
        target = target[each]
    target[path[-1]] = value
    return made


def _without(body: Any, path: Path) -> Any:
    made = copy.deepcopy(body)
    target = made
    for each in path[:-1]:
        target = target[each]
    del target[path[-1]]
    return made
