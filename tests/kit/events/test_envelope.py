"""The envelope of events: whatever goes in comes out, over a real bus, and what is no event is told apart."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kit.database.outbox import MOST_BYTES, row
from services.kit.errors import DomainError
from services.kit.events.envelope import MOST_VERSION, EnvelopeError, decode, headers, place, source
from smartcity.governance.v1 import events_pb2 as pb
from tests.kit.conftest import World

NAME = pb.ComplaintAssigned.DESCRIPTOR.full_name
TYPES = {NAME: pb.ComplaintAssigned}
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

envelopes = st.fixed_dictionaries(
    {
        "id": st.uuids(),
        "type": st.just(NAME),
        "source": st.just(source("semarang", "governance")),
        # As instants: Python calls two zones' times unequal wherever a clock is set back.
        "time": st.datetimes(timezones=st.timezones(), min_value=datetime(1970, 1, 2)).map(
            lambda at: at.astimezone(UTC)
        ),
        "aggregate": st.text(min_size=1),
        "version": st.integers(0, MOST_VERSION),
        "correlation": st.text(),
        "causation": st.none() | st.uuids(),
        "exercise": st.booleans(),
        "traceparent": st.sampled_from([None, TRACE]),
    }
)
messages = st.builds(pb.ComplaintAssigned, code=st.text(), agency=st.text())


def envelope(**changes: Any) -> dict[str, str]:
    """Headers of an event that is right in all but the changes; None takes one away."""
    made: dict[str, str | None] = {
        **headers(
            id=uuid4(), type=NAME, source="/smartcity/x/governance", time=AT, aggregate="case", version=3,
            correlation="story", causation=None, exercise=False, traceparent=None,
        )
    }  # fmt: skip
    made |= {f"ce-{name}": value for name, value in changes.items()}
    return {name: value for name, value in made.items() if value is not None}


def sequence(version: int) -> str:
    """How an event says this version of its aggregate."""
    return headers(
        id=uuid4(), type=NAME, source="/smartcity/x/governance", time=AT, aggregate="case", version=version,
        correlation="story", causation=None, exercise=False, traceparent=None,
    )["ce-sequence"]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(envelope=envelopes, message=messages)
async def test_an_event_comes_out_of_the_bus_as_it_went_in(world: World, envelope: Any, message: Any) -> None:
    inbox = await world.bus.subscribe(f"test.{uuid4().hex}")
    await world.bus.publish(inbox.subject, message.SerializeToString(), headers=headers(**envelope))
    async with asyncio.timeout(5):
        got = await inbox.next_msg()
    await inbox.unsubscribe()
    event = decode(got.headers, got.data, TYPES)
    assert event.message == message
    for name, value in envelope.items():
        assert getattr(event, name) == value, name
    assert place(got.headers) == (envelope["aggregate"], envelope["version"])


def test_ordinary_values_stay_readable_on_the_wire() -> None:
    assert envelope()["ce-subject"] == "case"
    assert envelope()["ce-time"] == "2026-03-02T02:00:00Z"
    assert "ce-exercise" not in envelope()


@given(st.integers(0, MOST_VERSION), st.integers(0, MOST_VERSION))
def test_sequences_are_in_the_order_of_versions_as_texts_too(one: int, other: int) -> None:
    """As the CloudEvents extension demands: whoever follows it takes no event 10 for older than 9."""
    first, second = sequence(one), sequence(other)
    assert (first < second) is (one < other)


@pytest.mark.parametrize("text", ["12", "0000000000000000012"], ids=["as it was", "as it is"])
def test_a_sequence_is_read_as_a_number_in_the_form_it_had_before_and_has_now(text: str) -> None:
    """Both are in the streams, and the version before reads the new one by the same ``int``."""
    found = envelope(sequence=text)
    assert (decode(found, b"", TYPES).version, place(found)[1]) == (12, 12)


def test_an_exercise_is_marked() -> None:
    assert decode(envelope(exercise="true"), b"", TYPES).exercise


@pytest.mark.parametrize("missing", ["id", "type", "source", "time", "subject", "sequence", "correlationid"])
def test_an_event_without_a_needed_attribute_is_none(missing: str) -> None:
    with pytest.raises(EnvelopeError, match=f"ce-{missing}"):
        decode(envelope(**{missing: None}), b"", TYPES)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "7"},
        {"time": "yesterday"},
        {"sequence": "x"},
        {"sequence": "-1"},
        {"sequence": str(2**63)},
        {"sequence": "9" * 5000},
        {"causationid": "x"},
        {"type": "smartcity.governance.v1.Unheard"},
    ],
)
def test_an_attribute_that_makes_no_sense_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(EnvelopeError):
        decode(envelope(**changes), b"", TYPES)


def test_a_payload_of_something_else_is_refused() -> None:
    with pytest.raises(EnvelopeError):
        decode(envelope(), b"\xff\xff\xff\xff", TYPES)


def test_no_headers_at_all_are_refused() -> None:
    with pytest.raises(EnvelopeError):
        decode(None, b"", TYPES)


@given(st.dictionaries(st.sampled_from(sorted(envelope())), st.text()), st.binary())
def test_whatever_comes_is_an_event_or_refused_as_none(found: dict[str, str], payload: bytes) -> None:
    try:
        assert isinstance(decode({**envelope(), **found}, payload, TYPES).id, UUID)
    except EnvelopeError:
        _, version = place({**envelope(), **found})
        assert 0 <= version <= MOST_VERSION


def test_an_event_too_large_is_refused_when_it_is_emitted() -> None:
    message = pb.ComplaintAssigned(code="x" * MOST_BYTES)
    with pytest.raises(DomainError) as caught:
        row(message, aggregate="a", version=1, correlation="a", causation=None, exercise=False, traceparent=None)
    assert caught.value.reason == "EVENT_TOO_LARGE"
    assert "ComplaintAssigned" in caught.value.message


async def test_an_action_that_emits_too_much_changes_nothing(world: World) -> None:
    runtime = await world.runtime("governance")

    async def act() -> None:
        async with runtime.transaction() as tx:
            await tx.execute("INSERT INTO effect (aggregate) VALUES ('x')")
            tx.emit(pb.ComplaintAssigned(code="x" * MOST_BYTES), aggregate="a", version=1, correlation="a")

    with pytest.raises(DomainError, match="can be sent"):
        await act()
    assert await world.admin.fetchval("SELECT count(*) FROM governance.effect") == 0
