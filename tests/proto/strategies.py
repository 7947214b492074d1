"""Hypothesis strategies for protobuf messages, made from their descriptors."""

from functools import partial
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

_NANOS = st.integers(0, 999_999_999)
_SCALARS: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.CPPTYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: st.integers(-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: st.integers(0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: st.integers(0, 2**64 - 1),
    FieldDescriptor.CPPTYPE_DOUBLE: st.floats(allow_nan=False, allow_infinity=False),
    FieldDescriptor.CPPTYPE_FLOAT: st.floats(allow_nan=False, allow_infinity=False, width=32),
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
    FieldDescriptor.CPPTYPE_STRING: st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
}


def messages(kind: Descriptor, depth: int = 2) -> st.SearchStrategy[Message]:
    """Messages of a kind, nested `depth` deep; every field may be set or not."""
    if kind.full_name == "google.protobuf.Timestamp":
        seconds = st.integers(-62_135_596_800, 253_402_300_799)  # years 1 to 9999, as protobuf allows
        return st.builds(GetMessageClass(kind), seconds=seconds, nanos=_NANOS)
    if kind.full_name == "google.protobuf.Duration":
        positive = st.tuples(st.integers(0, 315_576_000_000), _NANOS)
        sign = st.sampled_from((1, -1))
        build = GetMessageClass(kind)
        return st.builds(lambda s, span: build(seconds=s * span[0], nanos=s * span[1]), sign, positive)
    fields = [each for each in kind.fields if depth or each.message_type is None]
    optional = {each.name: _field(each, depth) for each in fields}
    return st.fixed_dictionaries({}, optional=optional).map(partial(_fill, kind))


def _field(field: FieldDescriptor, depth: int) -> st.SearchStrategy[Any]:
    if field.message_type and field.message_type.GetOptions().map_entry:
        parts = field.message_type.fields_by_name
        return st.dictionaries(_element(parts["key"], depth), _element(parts["value"], depth), max_size=3)
    if field.is_repeated:
        return st.lists(_element(field, depth), max_size=3)
    return _element(field, depth)


def _element(field: FieldDescriptor, depth: int) -> st.SearchStrategy[Any]:
    if field.message_type:
        return messages(field.message_type, depth - 1)
    if field.enum_type:
        unknown = 99  # enums are open: a newer pillar may send a number that we do not know
        return st.sampled_from([*field.enum_type.values_by_number, unknown])
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=8)
    return _SCALARS[field.cpp_type]


def _fill(kind: Descriptor, content: dict[str, Any]) -> Message:
    message = GetMessageClass(kind)()
    for name, value in content.items():
        if isinstance(value, dict):
            for key, each in value.items():
                if isinstance(each, Message):
                    getattr(message, name)[key].CopyFrom(each)
                else:
                    getattr(message, name)[key] = each
        elif isinstance(value, list):
            getattr(message, name).extend(value)
        elif isinstance(value, Message):
            getattr(message, name).CopyFrom(value)
        else:
            setattr(message, name, value)
    return message
