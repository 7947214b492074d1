"""From an HTTP request to the message that a pillar gets: path, query, headers and body, every fault told at once.

The plan of a route is made once from the contract (``routes.py``); what a value must be like are the rules of its field
(``services/kit/rules.py``), so that nothing is said twice.
"""

import re
import sys
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request

from gateway.problems import FieldError, Problem, missing_header
from gateway.rest.routes import Route, is_message
from services.kit.rules import Field, fields_of
from services.kit.text import clean, has_control

MOST_LEN = 100
"""Characters of a text over HTTP whose contract names no limit."""
PATH_LEN = {"code": 32, "number": 40}
OTHER_PATH_LEN = 64
PATH_FORM = re.compile(r"[A-Za-z0-9-]+")
KEY_FORM = re.compile(r"[\x21-\x7e]{1,128}")
LINK_KEY_FORM = re.compile(r"[A-Za-z0-9-]{0,64}")
VERSION_FORM = re.compile(r"[\x20-\x7e]{1,200}")
TOKEN_FORM = re.compile(r"[\x20-\x7e]{0,500}")
PAGE_MOST = 200
_BITS = {
    FieldDescriptor.CPPTYPE_INT32: (-(1 << 31), (1 << 31) - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(1 << 63), (1 << 63) - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, (1 << 32) - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, (1 << 64) - 1),
}
"""The least and the greatest whole number that a field can hold."""
_YES_NO = {"true": True, "1": True, "yes": True, "on": True, "t": True, "y": True,
           "false": False, "0": False, "no": False, "off": False, "f": False, "n": False}  # fmt: skip
_INTEGER = re.compile(r"-?[0-9]{1,20}")
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
_NOT_GIVEN = object()

Faults = list[FieldError]
Values = dict[str, Any]


class Decoder:
    """Decodes the requests of one route."""

    def __init__(self, route: Route) -> None:
        """Makes the plan."""
        self._route = route
        self._make = route.rpc.request
        self._path = [(each, _path_check(each)) for each in route.in_path]
        self._query = [_query_reader(each) for each in route.in_query]
        self._body = _Object(route.in_body) if route.body else None
        self._headers = {each.descriptor.name for each in route.headers}

    async def __call__(self, request: Request) -> Message:
        """The message. Raises MALFORMED_JSON, IDEMPOTENCY_KEY_MISSING, IF_MATCH_MISSING and INVALID_REQUEST."""
        given = await self._json(request) if self._body is not None else None
        values: Values = {}
        faults: Faults = []
        self._read_headers(request, values, faults)
        for field, check in self._path:
            text = values[field.descriptor.name] = request.path_params[field.name]
            if wrong := check(text):
                faults.append(FieldError(field.name, wrong))
        if self._query:
            query = request.query_params
            for read in self._query:
                read(query, values, faults)
        if self._body is not None:
            body = values.setdefault(self._route.body, {}) if self._route.body != "*" else values
            self._body.read(given, "", body, faults)
        if faults:
            raise refusal(faults)
        return self._make(**values)

    async def _json(self, request: Request) -> Any:
        data = await request.body()
        if not data:
            if self._route.rpc.options.body_optional:
                return {}
            raise refusal([FieldError("body", "is missing; send a JSON object")])
        if not _is_json(request.headers.get("content-type", "")):
            raise refusal([FieldError("body", "is no JSON; send it with Content-Type: application/json")])
        try:
            given = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Problem(400, "MALFORMED_JSON", f"The body is not JSON: {error}.") from error
        return {} if given is None and self._route.rpc.options.body_optional else given

    def _read_headers(self, request: Request, values: Values, faults: Faults) -> None:
        headers, wanted = request.headers, self._headers
        if "request_id" in wanted:
            key = headers.get("idempotency-key")
            if key is None and self._route.rpc.options.key_required:
                raise missing_header("Idempotency-Key")
            if key is not None and not KEY_FORM.fullmatch(key):
                faults.append(FieldError("Idempotency-Key", "is not 1 to 128 visible characters"))
            values["request_id"] = str(uuid.uuid4()) if key is None else key
        if "etag" in wanted:
            version = headers.get("if-match")
            if version is None:
                raise missing_header("If-Match")
            values["etag"] = version.strip().removeprefix("W/").strip('"')
            if not VERSION_FORM.fullmatch(version):
                faults.append(FieldError("If-Match", "is not 1 to 200 visible characters"))
            elif values["etag"] in ("", "*"):  # it would overwrite changes that the caller has not seen
                raise missing_header("If-Match")
        if "link_key" in wanted:
            values["link_key"] = key = headers.get("x-link-key", "")
            if not LINK_KEY_FORM.fullmatch(key):
                faults.append(FieldError("X-Link-Key", "is not at most 64 letters, digits and hyphens"))


def refusal(faults: Faults) -> Problem:
    """The problem of a request in which these fields are not as they must be."""
    detail = "; ".join(f"{each.field}: {each.message}" for each in faults[:3])
    return Problem(422, "INVALID_REQUEST", detail, errors=faults)


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _path_check(field: Field) -> Callable[[str], str]:
    if field.rules.pattern:
        return field.wrong
    most = field.rules.max_len or PATH_LEN.get(field.name, OTHER_PATH_LEN)

    def check(text: str) -> str:
        if len(text) > most or not PATH_FORM.fullmatch(text):
            return f"is not 1 to {most} letters, digits and hyphens"
        return ""

    return check


def _query_reader(field: Field) -> Callable[[Any, Values, Faults], None]:
    return _query_list(field) if field.descriptor.is_repeated else _query_value(field)


def _query_list(field: Field) -> Callable[[Any, Values, Faults], None]:
    element = _query_element(field)

    def read(query: Any, values: Values, faults: Faults) -> None:
        given = query.getlist(field.name)
        if not given and field.rules.required:
            faults.append(FieldError(field.name, "is missing"))
            return
        if wrong := field.miscounted(len(given)):
            faults.append(FieldError(field.name, wrong))
            return
        found = values[field.descriptor.name] = []
        for place, text in enumerate(given):
            value, wrong = element(text)
            found.append(value)
            if wrong:
                faults.append(FieldError(f"{field.name}.{place}", wrong))

    return read


def _query_value(field: Field) -> Callable[[Any, Values, Faults], None]:
    element = _query_element(field)

    def read(query: Any, values: Values, faults: Faults) -> None:
        text = query.get(field.name, field.rules.otherwise or None)
        if text is None:
            if field.rules.required:
                faults.append(FieldError(field.name, "is missing"))
            return
        values[field.descriptor.name], wrong = element(text)
        if wrong:
            faults.append(FieldError(field.name, wrong))

    return read


def _query_element(field: Field) -> Callable[[str], tuple[Any, str]]:
    """What reads one value of a query: the value, and what is wrong with it."""
    if field.names:
        return lambda text: _enum(field, text)
    if field.descriptor.type == FieldDescriptor.TYPE_BOOL:
        wrong = "is not true or false"
        return lambda text: (_YES_NO.get(text.lower(), False), "" if text.lower() in _YES_NO else wrong)
    if field.is_number:
        return lambda text: _query_number(field, text)
    if field.descriptor.name == "page_token":
        return lambda text: (text, "" if TOKEN_FORM.fullmatch(text) else "is not the `next_page_token` of an answer")
    return lambda text: (text, _text_fault(field, text, clean(text) if field.rules.words else text))


def _query_number(field: Field, text: str) -> tuple[float, str]:
    if not field.is_whole:
        return _float(field, float(text)) if _DECIMAL.fullmatch(text.strip()) else (0.0, "is not a number")
    if not _INTEGER.fullmatch(text.strip()):
        return 0, "is not a whole number"
    value = int(text)
    if field.descriptor.name == "page_size" and not field.rules.HasField("lte"):
        return (value, "") if 0 <= value <= PAGE_MOST else (0, f"is {value:,}; give 0 to {PAGE_MOST}")
    return _integer(field, value)


def _enum(field: Field, given: Any) -> tuple[int, str]:
    number = field.names.get(given, 0) if isinstance(given, str) else 0
    return number, field.wrong(number)


def _float(field: Field, given: float) -> tuple[float, str]:
    wrong = _number_fault(field, given)
    if not wrong and abs(given) > sys.float_info.max:
        wrong = "is too far off"
    return (0.0, wrong) if wrong else (given, "")


def _integer(field: Field, given: int) -> tuple[int, str]:
    least, most = _BITS[field.descriptor.cpp_type]
    wrong = _number_fault(field, given)
    # What is beyond 64 bits is as much too large as the largest of them: the pillar says so, with its own reason.
    if not wrong and not least <= given <= most and field.descriptor.cpp_type != FieldDescriptor.CPPTYPE_INT64:
        wrong = f"is out of range; give {least:,} to {most:,}"
    return max(least, min(most, given)), wrong


def _text_fault(field: Field, text: str, measured: str) -> str:
    if has_control(text):
        return "holds a control character: send plain text"
    if not field.rules.max_len and len(measured) > MOST_LEN:
        return f"has {len(measured):,} characters; give at most {MOST_LEN}"
    is_given = measured or field.rules.required or field.descriptor.is_repeated
    return field.wrong(measured) if is_given else ""


def _number_fault(field: Field, value: float) -> str:
    return "" if not value and zero_is_none(field) else field.wrong(value)


def zero_is_none(field: Field) -> bool:
    """Whether zero of a number counts as left out, as everywhere in protobuf, whatever is its least."""
    return not field.rules.required and not field.rules.otherwise and not field.descriptor.is_repeated


class _Object:
    """Reads a JSON object into the fields of a message."""

    def __init__(self, fields: list[Field]) -> None:
        self._fixed = {each.descriptor.name: _constant(each, each.rules.fixed) for each in fields if each.rules.fixed}
        self._members: dict[str, _Member | _Group] = {}
        groups = {each.rules.inside for each in fields if each.rules.inside}
        for each in fields:
            name = each.rules.inside or each.name
            if each.rules.fixed:
                continue
            if name in groups:
                self._members.setdefault(name, _Group(name, fields))
            else:
                self._members[name] = _Member(each)

    def read(self, given: Any, path: str, values: Values, faults: Faults) -> None:
        """Fills ``values`` with what the message is made of."""
        if not isinstance(given, dict):
            faults.append(FieldError(path.rstrip(".") or "body", "is not an object"))
            return
        values.update(self._fixed)
        for name, member in self._members.items():
            member.read(given.get(name), f"{path}{name}", values, faults)
        self.refuse_unknown(given, path, faults)

    def refuse_unknown(self, given: dict[str, Any], path: str, faults: Faults) -> None:
        """Notes what is no field, null or not."""
        if len(given) > len(self._members) or given.keys() - self._members.keys():
            for name in given:
                if name not in self._members:
                    where = f"{path}{name[:MOST_LEN]}"
                    faults.append(FieldError(where, "is not known here; the fields are listed at /docs"))


class _Group:
    """An object of the body that gathers fields of the message: those inside it, and those of a message of its name."""

    def __init__(self, name: str, fields: list[Field]) -> None:
        self._inner = next(each for each in fields if each.name == name)
        kind = self._inner.descriptor.message_type
        assert kind is not None
        self._beside = {each.name: _Member(each) for each in fields if each.rules.inside == name}
        self._object = _Object(list(fields_of(kind)))

    def read(self, given: Any, path: str, values: Values, faults: Faults) -> None:
        """Fills the fields beside, and the message if any of its own is given."""
        if given is None:
            given = {}
        if not isinstance(given, dict):
            faults.append(FieldError(path, "is not an object"))
            return
        for name, member in self._beside.items():
            member.read(given.get(name), f"{path}.{name}", values, faults)
        own = {name: value for name, value in given.items() if name not in self._beside}
        if any(value is not None for value in own.values()):
            inner: Values = {}
            values[self._inner.descriptor.name] = inner
            self._object.read(own, f"{path}.", inner, faults)
            return
        if self._inner.rules.required:
            faults.append(FieldError(path, "is missing"))
        self._object.refuse_unknown(own, f"{path}.", faults)


class _Member:
    """One field of an object."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._name = field.descriptor.name
        self._read = _json_list(field) if field.descriptor.is_repeated else _json_element(field)
        self._dropped = field.rules.dropped
        self._otherwise = _constant(field, field.rules.otherwise) if field.rules.otherwise else _NOT_GIVEN

    def read(self, given: Any, path: str, values: Values, faults: Faults) -> None:
        """Sets the field; null counts as left out, as in the JSON mapping of protobuf."""
        if given is None:
            if self._otherwise is not _NOT_GIVEN:
                values[self._name] = self._otherwise
            elif self._field.rules.required:
                faults.append(FieldError(path, "is missing"))
            return
        value = self._read(given, path, faults)
        if not self._dropped:
            values[self._name] = value


def _constant(field: Field, text: str) -> Any:
    if field.names:
        return field.names[text]
    return int(text) if field.is_number else text


def _json_list(field: Field) -> Callable[[Any, str, Faults], Any]:
    element = _json_element(field)

    def read(given: Any, path: str, faults: Faults) -> Any:
        if not isinstance(given, list):
            faults.append(FieldError(path, "is not a list"))
            return []
        if wrong := field.miscounted(len(given)):
            faults.append(FieldError(path, wrong))
            return []
        return [element(each, f"{path}.{place}", faults) for place, each in enumerate(given)]

    return read


def _json_element(field: Field) -> Callable[[Any, str, Faults], Any]:
    if is_message(field):
        kind = field.descriptor.message_type
        assert kind is not None
        return _json_time if kind.full_name == Timestamp.DESCRIPTOR.full_name else _json_object(kind)
    convert = _json_scalar(field)

    def read(given: Any, path: str, faults: Faults) -> Any:
        value, wrong = convert(given)
        if wrong:
            faults.append(FieldError(path, wrong))
        return value

    return read


def _json_object(kind: Descriptor) -> Callable[[Any, str, Faults], Any]:
    inner = _Object(list(fields_of(kind)))

    def read(given: Any, path: str, faults: Faults) -> Values:
        values: Values = {}
        inner.read(given, f"{path}.", values, faults)
        return values

    return read


def _json_time(given: Any, path: str, faults: Faults) -> Timestamp | None:
    try:
        at = datetime.fromisoformat(given)
        if at.tzinfo is None:
            raise ValueError("without a zone")
        stamp = Timestamp()
        stamp.FromDatetime(at)
    except (ValueError, TypeError, OverflowError):
        faults.append(FieldError(path, "is not a time with its zone, such as 2026-11-24T09:00:00+07:00"))
        return None
    return stamp


def _json_scalar(field: Field) -> Callable[[Any], tuple[Any, str]]:
    """What reads one plain value: the value for the message, and what is wrong with it."""
    if field.names:
        return lambda given: _enum(field, given)
    if field.rules.verbatim:
        return lambda given: (given, field.wrong(given)) if isinstance(given, str) else ("", "is not a text")
    if field.is_text:
        return lambda given: _json_text(field, given)
    if field.descriptor.type == FieldDescriptor.TYPE_BOOL:
        return lambda given: (given, "") if isinstance(given, bool) else (False, "is not true or false")
    return lambda given: _json_integer(field, given) if field.is_whole else _json_float(field, given)


def _json_text(field: Field, given: Any) -> tuple[str, str]:
    if not isinstance(given, str):
        return "", "is not a text"
    if has_control(given):
        return "", "holds a control character: send plain text"
    text = given.strip()
    return text, _text_fault(field, text, clean(text) if field.rules.words else text)


def _json_float(field: Field, given: Any) -> tuple[float, str]:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return 0.0, "is not a number"
    return _float(field, given)


def _json_integer(field: Field, given: Any) -> tuple[int, str]:
    if isinstance(given, bool) or not isinstance(given, int):
        return 0, "is not a whole number"
    return _integer(field, given)
