"""How the SensorThings read side is described: a foreign standard, whose addresses and query no contract tells."""

from typing import Any

from gateway.sta.model import KINDS
from gateway.sta.observations import MOST_COUNTED_STREAMS
from gateway.sta.options import KNOWN, MOST_CHARACTERS, MOST_SKIP, MOST_TOP, TOP
from gateway.sta.serving import PREFIX, SECONDS

TAG = {
    "name": "SensorThings",
    "description": "What measures and what it measured, as OGC SensorThings API 1.1 (OGC 18-088) reads it.",
}
_REF = "#/components/responses/"
_OPTIONS = {
    "$filter": "Comparisons (`eq ne gt ge lt le`), `and or not`, arithmetic, functions on text, times and numbers. "
    "A path through several entities holds where it does for any of them.",
    "$select": "Names of properties and links, joined by commas.",
    "$expand": "Links to be answered too, with options of their own: "
    "`Datastreams($top=2;$expand=Observations($top=1))`.",
    "$orderby": "Names of properties, each with `asc` or `desc`. Observations are sorted by `phenomenonTime` alone, "
    "and within one datastream; the newest come first.",
    "$top": f"Entities of a page: {TOP}, at most {MOST_TOP}. `@iot.nextLink` leads on.",
    "$skip": f"Entities that are passed over, at most {MOST_SKIP}. To go on, `@iot.nextLink` is better.",
    "$count": "`true`: how many there are without `$top` and `$skip`, as `@iot.count`. Observations are "
    f"counted over at most {MOST_COUNTED_STREAMS} datastreams, and up to a number that the refusal names.",
}


def _parameter(name: str, text: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "maxLength": MOST_CHARACTERS}
    if name in ("$top", "$skip"):
        schema = {"type": "integer", "minimum": 0}
    elif name == "$count":
        schema = {"type": "string", "enum": ["true", "false"]}
    return {"in": "query", "name": name, "required": False, "description": text, "schema": schema}


def _operation(identity: str, summary: str, text: str, schema: str, *refusals: int) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    responses: dict[str, Any] = {"200": {"description": "Done.", "content": content}}
    for status in (*refusals, 401, 429, 500, 503):
        name = "TokenRefused" if status == 401 else f"Problem{status}"
        responses[str(status)] = {"$ref": f"{_REF}{name}"}
    return {
        "tags": [TAG["name"]],
        "operationId": identity,
        "summary": summary,
        "description": text,
        "parameters": [],
        "responses": responses,
        "security": [],
    }


def _read() -> dict[str, Any]:
    text = (
        f"Collections: {', '.join(KINDS)}. One by its id (`Things('…')`), what it leads to "
        "(`Things('…')/Datastreams`), a property (`…/name`, its value alone as text: `…/name/$value`) and addresses "
        f"alone (`…/$ref`). An answer takes at most {SECONDS:.0f} s; what asks for too much is refused with 400, "
        "which says where."
    )
    made = _operation("readSensorThings", "Read entities", text, "SensorThingsAnswer", 400, 404, 414, 504)
    path = {
        "in": "path", "name": "address", "required": True, "description": "Below the service root.",
        "schema": {"type": "string", "examples": ["Things", "Datastreams"]},
    }  # fmt: skip
    made["responses"]["200"]["content"]["text/plain"] = {"schema": {"type": "string"}}  # of a value alone
    made["responses"]["204"] = {"description": "A value alone, of a property that has none."}
    made["parameters"] = [path, *(_parameter(name, text) for name, text in _OPTIONS.items())]
    return made


assert set(_OPTIONS) == set(KNOWN) - {"$skiptoken"}
OPERATIONS: dict[str, Any] = {
    PREFIX: {
        "get": _operation(
            "getSensorThingsRoot",
            "Service root",
            "The collections, and what of the standard holds.",
            "SensorThingsRoot",
        )
    },
    f"{PREFIX}/{{address}}": {"get": _read()},
}
SCHEMAS: dict[str, Any] = {
    "SensorThingsRoot": {
        "title": "SensorThingsRoot",
        "type": "object",
        "description": "The collections with their addresses, and `serverSettings.conformance`.",
        "required": ["value", "serverSettings"],
        "properties": {
            "value": {"type": "array", "description": "Collections.", "items": {"type": "object"}},
            "serverSettings": {"type": "object", "description": "Requirements classes that hold."},
        },
    },
    "SensorThingsAnswer": {
        "title": "SensorThingsAnswer",
        "type": "object",
        "description": "An entity as the standard has it, or a page: `value`, with `@iot.count` and `@iot.nextLink`.",
    },
}
