"""Examples of bodies and answers, made of the examples in the comments of the contracts."""

from collections.abc import Mapping
from typing import Any

_REF = "#/components/schemas/"
Schema = dict[str, Any]


def example_of(schema: Schema, known: Mapping[str, Schema]) -> Any:
    """A value that a schema takes, made of the examples in the comments; what has none is left out or plain.

    ``known`` are the components that schemas refer to.
    """
    return _Maker(known).make(schema, ())


class _Maker:
    def __init__(self, known: Mapping[str, Schema]) -> None:
        self._known = known

    def make(self, schema: Schema, seen: tuple[str, ...]) -> Any:
        """The value; ``seen`` are the components around it, since they may hold themselves."""
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(_REF)
            return self.make(self._known[name], (*seen, name))
        if "allOf" in schema:
            return {key: value for part in schema["allOf"] for key, value in self.make(part, seen).items()}
        if schema.get("examples"):
            return schema["examples"][0]
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        if "properties" in schema:
            needed = schema.get("required", ())
            shown = {
                name: each for name, each in schema["properties"].items() if name in needed or self._told(each, seen)
            }
            return {name: self.make(each, seen) for name, each in shown.items()}
        if schema.get("type") == "array":
            least = schema.get("minItems", 0)
            return [self.make(schema["items"], seen)] * least if least else []
        return _plain(schema)

    def _told(self, schema: Schema, seen: tuple[str, ...]) -> bool:
        """Whether an optional property belongs into the example: it has one, or is made of what has."""
        if schema.get("examples"):
            return True
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(_REF)
            return name not in seen and self._told(self._known[name], (*seen, name))
        return any(self._told(each, seen) for each in schema.get("properties", {}).values())


def _plain(schema: Schema) -> Any:
    kind, form = schema.get("type"), schema.get("format")
    if kind == "string":
        return {"date-time": "2026-11-24T02:00:00Z", "duration": "PT1H"}.get(form or "", "")
    least = schema.get("minimum", 0)
    return {"integer": least, "number": least, "boolean": False, "object": {}}.get(str(kind))
