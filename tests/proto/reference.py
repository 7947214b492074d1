"""What a view's JSON must be, told in terms of protobuf's own JSON; the differences are listed here and nowhere else.

Against ProtoJSON with proto field names and fields without presence printed:
- 64-bit integers are numbers, not strings (our amounts and counts stay far below 2**53);
- enum values lose the enum's prefix and are lower case; UNSPECIFIED and numbers this version does not know are left
  out, also in lists and maps;
- bytes are base64url, not base64;
- moments and lengths have microseconds, lengths are ISO 8601 ("PT1.5S", not "1.5s");
- a `float` keeps its value as a double instead of being shortened.
"""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message


def expected(message: Message) -> dict[str, Any]:
    """The JSON value of the view of a message, moments and lengths as Python values."""
    plain = MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
    return _message(message, plain)


def _message(message: Message, plain: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        if field.name not in plain:
            continue
        content = getattr(message, field.name)
        if field.message_type and field.message_type.GetOptions().map_entry:
            element = field.message_type.fields_by_name["value"]
            pairs = ((key, _value(element, content[_key(field, key)], each)) for key, each in plain[field.name].items())
            result[field.name] = {key: each for key, each in pairs if each is not None}
        elif field.is_repeated:
            values = (_value(field, *both) for both in zip(content, plain[field.name], strict=True))
            result[field.name] = [each for each in values if each is not None]
        else:
            value = _value(field, content, plain[field.name])
            if value is not None:
                result[field.name] = value
    return result


def _key(field: Any, text: str) -> Any:
    kind = field.message_type.fields_by_name["key"].cpp_type
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return text == "true"
    return text if kind == FieldDescriptor.CPPTYPE_STRING else int(text)


def _value(field: Any, content: Any, plain: Any) -> Any:
    """The value in the view, None where it is left out."""
    if field.message_type:
        moment = _moment(field.message_type.full_name, content)
        return _message(content, plain) if moment is None else moment
    if field.enum_type:
        if isinstance(plain, int):  # a number that this version does not know
            return None
        name = plain.split("_", 1)[1].lower()  # the suite's enums have names of one word
        return None if name == "unspecified" else name
    if field.type == FieldDescriptor.TYPE_BYTES:
        return base64.urlsafe_b64encode(content).decode()
    return content


def _moment(kind: str, content: Any) -> Any:
    if kind == "google.protobuf.Timestamp":
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(0, content.seconds, content.nanos // 1000)
    if kind == "google.protobuf.Duration":
        micros = abs(content.nanos) // 1000
        return timedelta(0, content.seconds, micros if content.nanos > 0 else -micros)
    return None
