"""Closing an incident: what a report says of its end is what is known of it, or is refused and changes nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.governance.incidents.model import OPEN, Outcome, State
from services.governance.settling.model import CONTRADICTIONS, Facts, Report, closed
from services.kit.errors import DomainError
from smartcity.governance.v1 import incidents_pb2 as pb
from tests.governance.emergency.room import Room, key
from tests.governance.emergency.test_model import incident, refused
from tests.governance.emergency.test_rpc import refused as refused_rpc
from tests.governance.emergency.test_rpc import told

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
OUTCOMES = [one for one in Outcome if one is not Outcome.NONE]
WORDS = "Sudah diperiksa di lokasi."


@pytest.mark.parametrize(
    ("outcome", "state", "people", "standing", "reason"),
    [
        (Outcome.HANDED_OFF, State.WAITING, (0, 0), 0, "NOBODY_HAS_IT"),
        (Outcome.HANDED_OFF, State.CLEARED, (1, 0), 0, "NOBODY_HAS_IT"),
        (Outcome.HANDED_OFF, State.CLEARED, (1, 1), 1, ""),
        (Outcome.NOTHING_FOUND, State.CLEARED, (1, 0), 0, "PEOPLE_WERE_FOUND"),
        (Outcome.NOTHING_FOUND, State.WAITING, (0, 1), 1, "PEOPLE_WERE_FOUND"),
        (Outcome.NOTHING_FOUND, State.WAITING, (0, 0), 1, ""),
        (Outcome.CALLED_OFF, State.CLEARED, (0, 0), 0, "UNIT_WAS_THERE"),
        (Outcome.CALLED_OFF, State.WAITING, (0, 0), 1, "HAND_OFF_STANDS"),
        (Outcome.CALLED_OFF, State.WAITING, (1, 0), 0, ""),
        (Outcome.RESOLVED, State.WAITING, (2, 1), 0, ""),
        (Outcome.RESOLVED, State.CLEARED, (0, 0), 2, ""),
    ],
)
def test_a_report_is_held_against_what_is_known(
    outcome: Outcome, state: State, people: tuple[int, int], standing: int, reason: str
) -> None:
    one, report, facts = incident(state=state), Report(outcome, WORDS, *people), Facts(standing=standing)
    if reason:
        with refused(reason) as caught:
            closed(one, report, facts, NOW)
        assert caught.value.metadata == {"field": "outcome"}, "told beside the choice that does not hold"
    else:
        assert closed(one, report, facts, NOW).outcome is outcome


@given(
    st.sampled_from(OUTCOMES), st.sampled_from(list(State)), st.integers(0, 2), st.integers(0, 2),
    st.sampled_from([(), ("DMK-01",)]), st.integers(0, 1), st.integers(0, 2),
)  # fmt: skip
def test_what_is_closed_contradicts_nothing_and_some_outcome_is_always_left(
    outcome: Outcome, state: State, hurt: int, dead: int, working: tuple[str, ...], unanswered: int, standing: int
) -> None:
    one, facts = incident(state=state), Facts(working, unanswered, standing)

    def ends(how: Outcome) -> Any:
        try:
            return closed(one, Report(how, WORDS, hurt, dead), facts, NOW)
        except DomainError as error:
            return error.reason

    done = ends(outcome)
    if state not in OPEN or working or unanswered:
        assert done in {"INCIDENT_OVER", "UNITS_AT_WORK", "HAND_OFF_UNANSWERED"}
        return
    assert not isinstance(ends(Outcome.RESOLVED), str), "nobody is stuck with what cannot be closed"
    if isinstance(done, str):
        assert done in {each.refusal[1] for each in CONTRADICTIONS if each.outcome is outcome}
        return
    assert (done.state, done.version, done.hurt, done.dead) == (State.CLOSED, one.version + 1, hurt, dead)
    assert outcome is not Outcome.HANDED_OFF or standing
    assert outcome is not Outcome.NOTHING_FOUND or hurt + dead == 0
    assert outcome is not Outcome.CALLED_OFF or (standing == 0 and state is not State.CLEARED)


def ending(one: pb.Incident, outcome: str, **fields: Any) -> pb.CloseIncidentRequest:
    kind = pb.IncidentOutcome.Value(f"INCIDENT_OUTCOME_{outcome.upper()}")
    return pb.CloseIncidentRequest(request_id=key(), id=one.id, etag=one.etag, outcome=kind, report=WORDS, **fields)


async def test_an_incident_is_closed_as_handed_off_while_somebody_has_it_and_not_after_that_was_withdrawn(
    room: Room,
) -> None:
    one = await room.opened()
    assert await refused_rpc(room, "IncidentService.CloseIncident", ending(one, "handed_off")) == "NOBODY_HAS_IT"
    one = await room.acknowledged(await room.handed_off(one))
    withdrawn = await room.withdrawn(one.hand_offs[0], party_told=True)
    asked = ending(withdrawn, "handed_off")
    assert await refused_rpc(room, "IncidentService.CloseIncident", asked) == "NOBODY_HAS_IT"
    one = await room.acknowledged(await room.handed_off(withdrawn, "pln"))
    assert await refused_rpc(room, "IncidentService.CloseIncident", ending(one, "called_off")) == "HAND_OFF_STANDS"
    done = await room.ask("CloseIncident", ending(one, "handed_off"))
    assert [off.state for off in done.hand_offs] == [pb.HAND_OFF_STATE_WITHDRAWN, pb.HAND_OFF_STATE_ACKNOWLEDGED]


async def test_a_hand_off_of_what_was_merged_into_an_incident_counts_for_its_report(room: Room) -> None:
    one, other = await room.acknowledged(await room.handed_off(await room.opened())), await room.opened()
    top = await room.merged(one, other)
    assert (await room.ask("CloseIncident", ending(top, "handed_off"))).state == pb.INCIDENT_STATE_CLOSED


async def test_an_incident_where_a_unit_was_is_not_called_off(room: Room) -> None:
    one = await room.opened()
    unit = await room.sent(await room.unit(), one)
    for state in ("en_route", "on_scene", "available"):
        unit = await room.moved(unit, state)
    asked = ending(await room.seen(one.id), "called_off")
    assert await refused_rpc(room, "IncidentService.CloseIncident", asked) == "UNIT_WAS_THERE"


async def test_a_unit_that_was_called_back_before_it_was_there_lets_its_incident_be_called_off(room: Room) -> None:
    one = await room.opened()
    unit = await room.moved(await room.sent(await room.unit(), one), "en_route")
    mistaken = await room.moved(await room.moved(unit, "on_scene"), "en_route")
    await room.moved(mistaken, "available")
    done = await room.ask("CloseIncident", ending(await room.seen(one.id), "called_off"))
    assert done.outcome == pb.INCIDENT_OUTCOME_CALLED_OFF


async def test_a_report_that_is_refused_changes_nothing_and_is_taken_once_it_is_put_right(room: Room) -> None:
    one = await room.opened()
    journal, events = await room.journal(), await told(room)
    asked = ending(one, "nothing_found", hurt=2)
    assert await refused_rpc(room, "IncidentService.CloseIncident", asked) == "PEOPLE_WERE_FOUND"
    assert (await room.seen(one.id), await room.journal(), await told(room)) == (one, journal, events)
    asked.hurt = 0
    done = await room.ask("CloseIncident", asked)
    assert (done.outcome, done.hurt) == (pb.INCIDENT_OUTCOME_NOTHING_FOUND, 0)
