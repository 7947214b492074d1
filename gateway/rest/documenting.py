"""The operations of the OpenAPI document, derived from the routes and the comments of the contracts."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.contracts import comment, component, schemas, views
from gateway.rest import decoding
from gateway.rest.routes import HEADERS, Route, is_message, routes
from services.kit.rules import Field, fields_of
from smartcity.types.v1 import edge_pb2

REF = "#/components/schemas/"
Schema = dict[str, Any]

_KEY_TEXT = (
    "Your own key of this request, 1 to 128 visible characters; a new UUID for each new request is good. Repeat the "
    "request with the same key and nothing happens twice: you get the first answer again."
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
    "link_key": {
        "description": "The link key that was shown when the complaint was filed; not needed after login.",
        "schema": {"type": "string", "maxLength": 64, "pattern": r"^[A-Za-z0-9-]*$"},
    },
}  # fmt: skip
_ROLES_NOBODY_ELSE = "anonymous"


def paths() -> dict[str, Any]:
    """Path -> verb -> operation of every derived route and of those by hand, in the order of the contracts."""
    found: dict[str, Any] = {}
    for route in routes():
        found.setdefault(route.path, {})[route.verb.lower()] = _operation(route)
    return found


def tags() -> list[dict[str, str]]:
    """The headings in the order of the contracts, each with what is below it."""
    services = dict.fromkeys(route.rpc.method.containing_service for route in routes())
    return [
        {"name": tag.name, "description": tag.text}
        for service in services
        for tag in service.GetOptions().Extensions[edge_pb2.tags]
    ]


def _operation(route: Route) -> dict[str, Any]:
    summary, text = _words(route)
    operation: dict[str, Any] = {
        "tags": [route.tag],
        "summary": summary,
        "description": text,
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
    ways: list[dict[str, list[str]]] = [{"oidc": []}, {"session": []}]
    if any(each.descriptor.name == "link_key" for each in route.headers):
        ways.append({"linkKey": []})
    return [{}, *ways] if _ROLES_NOBODY_ELSE in route.rpc.scopes() else ways


def _parameters(route: Route) -> Iterator[dict[str, Any]]:
    for each in route.in_path:
        yield {**_parameter(each, "path"), "required": True, "schema": _path_schema(each)}
    for each in route.headers:
        name = each.descriptor.name
        if name != "link_key":  # a way to be let in: see the security schemes
            yield {"name": HEADERS[name], "in": "header", **_HEADERS[name], **_header(route, name)}
    for each in route.in_query:
        yield {**_parameter(each, "query"), "required": bool(each.rules.required), "schema": _query_schema(each)}
    if route.act is None and route.verb == "GET" and route.etag and route.rpc.options.cache == edge_pb2.CACHE_PRIVATE:
        yield {
            "name": "If-None-Match",
            "in": "header",
            "description": "The ETag of the version you have.",
            "required": False,
            "schema": {"type": "string"},
        }


def _header(route: Route, name: str) -> dict[str, Any]:
    if name == "etag":
        return {"required": True}
    required = route.rpc.options.key_required
    return {
        "required": required,
        "description": _KEY_TEXT if required else f"{_KEY_TEXT} Without one, repeating repeats the effect.",
    }


def _parameter(field: Field, where: str) -> dict[str, Any]:
    shown = {"name": field.name, "in": where}
    text = _described(field).get("description", "")
    return {**shown, "description": text} if text else shown


def _path_schema(field: Field) -> Schema:
    schema = _with_examples(field, _scalar(field))
    if not field.rules.pattern:
        most = field.rules.max_len or decoding.PATH_LEN.get(field.name, decoding.OTHER_PATH_LEN)
        schema |= {"minLength": 1, "maxLength": most, "pattern": f"^{decoding.PATH_FORM.pattern}$"}
    return schema


def _query_schema(field: Field) -> Schema:
    schema = _element(field)
    if field.descriptor.name == "page_token":
        schema = {"type": "string", "maxLength": 500, "pattern": r"^[\x20-\x7e]*$"}
    if field.descriptor.name == "page_size" and not field.rules.HasField("lte"):
        schema |= {"minimum": 0, "maximum": decoding.PAGE_MOST}
    if field.descriptor.is_repeated:
        schema = {"type": "array", "items": schema, **_counts(field)}
    if field.rules.otherwise:
        schema["default"] = field.rules.otherwise
    return schema


def _body(route: Route) -> dict[str, Any] | None:
    if not route.body:
        return None
    schema = {"$ref": f"{REF}{_body_name(route)}"}
    return {"required": not route.rpc.options.body_optional, "content": {"application/json": {"schema": schema}}}


def _body_name(route: Route) -> str:
    return component(route.rpc.method.input_type)


def bodies() -> dict[str, Schema]:
    """The schemas of the bodies of requests, by component name."""
    found = {}
    for route in routes():
        if route.body:
            kind = route.rpc.method.input_type
            text = views(kind.file).SCHEMAS[component(kind)].get("description", "")
            schema = {"title": component(kind), "description": text, **_object(route.in_body)}
            found[_body_name(route)] = {**schema, "examples": [example_of(schema)]}
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
    return {**_described(field), **schema, **_with_examples(field, {})}


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
            least = min(rules.gte, 0) if decoding.zero_is_none(field) else rules.gte
            schema["minimum"] = int(least) if whole else least
        if rules.HasField("lte"):
            schema["maximum"] = int(rules.lte) if whole else rules.lte
        return schema
    schema = {"type": "string", "maxLength": rules.max_len or decoding.MOST_LEN}
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


def _described(field: Field) -> Schema:
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


def _responses(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = dict(route.documented.get("responses") or _success(route))
    for status in _refusals(route):
        found.setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})
    return dict(sorted(found.items()))


def _success(route: Route) -> dict[str, Any]:
    options, documented = route.rpc.options, route.documented
    if "file" in documented:
        return {
            "200": {"description": "The file.", "content": {documented["file"]: {"schema": _file(documented["file"])}}}
        }
    name = documented.get("created") or documented.get("answers") or _answer_name(route)
    media = {"schema": {"$ref": f"{REF}{name}"}, "example": example_of({"$ref": f"{REF}{name}"})}
    success: dict[str, Any] = {"description": "Done.", "content": {"application/json": media}}
    headers = {}
    if route.act is None and route.etag:
        headers["ETag"] = {"description": "Version of the resource, for If-Match.", "schema": {"type": "string"}}
    made = bool(documented.get("created") or (route.act is None and options.created))
    if made:
        success["description"] = "Created."
        headers["Location"] = {"description": "Address of what was created.", "schema": {"type": "string"}}
    if headers:
        success["headers"] = headers
    found = {"201" if made else "200": success}
    if route.act is None and route.verb == "GET" and route.etag and options.cache == edge_pb2.CACHE_PRIVATE:
        found["304"] = {"description": "You have this version already."}
    return found


def _file(media: str) -> Schema:
    binary = media.startswith("image/") and media != "image/svg+xml"
    return {"type": "string", **({"contentMediaType": "application/octet-stream"} if binary else {})}


def _answer_name(route: Route) -> str:
    output = route.rpc.method.output_type
    if route.rpc.options.beside:
        return component(output)
    inner = output.fields_by_name[route.answered].message_type if route.answered else output
    assert inner is not None
    return component(inner)


def beside() -> dict[str, Schema]:
    """The schemas of answers whose other fields stand beside the answered one."""
    found: dict[str, Schema] = {}
    for route in routes():
        output = route.rpc.method.output_type
        if route.act is None and route.rpc.options.beside:
            inner = output.fields_by_name[route.answered].message_type
            assert inner is not None
            own = schemas()[component(output)]
            others = {name: each for name, each in own["properties"].items() if name != route.answered}
            more = {"type": "object", "required": list(others), "properties": others}
            description = own.get("description", "")
            found[component(output)] = {
                "title": component(output),
                "description": description,
                "allOf": [{"$ref": f"{REF}{component(inner)}"}, more],
            }
    return found


def _refusals(route: Route) -> set[int]:
    """The statuses it may be refused with. Whoever comes with a login can be refused at the door."""
    if "security" in route.documented:
        return set()
    found = {401, 429, 500, 503, 504, *route.rpc.options.refusals, *route.documented.get("refusals", ())}
    scopes = route.rpc.scopes()
    if route.in_path or route.in_query or route.in_body or route.verb != "GET" or route.headers:
        found.add(422)
    if route.in_path or route.verb != "GET" or "anonymous" not in scopes:
        found.add(404)
    if "anonymous" not in scopes or route.verb != "GET" or any(s.name != "ANY" for s in scopes.values()):
        found.add(403)
    if route.verb != "GET":
        found |= {400, 409, 413}
    if route.takes_version:
        found |= {412, 428}
    return found


def example_of(schema: Schema) -> Any:
    """A value that a schema takes, made of the examples in the comments; what has none is left out or plain."""
    return _example(schema, ())


def _example(schema: Schema, seen: tuple[str, ...]) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        return _example(_known()[name], (*seen, name))
    if "allOf" in schema:
        return {key: value for part in schema["allOf"] for key, value in _example(part, seen).items()}
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        return {
            name: _example(each, seen)
            for name, each in schema["properties"].items()
            if name in schema.get("required", ()) or _is_told(each, seen)
        }
    if kind == "array":
        return [_example(schema["items"], seen)] if schema.get("minItems") else []
    return _plain(schema)


def _is_told(schema: Schema, seen: tuple[str, ...]) -> bool:
    """Whether an optional property belongs into the example: it has one, or is made of what has."""
    if schema.get("examples"):
        return True
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        return name not in seen and any(
            _is_told(each, (*seen, name)) for each in _known()[name].get("properties", {}).values()
        )
    return any(_is_told(each, seen) for each in schema.get("properties", {}).values())


def _plain(schema: Schema) -> Any:
    kind, form = schema.get("type"), schema.get("format")
    if kind == "string":
        return {"date-time": "2026-11-24T02:00:00Z", "duration": "PT1H"}.get(form or "", "")
    least = schema.get("minimum", 0)
    return {"integer": least, "number": least, "boolean": False, "object": {}}.get(str(kind))


@cache
def _known() -> dict[str, Schema]:
    return {**schemas(), **beside()}
