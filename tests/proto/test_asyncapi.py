"""The event catalogue."""

import json
from pathlib import Path
from typing import Any

import pytest

from proto.codegen.generate import GENERATED
from smartcity.governance.v1 import events_pb2
from smartcity.types.v1 import payments_pb2

Document = dict[str, Any]


@pytest.fixture(params=["suite", "ours"])
def catalogue(request: pytest.FixtureRequest, generated: Path) -> Document:
    """The catalogue of the suite's contracts, and the platform's own."""
    folder = generated if request.param == "suite" else GENERATED
    document: Document = json.loads((folder / "asyncapi.json").read_text(encoding="utf-8"))
    return document


@pytest.fixture
def of_the_suite(generated: Path) -> Document:
    """The catalogue of the suite's contracts."""
    document: Document = json.loads((generated / "asyncapi.json").read_text(encoding="utf-8"))
    return document


def test_every_reference_in_the_catalogue_leads_somewhere(catalogue: Document) -> None:
    for pointer in _references(catalogue):
        _resolve(catalogue, pointer)


def test_the_channel_of_an_event_is_its_full_name(of_the_suite: Document) -> None:
    addresses = {channel["address"] for channel in of_the_suite["channels"].values()}
    assert addresses == {"viewtest.north.v1.Notice", "viewtest.south.v1.Notice"}


@pytest.mark.parametrize(("pillar", "public"), [("north", True), ("south", False)])
def test_an_event_says_whether_it_is_public(of_the_suite: Document, pillar: str, public: bool) -> None:
    assert of_the_suite["channels"][f"viewtest.{pillar}.v1.Notice"]["x-public"] is public


def test_the_payload_of_an_event_is_the_schema_of_its_view(of_the_suite: Document) -> None:
    message = of_the_suite["components"]["messages"]["viewtest.north.v1.Notice"]
    schema = _resolve(of_the_suite, message["payload"]["$ref"])
    assert schema["properties"]["part"]["$ref"] == "#/components/schemas/Part"


def test_an_event_carries_the_headers_of_cloudevents(catalogue: Document) -> None:
    headers = {
        "ce-id", "ce-source", "ce-type", "ce-time", "ce-subject", "ce-sequence", "ce-correlationid", "ce-exercise",
        "traceparent",
    }  # fmt: skip
    for message in catalogue["components"]["messages"].values():
        (trait,) = (_resolve(catalogue, each["$ref"]) for each in message["traits"])
        assert headers <= trait["headers"]["properties"].keys()
        assert message["contentType"] == "application/protobuf"


def test_every_event_of_governance_is_in_the_catalogue() -> None:
    document = json.loads((GENERATED / "asyncapi.json").read_text(encoding="utf-8"))
    events = {each.full_name for each in events_pb2.DESCRIPTOR.message_types_by_name.values()}
    assert events
    assert events <= document["channels"].keys()


def test_a_shared_event_has_a_channel_of_each_pillar_that_publishes_it() -> None:
    document = json.loads((GENERATED / "asyncapi.json").read_text(encoding="utf-8"))
    name = payments_pb2.PaymentRequested.DESCRIPTOR.full_name
    channel = document["channels"][name]
    assert channel["address"] == f"{name}.{{pillar}}"
    assert channel["parameters"].keys() == {"pillar"}
    assert channel["x-public"] is False


def _references(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(_references, value.values()))
    return set().union(*map(_references, value)) if isinstance(value, list) else set()


def _resolve(document: Document, pointer: str) -> Any:
    value: Any = document
    for part in pointer.removeprefix("#/").split("/"):
        value = value[part]
    return value
