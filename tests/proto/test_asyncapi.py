"""The event catalogue."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import jsonschema  # type: ignore[import-untyped]
import pytest

from proto.codegen.generate import GENERATED
from services.kit.events.envelope import headers
from smartcity.governance.v1 import events_pb2
from smartcity.types.v1 import payments_pb2

Document = dict[str, Any]
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


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


@pytest.mark.parametrize("most", [False, True], ids=["the fewest", "all"])
def test_an_event_carries_the_headers_that_the_catalogue_names(catalogue: Document, most: bool) -> None:
    """But for its ``contentType``, which stands in the message, and the header that the server takes it once by."""
    sent = headers(
        id=uuid4(), type="x.v1.Done", source="/smartcity/x/y", time=datetime.now(UTC), aggregate="a", version=3,
        correlation="story", causation=uuid4() if most else None, exercise=most, traceparent=TRACE if most else None,
    )  # fmt: skip
    del sent["content-type"], sent["Nats-Msg-Id"]
    for message in catalogue["components"]["messages"].values():
        (trait,) = (_resolve(catalogue, each["$ref"]) for each in message["traits"])
        named = trait["headers"]
        assert sent.keys() == (named["properties"].keys() if most else set(named["required"]))
        jsonschema.validate(sent, named)
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
