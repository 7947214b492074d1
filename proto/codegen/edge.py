"""Refuses a contract that cannot be served, with file, line and remedy, before anything is generated from it."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor, MethodDescriptor

from proto.codegen.contracts import Catalogue, ContractError, messages_of, services_of
from proto.codegen.fields import TIMESTAMP
from proto.codegen.names import enum_values

RPC, RULES, TAGS, HTTP = (
    "smartcity.types.v1.rpc",
    "smartcity.types.v1.rules",
    "smartcity.types.v1.tags",
    "google.api.http",
)
READING = ("Get", "List", "Check", "Suggest", "Simulate")
"""Verbs of RPCs that change nothing (AIP-130 and following)."""
_ROLES = ("everybody", "anonymous", "citizen", "officer", "verifier", "admin", "operator", "dispatcher", "crew")
_PARAMETER = re.compile(r"\{(\w+)\}")
_TEXT = {"min_len", "max_len", "pattern", "words", "verbatim", "personal"}
_NUMBER = {"gte", "lte"}
_LIST = {"min_items", "max_items"}
_CONSTANT = {"fixed", "otherwise"}
_BOUNDS = (("min_len", "max_len"), ("min_items", "max_items"), ("gte", "lte"))
_NUMBERS = {
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
    FieldDescriptor.CPPTYPE_DOUBLE,
    FieldDescriptor.CPPTYPE_FLOAT,
}


def check(files: Sequence[FileDescriptor], catalogue: Catalogue) -> None:
    """Raises ContractError that lists every mistake, a line each."""
    mistakes = [*_services(files, catalogue), *_rules(files, catalogue)]
    if mistakes:
        raise ContractError("\n".join(mistakes))


def bindings(http: Any) -> Iterator[tuple[str, str, str, str]]:
    """Verb, path, body and answered field of an HTTP rule, if there is one, and of those beside it."""
    for rule in () if http is None else (http, *http.additional_bindings):
        verb = rule.WhichOneof("pattern") or "get"
        yield verb.upper(), getattr(rule, verb), rule.body, rule.response_body


def _services(files: Sequence[FileDescriptor], catalogue: Catalogue) -> Iterator[str]:
    routes: dict[tuple[str, str], str] = {}
    requests: dict[str, str] = {}
    for method in (method for file in files for service in services_of(file) for method in service.methods):
        where = catalogue.where(method)
        for mistake in _method(method, catalogue):
            yield f"{where}: {method.name}: {mistake}"
        other = requests.setdefault(method.input_type.full_name, method.full_name)
        if other != method.full_name:
            yield f"{where}: {method.name}: {other} takes {method.input_type.name} too; give it a message of its own"
        for verb, path, _, _ in bindings(catalogue.option(method, HTTP)):
            other = routes.setdefault((verb, _PARAMETER.sub("{}", path)), method.full_name)
            if other != method.full_name:
                yield f"{where}: {method.name}: {other} is served at {verb} {path} too; give it another path"


def _method(method: MethodDescriptor, catalogue: Catalogue) -> Iterator[str]:
    rpc = catalogue.option(method, RPC)
    if rpc is None:
        if catalogue.knows(RPC):
            yield f"say who may call it: option ({RPC}) = {{officer: SCOPE_OWN_AGENCY}};"
        return
    yield from _options(method, rpc)
    found = list(bindings(catalogue.option(method, HTTP)))
    if found:
        yield from _heading(rpc, catalogue.option(method.containing_service, TAGS) or [])
    if (rpc.operations or len(found) > 1) and len(rpc.operations) != len(found):
        yield f"it has {len(rpc.operations)} operations for {len(found)} HTTP bindings; name one for each"
    for verb, path, body, answered in found:
        yield from _path(method, path)
        yield from _verb(method, rpc, verb, body)
        yield from _body(method, path, body)
        field = method.output_type.fields_by_name.get(answered)
        if answered and (field is None or field.message_type is None or field.is_repeated):
            yield f"its response_body {answered} is no message of {method.output_type.name}; name one, or take it out"
        if rpc.beside and not answered:
            yield "`beside` needs a response_body; name one, or take `beside` out"


def _options(method: MethodDescriptor, rpc: Any) -> Iterator[str]:
    if not any(getattr(rpc, role) for role in _ROLES):
        yield f"nobody may call it; name a role, out of {', '.join(_ROLES)}"
    if method.client_streaming or method.server_streaming:
        yield "it streams, which the kit does not serve; take `stream` out and answer page by page"
    for name in ("key_required", "permanent"):
        if getattr(rpc, name) and not _is_write(method):
            yield f"it has {name} without a key; add `string request_id`, or take `{name}` out"
    if rpc.etag_optional and "etag" not in method.input_type.fields_by_name:
        yield "its etag may be left out and there is none; add `string etag`, or take `etag_optional` out"
    if rpc.link_key_optional and "link_key" not in method.input_type.fields_by_name:
        yield "its link key may be left out and there is none; add `string link_key`, or take `link_key_optional` out"
    for name in re.findall(r"\{([\w.]+)\}", rpc.created):
        if _follow(method.output_type, name) is None:
            yield f"its address {rpc.created} names {{{name}}}, no field of {method.output_type.name}; name one, dotted"
    if rpc.etag and _follow(method.output_type, rpc.etag) is None:
        yield f"its etag {rpc.etag} is no field of {method.output_type.name}; name one, dotted"


def _heading(rpc: Any, tags: Sequence[Any]) -> Iterator[str]:
    if not tags:
        yield f'its service has no heading; add option ({TAGS}) = {{name: "…" text: "…"}};'
    elif rpc.tag and rpc.tag not in {tag.name for tag in tags}:
        yield f'"{rpc.tag}" is no heading of its service; add it there with option ({TAGS})'


def _path(method: MethodDescriptor, path: str) -> Iterator[str]:
    if not re.fullmatch(r"(/([a-z0-9.-]+|\{\w+\}))+", path):
        yield f"its path {path} is not made of words and fields, such as /v1/things/{{id}}/parts"
    for name in _PARAMETER.findall(path):
        field = method.input_type.fields_by_name.get(name)
        if field is None or field.is_repeated or field.type != FieldDescriptor.TYPE_STRING:
            yield f"its path names {{{name}}}, which is no text of {method.input_type.name}; add it or correct the path"


def _verb(method: MethodDescriptor, rpc: Any, verb: str, body: str) -> Iterator[str]:
    if verb == "GET":
        if _is_write(method):
            yield "it is a write at GET; use post, or take request_id out"
        if rpc.work:
            yield "it leaves a record at GET, which any link on any page would write; use post"
        if body:
            yield "a GET has no body; take `body` out"
    elif not _is_write(method) and not rpc.work and not method.name.startswith(READING):
        yield "it is a write without a key; add `string request_id` to its request"


def _body(method: MethodDescriptor, path: str, body: str) -> Iterator[str]:
    fields = method.input_type.fields_by_name
    if body not in ("", "*") and (body not in fields or fields[body].message_type is None):
        yield f"its body {body} is no message of {method.input_type.name}"
    for name, field in fields.items():
        moment = field.message_type is not None and field.message_type.full_name == TIMESTAMP
        if not body and field.message_type is not None and (not moment or field.is_repeated):
            yield f"{name} cannot be a query parameter; use body, or leave it to a route of its own"


def _is_write(method: MethodDescriptor) -> bool:
    return "request_id" in method.input_type.fields_by_name


def _follow(message: Descriptor, path: str) -> FieldDescriptor | None:
    """The field at the end of a dotted path; None where there is none."""
    inner: Descriptor | None = message
    field: FieldDescriptor | None = None
    for name in path.split("."):
        field = inner.fields_by_name.get(name) if inner is not None else None
        if field is None:
            return None
        inner = field.message_type
    return field


def _rules(files: Sequence[FileDescriptor], catalogue: Catalogue) -> Iterator[str]:
    for message in (message for file in files for message in messages_of(file)):
        taken: dict[str, str] = {}
        for field in message.fields:
            rules = catalogue.option(field, RULES)
            found = [] if rules is None else [*_kinds(field, rules), *_values(field, rules), *_inside(field, rules)]
            place = field.name if rules is None else ".".join(filter(None, (rules.inside, rules.name or field.name)))
            other = taken.setdefault(place, field.name)
            if other != field.name:
                found.append(f"{other} is called {place} over HTTP too; give it another name")
            for mistake in found:
                yield f"{catalogue.where(field)}: {field.name}: {mistake}"


def _kinds(field: FieldDescriptor, rules: Any) -> Iterator[str]:
    given = {each.name for each, _ in rules.ListFields()}
    is_text, is_number, is_enum = (
        field.type == FieldDescriptor.TYPE_STRING,
        field.cpp_type in _NUMBERS,
        field.enum_type is not None,
    )
    for what, names, fits in (
        ("texts", _TEXT, is_text),
        ("numbers", _NUMBER, is_number),
        ("lists", _LIST, field.is_repeated),
        ("texts and enums", {"in"}, is_text or is_enum),
        ("one text, number or enum", _CONSTANT, (is_text or is_number or is_enum) and not field.is_repeated),
    ):
        if given & names and not fits:
            yield f"{', '.join(sorted(given & names))}: for {what}, and it is none; take it out"
    for least, most in _BOUNDS:
        if {least, most} <= given and getattr(rules, least) > getattr(rules, most):
            yield f"{least} is greater than {most}; swap them"
    if rules.fixed and rules.otherwise:
        yield "it cannot have both fixed and otherwise; take one out"
    if rules.words and rules.verbatim:
        yield "it cannot be both words and verbatim; take one out"


def _values(field: FieldDescriptor, rules: Any) -> Iterator[str]:
    try:
        re.compile(rules.pattern)
    except re.error as error:
        yield f"its pattern {rules.pattern} is no regular expression ({error}); correct it"
    for value in (*getattr(rules, "in"), *filter(None, (rules.fixed, rules.otherwise))):
        if field.enum_type is not None and value not in enum_values(field.enum_type).values():
            known = ", ".join(enum_values(field.enum_type).values())
            yield f'"{value}" is no value of {field.enum_type.name}; use one of {known}'
        if field.cpp_type in _NUMBERS and not re.fullmatch(r"-?\d+", value):
            yield f'"{value}" is no whole number; write one'


def _inside(field: FieldDescriptor, rules: Any) -> Iterator[str]:
    assert field.containing_type is not None
    around = field.containing_type.fields_by_name.get(rules.inside)
    if rules.inside and (around is None or around.message_type is None or around.is_repeated):
        yield f"it is inside {rules.inside}, which is no message beside it; name one that is"
