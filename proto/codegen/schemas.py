"""OpenAPI 3.1 (JSON Schema 2020-12) schemas of the views, described by the comments of the contracts."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from proto.codegen import names
from proto.codegen.contracts import Catalogue, ContractError
from proto.codegen.fields import DURATION, LINE, TIMESTAMP, FieldView

Schema = dict[str, Any]

_SCALARS: dict[int, Schema] = {
    FieldDescriptor.CPPTYPE_INT32: {"type": "integer", "format": "int32"},
    FieldDescriptor.CPPTYPE_INT64: {"type": "integer", "format": "int64"},
    FieldDescriptor.CPPTYPE_UINT32: {"type": "integer", "format": "int64", "minimum": 0},
    FieldDescriptor.CPPTYPE_UINT64: {"type": "integer", "minimum": 0},
    FieldDescriptor.CPPTYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.CPPTYPE_FLOAT: {"type": "number", "format": "float"},
    FieldDescriptor.CPPTYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.CPPTYPE_STRING: {"type": "string"},
}
_WELL_KNOWN: dict[str, Schema] = {
    TIMESTAMP: {"type": "string", "format": "date-time"},
    DURATION: {"type": "string", "format": "duration"},
    LINE: {
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": ["LineString"]},
            "coordinates": {
                "type": "array",
                "items": {
                    "type": "array",
                    "items": {"type": "number", "format": "double"},
                    "minItems": 2,
                    "maxItems": 2,
                },
            },
        },
        "required": ["type", "coordinates"],
    },
}


def of_message(message: Descriptor, catalogue: Catalogue) -> Schema:
    """The schema of a message's view."""
    fields = [FieldView(each) for each in message.fields]
    schema: Schema = {"type": "object", "title": catalogue.component(message)}
    if description := _message_description(message, catalogue):
        schema["description"] = description
    schema["properties"] = {each.field.name: _of_field(each, catalogue) for each in fields}
    if required := [each.field.name for each in fields if each.is_required]:
        schema["required"] = required
    return schema


def with_references(messages: Iterable[Descriptor], catalogue: Catalogue) -> dict[str, Schema]:
    """Schemas of the messages and of everything they refer to, by component name."""
    schemas: dict[str, Schema] = {}
    waiting = list(messages)
    while waiting:
        message = waiting.pop()
        key = catalogue.component(message)
        if key not in schemas:
            schemas[key] = of_message(message, catalogue)
            waiting.extend(_referenced(message))
    return dict(sorted(schemas.items()))


def reference(message: Descriptor, catalogue: Catalogue) -> str:
    """JSON pointer to a message's schema in an OpenAPI or AsyncAPI document."""
    return f"#/components/schemas/{catalogue.component(message)}"


def _referenced(message: Descriptor) -> Iterator[Descriptor]:
    for field in message.fields:
        element = FieldView(field).element.message_type
        if element is not None and element.full_name not in _WELL_KNOWN:
            yield element


def _message_description(message: Descriptor, catalogue: Catalogue) -> str:
    """The comment, and for each oneof that only one of its fields is present."""
    sentences = [catalogue.comment(message)]
    for oneof in message.oneofs:
        members = [field.name for field in oneof.fields]
        if len(members) > 1:
            sentences.append(f"At most one of {', '.join(f'`{name}`' for name in members)} is present.")
    return "\n\n".join(filter(None, sentences))


def _of_field(view: FieldView, catalogue: Catalogue) -> Schema:
    schema = _of_element(view.element, view.is_bytes, catalogue)
    if view.is_map:
        schema = {"type": "object", "additionalProperties": schema}
    elif view.is_list:
        schema = {"type": "array", "items": schema}
    description = catalogue.comment(view.field)
    if view.element.enum_type is not None:
        description = "\n\n".join(filter(None, (description, _values(view.element.enum_type, catalogue))))
    if description:
        schema["description"] = description
    if view.field.GetOptions().deprecated:
        schema["deprecated"] = True
    if examples := [_example(view, text) for text in catalogue.examples(view.field)]:
        schema["examples"] = examples
    return schema


def _of_element(element: FieldDescriptor, is_bytes: bool, catalogue: Catalogue) -> Schema:
    if element.message_type is not None:
        known = _WELL_KNOWN.get(element.message_type.full_name)
        return dict(known) if known else {"$ref": reference(element.message_type, catalogue)}
    if element.enum_type is not None:
        return {"type": "string", "enum": list(names.enum_values(element.enum_type).values())}
    if is_bytes:
        return {"type": "string", "contentEncoding": "base64url"}
    return dict(_SCALARS[element.cpp_type])


def _values(enum: EnumDescriptor, catalogue: Catalogue) -> str:
    """What each value of an enum means, as a Markdown list."""
    known = names.enum_values(enum)
    meanings = ((known.get(each.number), catalogue.comment(each)) for each in enum.values)
    return "\n".join(f"- `{name}`: {' '.join(meaning.split())}" for name, meaning in meanings if name and meaning)


def _example(view: FieldView, text: str) -> Any:
    """The value of an `Example:`: the text itself for a string, with \\n for line ends; JSON for everything else."""
    is_text = _of_text(view) and not (view.is_list or view.is_map)
    if (
        is_text
        and view.element.enum_type is not None
        and text not in names.enum_values(view.element.enum_type).values()
    ):
        kind = view.element.enum_type.name
        raise ContractError(f"{view.file}: the example of {view.field.full_name} is no value of {kind}: {text!r}")
    if is_text:
        return text.replace("\\n", "\n")
    try:
        return json.loads(text)
    except ValueError as error:
        raise ContractError(
            f"{view.file}: the example of {view.field.full_name} is no JSON value: {text!r} ({error})"
        ) from error


def _of_text(view: FieldView) -> bool:
    message = view.element.message_type
    if message is not None:
        return message.full_name in _WELL_KNOWN and message.full_name != LINE
    return view.is_bytes or view.element.enum_type is not None or view.element.type == FieldDescriptor.TYPE_STRING
