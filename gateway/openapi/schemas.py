"""Schemas of what requests hold: fields of the contracts with their rules, in JSON Schema's words."""

from functools import cache
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.calls import contracts
from gateway.calls.contracts import component, views
from gateway.openapi.examples import example_of
from gateway.rest import values as http
from gateway.rest.route import Route, is_message
from gateway.rest.routes import routes
from services.kit.rpc.rules import Field, fields_of

REF = "#/components/schemas/"
Schema = dict[str, Any]


def name_of_body(route: Route) -> str:
    """Name of the component that a body is."""
    return component(route.rpc.method.input_type)


def bodies() -> dict[str, Schema]:
    """The schemas of the bodies of requests, by component name."""
    found = {}
    for route in routes():
        if route.body:
            kind = route.rpc.method.input_type
            text = views(kind.file).SCHEMAS[component(kind)].get("description", "")
            schema = {"title": component(kind), "description": text, **_object(route.in_body)}
            found[name_of_body(route)] = {**schema, "examples": [example_of(schema, {})]}
    return found


def _object(fields: list[Field]) -> Schema:
    properties: dict[str, Schema] = {}
    required = [each.name for each in fields if each.rules.required and not each.rules.inside]
    groups = {each.rules.inside for each in fields if each.rules.inside}
    for each in fields:
        if each.rules.fixed or each.rules.inside:
            continue
        properties[each.name] = _property(each)
        if each.name in groups:
            beside = [one for one in fields if one.rules.inside == each.name]
            inner = properties[each.name]["properties"]
            inner |= {one.name: _property(one) for one in beside}
            properties[each.name].pop("required", None)  # what is beside may do alone
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def _property(field: Field) -> Schema:
    schema = _element(field)
    if field.descriptor.is_repeated:
        schema = {"type": "array", "items": schema, **_counts(field)}
    if field.rules.otherwise:
        schema["default"] = int(field.rules.otherwise) if field.is_number else field.rules.otherwise
    return {**described(field), **schema, **_with_examples(field, {})}


def _element(field: Field) -> Schema:
    if is_message(field):
        kind = field.descriptor.message_type
        assert kind is not None
        if kind.full_name == Timestamp.DESCRIPTOR.full_name:
            return {"type": "string", "format": "date-time"}
        return _object(list(fields_of(kind)))
    return _scalar(field)


def _scalar(field: Field) -> Schema:
    rules = field.rules
    if field.names:
        return {"type": "string", "enum": [name for name, number in field.names.items() if number in field.numbers]}
    if field.descriptor.type == FieldDescriptor.TYPE_BOOL:
        return {"type": "boolean"}
    if field.is_number:
        whole = field.descriptor.cpp_type not in (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT)
        schema: Schema = {"type": "integer" if whole else "number"}
        if rules.HasField("gte"):
            least = min(rules.gte, 0) if http.zero_is_none(field) else rules.gte
            schema["minimum"] = int(least) if whole else least
        if rules.HasField("lte"):
            schema["maximum"] = int(rules.lte) if whole else rules.lte
        return schema
    schema = {"type": "string", "maxLength": rules.max_len or http.MOST_LEN}
    if rules.required:  # elsewhere an empty one counts as left out
        schema["minLength"] = max(rules.min_len, 1)
    if rules.pattern:
        schema["pattern"] = f"^({rules.pattern})$" if rules.required else f"^({rules.pattern})?$"
    if only := list(getattr(rules, "in")):
        schema["enum"] = only
    return schema


def _counts(field: Field) -> Schema:
    least = max(field.rules.min_items, int(field.rules.required))
    bounds = {"minItems": least, "maxItems": field.rules.max_items}
    return {name: value for name, value in bounds.items() if value}


def described(field: Field) -> Schema:
    """The description that the contract's comment gives, and what values of an enum mean."""
    text = _own_schema(field).get("description", "")
    return {"description": text} if text else {}


def _with_examples(field: Field, schema: Schema) -> Schema:
    examples = _own_schema(field).get("examples")
    return {**schema, "examples": examples} if examples else schema


def _own_schema(field: Field) -> Schema:
    kind = field.descriptor.containing_type
    assert kind is not None
    found: Schema = views(kind.file).SCHEMAS[component(kind)]["properties"][field.descriptor.name]
    return found


def beside() -> dict[str, Schema]:
    """The schemas of answers whose other fields stand beside the answered one."""
    found: dict[str, Schema] = {}
    for route in routes():
        output = route.rpc.method.output_type
        if route.act is None and route.rpc.options.beside:
            inner = output.fields_by_name[route.answered].message_type
            assert inner is not None
            own = contracts.schemas()[component(output)]
            others = {name: each for name, each in own["properties"].items() if name != route.answered}
            more = {"type": "object", "required": list(others), "properties": others}
            description = own.get("description", "")
            found[component(output)] = {
                "title": component(output),
                "description": description,
                "allOf": [{"$ref": f"{REF}{component(inner)}"}, more],
            }
    return found


def of_path(field: Field) -> Schema:
    """Of a field in the path."""
    schema = _with_examples(field, _scalar(field))
    if not field.rules.pattern:
        most = field.rules.max_len or http.PATH_LEN.get(field.name, http.OTHER_PATH_LEN)
        schema |= {"minLength": 1, "maxLength": most, "pattern": f"^{http.PATH_FORM.pattern}$"}
    return schema


def of_query(field: Field) -> Schema:
    """Of a query parameter."""
    schema = _element(field)
    if field.descriptor.name == "page_token":
        schema = {"type": "string", "maxLength": 500, "pattern": f"^{http.TOKEN_FORM.pattern}$"}
    if field.descriptor.name == "page_size" and not field.rules.HasField("lte"):
        schema |= {"minimum": 0, "maximum": http.PAGE_MOST}
    if field.descriptor.is_repeated:
        schema = {"type": "array", "items": schema, **_counts(field)}
    if field.rules.otherwise:
        schema["default"] = field.rules.otherwise
    return _with_examples(field, schema)


@cache
def answers() -> dict[str, Schema]:
    """The schemas of all that is answered, by component name."""
    return {**contracts.schemas(), **beside()}
