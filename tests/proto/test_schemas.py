"""The OpenAPI schemas of the views."""

import importlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from proto.codegen.generate import GENERATED
from tests.proto.conftest import Shapes
from tests.proto.strategies import messages


@pytest.fixture(scope="session")
def components(shapes: Shapes) -> dict[str, Any]:
    """Schemas of the suite's contracts and of what they import."""
    modules = ("viewtest.shapes.v1.parts_views", "smartcity.types.v1.place_views")
    imported = (importlib.import_module(name).SCHEMAS for name in modules)
    return dict(shapes.views.SCHEMAS) | {key: schema for each in imported for key, schema in each.items()}


def _validator(components: dict[str, Any], name: str) -> Draft202012Validator:
    """A validator that also refuses properties the schema does not know."""
    closed = {key: {**schema, "additionalProperties": False} for key, schema in components.items()}
    document = {"components": {"schemas": closed}, "$ref": f"#/components/schemas/{name}"}
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_view_is_valid_by_its_own_schema(shapes: Shapes, components: dict[str, Any], data: st.DataObject) -> None:
    message = data.draw(messages(shapes.messages.Everything.DESCRIPTOR))
    shown = json.loads(msgspec.json.encode(shapes.views.everything(message)))
    _validator(components, "Everything").validate(shown)


def test_what_is_always_there_is_required_and_nothing_else_is(shapes: Shapes) -> None:
    least = json.loads(msgspec.json.encode(shapes.views.everything(shapes.messages.Everything())))
    assert set(shapes.views.SCHEMAS["Everything"]["required"]) == least.keys() - {"axis"}


def test_a_comment_becomes_the_description(shapes: Shapes) -> None:
    schema = shapes.views.SCHEMAS["Everything"]
    assert schema["description"].startswith(
        'Everything holds one field of each kind.\nIts comment has "quotes", a \\ backslash and two lines.'
    )
    assert schema["properties"]["inner"]["description"] == "Nested message."


def test_a_oneof_is_told_in_the_description(shapes: Shapes) -> None:
    assert (
        "At most one of `words`, `piece`, `direction` is present." in shapes.views.SCHEMAS["Everything"]["description"]
    )


@pytest.mark.parametrize(
    ("field", "examples"),
    [("text", ["SMG-7K4P-92", "SMG-0000-00", "two\nlines"]), ("small", [7]), ("texts", [["a", "b"]])],
)
def test_an_example_in_a_comment_becomes_an_example_of_its_type(
    shapes: Shapes, field: str, examples: list[object]
) -> None:
    schema = shapes.views.SCHEMAS["Everything"]["properties"][field]
    assert schema["examples"] == examples
    assert "Example" not in schema["description"]


def test_an_enum_lists_its_values_with_their_meaning(shapes: Shapes) -> None:
    schema = shapes.views.SCHEMAS["Everything"]["properties"]["state"]
    assert schema["enum"] == ["open", "closed"]
    assert schema["description"] == "State.\n\n- `open`: Open to all.\n- `closed`: Shut."


def test_a_deprecated_field_says_so(shapes: Shapes) -> None:
    assert shapes.views.SCHEMAS["Everything"]["properties"]["old"]["deprecated"] is True


def test_two_packages_with_a_message_of_the_same_name_put_their_pillar_before_it(generated: object) -> None:
    north = importlib.import_module("viewtest.north.v1.events_views")
    south = importlib.import_module("viewtest.south.v1.events_views")
    assert (set(north.SCHEMAS), set(south.SCHEMAS)) == ({"NorthNotice"}, {"SouthNotice"})


def test_the_schemas_of_all_our_contracts_fit_into_one_document() -> None:
    paths = sorted(GENERATED.rglob("*_views.py"))
    names = [".".join(path.relative_to(GENERATED).with_suffix("").parts) for path in paths]
    schemas = [(key, schema) for name in names for key, schema in importlib.import_module(name).SCHEMAS.items()]
    components = dict(schemas)
    assert len(components) == len(schemas), "two contracts use the same component name"
    assert _references(components) <= {f"#/components/schemas/{key}" for key in components}
    for schema in components.values():
        Draft202012Validator.check_schema(schema)


def _references(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(_references, value.values()))
    return set().union(*map(_references, value)) if isinstance(value, list) else set()
