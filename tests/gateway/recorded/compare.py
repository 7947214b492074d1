"""What differs between then and now, and which differences are intended (``changes.toml``)."""

from __future__ import annotations

import fnmatch
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf import text_format

from gateway.answers.etags import version_of
from tests.gateway.recorded.pillars import message_of, method_of
from tests.gateway.recorded.recording import Call, Case, Recording, comparable

CHANGES = Path(__file__).with_name("changes.toml")
PARTS = frozenset({"status", "reason", "errors", "reached", "caller", "message", "headers", "body", "document"})
"""What of a case can differ."""


@dataclass(frozen=True)
class Difference:
    """One part of a case that is otherwise than it was."""

    case: str
    part: str
    then: str
    now: str
    status: int = 0
    """The status of the answer now."""

    def __str__(self) -> str:
        if self.part == "document":
            return f"{self.case} is gone"
        return f"{self.case}\n    {self.part} then: {self.then}\n    {self.part} now:  {self.now}"


@dataclass
class Change:
    """Differences that are intended."""

    cases: list[str]
    parts: frozenset[str]
    reason: str
    status: int = 0
    """When not 0: only if this is the status of the answer now."""
    met: int = field(default=0, compare=False)

    def covers(self, difference: Difference) -> bool:
        """Whether this is what was meant."""
        if difference.part not in self.parts or (self.status and self.status != difference.status):
            return False
        return any(fnmatch.fnmatchcase(difference.case, each) for each in self.cases)


def read_changes(path: Path = CHANGES) -> list[Change]:
    """The intended changes; each must name its cases, the parts that differ, and why."""
    found = tomllib.loads(path.read_text(encoding="utf-8")).get("change", [])
    made = [Change(each["cases"], frozenset(each["parts"]), each["reason"], each.get("status", 0)) for each in found]
    for each in made:
        assert each.parts <= PARTS, f"{path.name}: parts are some of {sorted(PARTS)}, not {sorted(each.parts)}"
        assert each.reason.strip(), f"{path.name}: say why for {each.cases}"
    return made


def unintended(differences: Iterable[Difference], changes: list[Change]) -> list[Difference]:
    """The differences that no change covers."""
    left = []
    for each in differences:
        covering = [change for change in changes if change.covers(each)]
        for change in covering:
            change.met += 1
        if not covering:
            left.append(each)
    return left


def differences(case: Case, then: Recording, now: Recording) -> Iterator[Difference]:
    """What differs between two recordings of a case.

    A request that the edge itself refused is compared by what programs read: status, reason, fields; the words may
    change. Everything else is compared to the last byte.
    """
    for part, was, is_now in _parts(then, now):
        if was != is_now:
            yield Difference(case.name, part, was, is_now, now.status)


def _parts(then: Recording, now: Recording) -> Iterator[tuple[str, str, str]]:
    yield "status", str(then.status), str(now.status)
    yield "reached", _rpcs(then), _rpcs(now)
    for was, is_now in zip(then.reached, now.reached, strict=False):
        yield "caller", json.dumps(was.caller, sort_keys=True), json.dumps(is_now.caller, sort_keys=True)
        if was.message != is_now.message:
            yield "message", _shown(was), _shown(is_now)
    if (then.status < 400) != (now.status < 400):
        return  # a refusal and an answer have nothing to compare
    if then.status >= 400 and not then.reached:
        yield "reason", _reason(then), _reason(now)
        yield "errors", _fields(then), _fields(now)
        yield "headers", then.headers.get("content-type", ""), now.headers.get("content-type", "")
        return
    yield "headers", _others(then.headers, now.headers), _others(now.headers, then.headers)
    if (was_body := comparable(then)) != (now_body := comparable(now)):
        yield "body", _about(was_body, now_body), _about(now_body, was_body)


def _others(headers: Mapping[str, str], than: Mapping[str, str]) -> str:
    """The headers that the other answer has not."""
    return ", ".join(
        f"{key}: {value}" for key, value in sorted(headers.items()) if _told(key, than.get(key)) != _told(key, value)
    )


def _told(name: str, value: str | None) -> str | None:
    """What counts of a header: cases ask for nothing packed, so that an answer might be is for tests of its own, and so
    are the bytes that an ETag tells beside its version."""
    if name == "etag" and value is not None:
        return version_of(value)
    if name != "vary" or value is None:
        return value
    return ", ".join(each for each in value.split(", ") if each.lower() != "accept-encoding") or None


def _rpcs(found: Recording) -> str:
    return " ".join(each.rpc for each in found.reached) or "nothing"


def _problem(found: Recording) -> Mapping[str, Any]:
    try:
        said = json.loads(found.body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _reason(found: Recording) -> str:
    said = _problem(found)
    return str(said.get("reason") or said.get("responseCode") or "")


def _fields(found: Recording) -> str:
    return " ".join(sorted({each["field"] for each in _problem(found).get("errors", ())}))


def _shown(call: Call) -> str:
    message = message_of(method_of(call.rpc).input_type, call.message)
    said = text_format.MessageToString(message, as_one_line=True, as_utf8=True)
    return said if len(said) < 600 else f"{said[:600]}... ({len(call.message)} bytes)"


def _about(body: bytes, other: bytes) -> str:
    """The body around the first byte that differs."""
    at = next((i for i, (a, b) in enumerate(zip(body, other, strict=False)) if a != b), min(len(body), len(other)))
    return f"...{body[max(0, at - 60) : at + 120].decode(errors='replace')}... (at byte {at} of {len(body)})"


def summary(left: list[Difference], file: Path) -> str:
    """The differences in groups, the largest first; all of them go into the file."""
    file.write_text("\n".join(map(str, left)) + "\n", encoding="utf-8")
    groups: dict[str, list[Difference]] = defaultdict(list)
    for each in left:
        what = each.case.partition("/")[2 if each.part != "document" else 0]
        alike = each.part in ("status", "reason", "errors", "headers")
        groups[f"{each.part} {each.then} -> {each.now}" if alike else f"{each.part}: {what}"].append(each)
    shown = sorted(groups.items(), key=lambda group: -len(group[1]))
    lines = [f"{len(left)} differences in {len({each.case for each in left})} cases; all of them in {file}"]
    lines += [f"by operation: {dict(Counter(each.case.split('/')[0] for each in left).most_common(12))}"]
    for name, members in shown[:40]:
        cases = ", ".join(each.case for each in members[1:5])
        lines.append(f"{len(members)} x {name}: {members[0]}" + (f"\n    and {cases} ..." if cases else ""))
    if len(shown) > 40:
        lines.append(f"and {len(shown) - 40} more groups")
    return "\n".join(lines)


def facts(document: Mapping[str, Any]) -> set[str]:
    """What a document promises, a line each: operations, parameters, statuses, and the properties of their schemas."""
    schemas = document["components"]["schemas"]
    found = {f"schema/{name}" for name in schemas}
    for path, methods in document["paths"].items():
        for method, raw in methods.items():
            name = raw["operationId"]
            found.add(f"{name}/{method.upper()} {path}")
            found |= {f"{name}/security {' '.join(sorted(each)) or 'nobody'}" for each in raw.get("security", ())}
            for each in raw.get("parameters", ()):
                said = f"{name}/parameter {each['in']} {each['name']}"
                found |= {said, f"{said} required" if each.get("required") else said}
                found |= set(_properties(schemas, each["schema"], said, ()))
            found |= set(_contents(schemas, raw.get("requestBody", {}), f"{name}/body"))
            for status, given in raw["responses"].items():
                found.add(f"{name}/status {status}")
                answer = _resolved_answer(document, given)
                found |= {f"{name}/status {status} header {each}" for each in answer.get("headers", ())}
                found |= set(_contents(schemas, answer, f"{name}/status {status}"))
    return found


def _resolved_answer(document: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = given.get("$ref")
    if reference is None:
        return given
    named: Mapping[str, Any] = document["components"]["responses"][reference.rsplit("/", 1)[1]]
    return {key: value for key, value in named.items() if key == "headers"}


def _contents(schemas: Mapping[str, Any], given: Mapping[str, Any], said: str) -> Iterator[str]:
    for media, content in given.get("content", {}).items():
        yield f"{said} {media}"
        yield from _properties(schemas, content.get("schema", {}), f"{said} {media}:", ())


def _properties(
    schemas: Mapping[str, Any], schema: Mapping[str, Any], said: str, within: tuple[str, ...]
) -> Iterator[str]:
    """Paths of all properties of a schema, with the values of enumerations; a schema within itself is not entered."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if name not in within:
            yield from _properties(schemas, schemas[name], said, (*within, name))
        return
    for each in (*schema.get("anyOf", ()), *schema.get("allOf", ()), *schema.get("oneOf", ())):
        yield from _properties(schemas, each, said, within)
    yield from (f"{said} = {each}" for each in schema.get("enum", ()))
    if isinstance(schema.get("items"), dict):
        yield from _properties(schemas, schema["items"], f"{said}[]", within)
    for name, inner in schema.get("properties", {}).items():
        yield f"{said} {name}" if said.endswith(":") else f"{said}.{name}"
        yield from _properties(schemas, inner, f"{said} {name}" if said.endswith(":") else f"{said}.{name}", within)
