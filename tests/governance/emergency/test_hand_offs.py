"""Hand-offs of incidents: they stand where their incident goes on, nobody is asked twice, mistakes are withdrawn."""

import asyncio

import grpc
import pytest

from observability import semconv
from services.governance.handoffs import actions, timers
from services.governance.welfare import gauges
from smartcity.governance.v1 import events_pb2
from smartcity.governance.v1 import incidents_pb2 as pb
from tests.governance.conftest import Governance
from tests.governance.emergency.room import DISPATCHER, Room, key
from tests.governance.emergency.test_rpc import refused, told
from tests.kit.serving import Refusal

WITHDRAWN = pb.HAND_OFF_STATE_WITHDRAWN


async def on_board(room: Room, incident: pb.Incident) -> pb.Incident:
    """An incident as the board lists it."""
    asked = pb.ListIncidentsRequest(page_size=50, urgent_first=True)
    listed = (await room.call("IncidentService.ListIncidents", asked)).incidents
    (found,) = [one for one in listed if one.id == incident.id]
    shown: pb.Incident = found
    return shown


async def test_a_hand_off_stands_on_the_board_where_its_incident_was_merged_into(room: Room) -> None:
    one, middle, top = await room.handed_off(await room.opened()), await room.opened(), await room.opened()
    call = await room.linked(await room.rung(), one)
    await room.merged(one, middle)
    await room.merged(middle, top)
    shown = await on_board(room, top)
    assert [(off.party, off.state) for off in shown.hand_offs] == [("police", pb.HAND_OFF_STATE_ASKED)]
    assert list(shown.calls) == [call.number]
    assert [off.id for off in (await on_board(room, one)).hand_offs] == [one.hand_offs[0].id], "and at its own"


async def test_who_was_told_of_what_was_merged_into_an_incident_is_not_told_of_that_again(room: Room) -> None:
    one, other = await room.handed_off(await room.opened()), await room.opened()
    await room.merged(one, other)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await room.handed_off(other)
    assert Refusal.of(caught.value).reason == "HAND_OFF_ASKED"
    again = pb.HandOffIncidentRequest(request_id=key(), id=other.id, party="sar")
    assert len((await room.ask("HandOffIncident", again)).hand_offs) == 2, "others are"


async def test_a_hand_off_that_was_a_mistake_is_withdrawn_and_neither_escalates_nor_is_waited_for(
    room: Room, governance: Governance
) -> None:
    incident = await room.handed_off(await room.opened())
    (off,) = incident.hand_offs
    done = await room.withdrawn(off, reason="Salah pihak: pipa air.")
    (found,) = done.hand_offs
    assert (found.state, found.HasField("withdraw_time"), found.reference) == (WITHDRAWN, True, "")
    assert (done.timeline[-1].what, done.timeline[-1].text) == ("hand_off_withdrawn", "police: Salah pihak: pipa air.")
    governance.pass_time(minutes=60)
    await timers.escalate(governance.runtime)
    assert "HandOffEscalated" not in await told(room)
    closed = await room.ask("CloseIncident", room.closing(done))
    assert closed.hand_offs[0].state == WITHDRAWN, "and is told of afterwards, too"


async def test_a_withdrawal_tells_which_hand_off_it_was_and_none_of_its_words(room: Room) -> None:
    incident = await room.handed_off(await room.opened())
    await room.withdrawn(incident.hand_offs[0], reason="Penelepon meralat.")
    row = (await room.served.outbox())[-1]
    event = events_pb2.HandOffWithdrawn.FromString(row["payload"])
    assert row["type"] == "smartcity.governance.v1.HandOffWithdrawn"
    assert (event.id, event.hand_off, event.party) == (incident.id, incident.hand_offs[0].id, "police")
    assert b"meralat" not in row["payload"]


async def test_a_withdrawal_that_is_sent_again_is_answered_as_before_and_a_second_one_is_refused(room: Room) -> None:
    incident = await room.handed_off(await room.opened())
    asked = room.withdrawing(incident.hand_offs[0])
    done = await room.ask("WithdrawHandOff", asked)
    assert await room.ask("WithdrawHandOff", asked) == done
    assert (await room.journal()).count("hand_off_withdrawn") == 1
    for off, reason in ((incident.hand_offs[0], "STALE_ETAG"), (done.hand_offs[0], "HAND_OFF_WITHDRAWN")):
        assert await refused(room, "IncidentService.WithdrawHandOff", room.withdrawing(off)) == reason


async def test_what_was_withdrawn_is_not_acknowledged_and_they_can_be_told_anew(room: Room) -> None:
    incident = await room.handed_off(await room.opened())
    done = await room.withdrawn(incident.hand_offs[0])
    (off,) = done.hand_offs
    late = pb.AcknowledgeHandOffRequest(request_id=key(), id=off.id, etag=off.etag, reference="LP-7")
    assert await refused(room, "IncidentService.AcknowledgeHandOff", late) == "HAND_OFF_WITHDRAWN"
    anew = await room.handed_off(done)
    assert [one.state for one in anew.hand_offs] == [WITHDRAWN, pb.HAND_OFF_STATE_ASKED]


async def test_who_has_acknowledged_is_told_before_their_hand_off_is_withdrawn(room: Room) -> None:
    incident = await room.acknowledged(await room.handed_off(await room.opened()))
    (off,) = incident.hand_offs
    silently = room.withdrawing(off)
    assert await refused(room, "IncidentService.WithdrawHandOff", silently) == "HAND_OFF_ACKNOWLEDGED"
    (found,) = (await room.withdrawn(off, party_told=True)).hand_offs
    assert (found.state, found.reference, found.HasField("acknowledge_time")) == (WITHDRAWN, "LP-7", True)


async def test_what_an_incident_was_closed_with_is_not_withdrawn_any_more(room: Room) -> None:
    one, other = await room.acknowledged(await room.handed_off(await room.opened())), await room.opened()
    top = await room.merged(one, other)
    await room.ask("CloseIncident", room.closing(top))
    asked = room.withdrawing(one.hand_offs[0], party_told=True)
    assert await refused(room, "IncidentService.WithdrawHandOff", asked) == "INCIDENT_OVER"


async def test_what_was_closed_as_somebodys_keeps_the_hand_off_that_it_was_closed_with(room: Room) -> None:
    """Without it nobody ever had it, and no dispatcher saw it any more."""
    one, other = await room.acknowledged(await room.handed_off(await room.opened())), await room.opened()
    closing = room.closing(await room.merged(one, other))
    closing.outcome = pb.INCIDENT_OUTCOME_HANDED_OFF
    await room.ask("CloseIncident", closing)
    merged = await room.seen(one.id)
    asked = pb.UnmergeIncidentRequest(request_id=key(), id=one.id, etag=merged.etag)
    assert await refused(room, "IncidentService.UnmergeIncident", asked) == "HAND_OFF_CLOSED_IT"


async def test_what_was_merged_comes_back_from_what_was_closed_with_a_hand_off_of_its_own(room: Room) -> None:
    one, other = await room.opened(), await room.acknowledged(await room.handed_off(await room.opened()))
    closing = room.closing(await room.merged(one, other))
    closing.outcome = pb.INCIDENT_OUTCOME_HANDED_OFF
    await room.ask("CloseIncident", closing)
    assert (await room.unmerged(await room.seen(one.id))).state == pb.INCIDENT_STATE_WAITING


def moves(incident: pb.Incident) -> list[list[str]]:
    """What can be done with its hand-offs."""
    return [
        [pb.HandOffMove.Name(each).removeprefix("HAND_OFF_MOVE_") for each in off.moves] for off in incident.hand_offs
    ]


async def test_a_hand_off_says_what_can_be_done_with_it(room: Room) -> None:
    one = await room.handed_off(await room.opened())
    assert moves(one) == moves(await on_board(room, one)) == [["ACKNOWLEDGE", "WITHDRAW"]]
    one = await room.acknowledged(one)
    assert moves(one) == [["WITHDRAW"]]
    one = await room.withdrawn(one.hand_offs[0], party_told=True)
    assert moves(one) == [[]]


async def test_what_an_incident_was_closed_with_says_so_wherever_it_was_merged(room: Room) -> None:
    one, middle = await room.acknowledged(await room.handed_off(await room.opened())), await room.opened()
    top = await room.opened()
    await room.merged(one, middle)
    top = await room.merged(middle, top)
    assert moves(await room.seen(one.id)) == moves(await room.seen(middle.id)) == moves(top) == [["WITHDRAW"]]
    closed = await room.ask("CloseIncident", room.closing(top))
    assert moves(closed) == moves(await room.seen(middle.id)) == moves(await room.seen(one.id)) == [[]]
    listed = (await room.call("IncidentService.ListIncidents", pb.ListIncidentsRequest(page_size=50))).incidents
    assert [moves(each) for each in listed if each.id in (one.id, middle.id, top.id)] == [[[]]] * 3


async def test_a_hand_off_of_what_was_merged_into_an_incident_is_withdrawn_there(room: Room) -> None:
    one, other = await room.handed_off(await room.opened()), await room.opened()
    top = await room.merged(one, other)
    assert await refused(room, "IncidentService.CloseIncident", room.closing(top)) == "HAND_OFF_UNANSWERED"
    await room.withdrawn(one.hand_offs[0])
    assert (await on_board(room, other)).hand_offs[0].state == WITHDRAWN
    assert (await room.ask("CloseIncident", room.closing(top))).state == pb.INCIDENT_STATE_CLOSED


async def test_a_hand_off_that_was_withdrawn_alarms_nobody_and_is_no_open_one_of_a_shift(
    room: Room, governance: Governance
) -> None:
    incident = await room.handed_off(await room.opened())
    governance.pass_time(minutes=11)
    await timers.escalate(governance.runtime)
    assert (await gauges.read(governance.runtime))[semconv.HAND_OFFS_OVERDUE] == [(1, {})]
    await room.withdrawn((await room.seen(incident.id)).hand_offs[0])
    assert (await gauges.read(governance.runtime))[semconv.HAND_OFFS_OVERDUE] == [(0, {})]
    asked = pb.HandOverShiftRequest(request_id=key(), note="AMB-02 di bengkel.")
    assert (await room.call("IncidentService.HandOverShift", asked)).handover.unanswered == 0


async def test_a_process_of_the_version_before_reads_what_was_withdrawn_and_waits_for_it_no_more(
    room: Room, governance: Governance
) -> None:
    one, other = [await room.handed_off(await room.opened()) for _ in range(2)]
    other = await room.acknowledged(other)
    seen = await room.withdrawn(one.hand_offs[0])
    assert seen.hand_offs[0].HasField("acknowledge_time"), "its pages say when, of all but what is asked"
    await room.withdrawn(other.hand_offs[0], party_told=True)
    rows = await governance.admin.fetch(
        "SELECT state, acknowledged_at FROM governance.hand_off WHERE withdrawn_at IS NOT NULL"
    )
    assert [row["state"] for row in rows] == ["acknowledged"] * 2, "the one other word that it knows"
    assert all(row["acknowledged_at"] for row in rows)


@pytest.mark.parametrize("first", ["AcknowledgeHandOff", "WithdrawHandOff"])
async def test_of_a_withdrawal_and_an_acknowledgement_at_once_one_counts(room: Room, first: str) -> None:
    incident = await room.handed_off(await room.opened())
    (off,) = incident.hand_offs
    both = {
        "AcknowledgeHandOff": pb.AcknowledgeHandOffRequest(request_id=key(), id=off.id, etag=off.etag, reference="LP"),
        "WithdrawHandOff": room.withdrawing(off),
    }
    order = [first, *(name for name in both if name != first)]
    done = await asyncio.gather(*(room.ask(name, both[name]) for name in order), return_exceptions=True)
    (stopped,) = [each for each in done if isinstance(each, grpc.aio.AioRpcError)]
    assert Refusal.of(stopped).reason == "STALE_ETAG"
    (found,) = (await room.seen(incident.id)).hand_offs
    said = {pb.HAND_OFF_STATE_ACKNOWLEDGED: "hand_off_acknowledged", WITHDRAWN: "hand_off_withdrawn"}[found.state]
    assert [each for each in await room.journal() if each.startswith("hand_off_")] == [said]


async def test_a_hand_off_that_is_withdrawn_while_it_escalates_does_not(room: Room, governance: Governance) -> None:
    incident = await room.handed_off(await room.opened())
    (off,) = incident.hand_offs
    governance.pass_time(minutes=6)
    async with governance.runtime.transaction(DISPATCHER) as tx:
        await actions.withdraw(tx, off.id, off.etag, "Salah pihak.", party_told=False)
        escalating = asyncio.create_task(timers.escalate(governance.runtime))
        await asyncio.sleep(0.5)
        assert not escalating.done(), "it waits for what is being written"
    await escalating
    (found,) = (await room.seen(incident.id)).hand_offs
    assert (found.state, found.escalations) == (WITHDRAWN, 0)
    assert "hand_off_escalated" not in await room.journal()


async def test_an_incident_is_not_closed_by_a_hand_off_that_is_withdrawn_at_the_same_moment(
    room: Room, governance: Governance
) -> None:
    one, other = await room.acknowledged(await room.handed_off(await room.opened())), await room.opened()
    top = await room.merged(one, other)
    closing = room.closing(top)
    closing.outcome = pb.INCIDENT_OUTCOME_HANDED_OFF
    (off,) = one.hand_offs
    async with governance.runtime.transaction(DISPATCHER) as tx:
        await actions.withdraw(tx, off.id, off.etag, "Salah pihak.", party_told=True)
        at_once = asyncio.create_task(refused(room, "IncidentService.CloseIncident", closing))
        await asyncio.sleep(0.5)
    assert await at_once == "NOBODY_HAS_IT"
