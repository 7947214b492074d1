"""Incidents as messages, read with few statements however many there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.governance.calls import store as calls
from services.governance.handoffs import model as handing
from services.governance.handoffs import store as handoffs
from services.governance.handoffs.model import HandOff
from services.governance.incidents import store
from services.governance.incidents.model import Assignment, Clock, Incident, Outcome, of_each_service
from services.governance.journal import store as journal
from services.governance.journal import views
from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from smartcity.governance.v1 import incidents_pb2 as pb

_MOVES = {
    handing.State.ACKNOWLEDGED: pb.HAND_OFF_MOVE_ACKNOWLEDGE,
    handing.State.WITHDRAWN: pb.HAND_OFF_MOVE_WITHDRAW,
}
"""By which move a hand-off gets there."""


async def whole(tx: Transaction, one: Incident) -> pb.Incident:
    """One with its timeline, and what was merged into it."""
    merged = await store.below(tx, one.id)
    made = (await _several(tx, [one], {id_: [one.id] for id_ in merged}))[0]
    lines, made.timeline_cut = await journal.of(tx, [one.id, *merged])
    made.timeline.extend(map(views.entry, lines))
    made.merged.extend(_merged(tx, each) for each in await store.of_ids(tx, merged))
    return made


async def several(tx: Transaction, incidents: Sequence[Incident]) -> list[pb.Incident]:
    """Several without timelines; work, calls and hand-offs of what was merged into one are shown with it."""
    return await _several(tx, incidents, await store.below_each(tx, [one.id for one in incidents]))


async def _several(
    tx: Transaction, incidents: Sequence[Incident], into: Mapping[UUID, Sequence[UUID]]
) -> list[pb.Incident]:
    ids = [one.id for one in incidents]
    clocks = _by(await store.clocks(tx, ids), {})
    work = _by(sorted(await store.work(tx, {*ids, *into}), key=lambda each: each.assigned_at), into)
    offs = _by(await handoffs.of(tx, {*ids, *into}), into)
    merged = [one.id for one in incidents if one.merged_into is not None and offs[one.id]]
    ongoing = {one.id for one in incidents if one.open} | (await store.open_above(tx, merged) if merged else set())
    told: dict[UUID, list[tuple[int, UUID]]] = defaultdict(list)
    for incident, number, call in await calls.numbers(tx, {*ids, *into}):
        for shown in (incident, *into.get(incident, ())):
            told[shown].append((number, call))
    return [
        _view(
            tx, one, clocks[one.id], work[one.id], [_hand_off(each, one.id in ongoing) for each in offs[one.id]],
            sorted(told[one.id]),
        )
        for one in incidents
    ]  # fmt: skip


def _by(rows: Iterable[Any], into: Mapping[UUID, Sequence[UUID]]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        for shown in (row.incident, *into.get(row.incident, ())):
            found[shown].append(row)
    return found


def _view(
    tx: Transaction, one: Incident, clocks: list[Clock], work: list[Assignment], offs: list[pb.HandOff],
    told: list[tuple[int, UUID]],
) -> pb.Incident:  # fmt: skip
    closed = one.outcome is not Outcome.NONE
    return pb.Incident(
        id=str(one.id),
        number=one.number,
        state=protos.number(pb.IncidentState, one.state),
        kind=one.kind,
        priority=one.priority,
        place=one.place,
        area=protos.area(tx.runtime.city, one.area),
        location=protos.point(one.lon, one.lat),
        note=one.note,
        exercise=one.exercise,
        paper=one.paper,
        warning=one.warning,
        merged_into=str(one.merged_into) if one.merged_into else "",
        clocks=[_clock(tx, each) for each in of_each_service(clocks)],
        assignments=[_work(each) for each in work],
        hand_offs=offs,
        calls=[number for number, _ in told],
        call_ids=[str(call) for _, call in told],
        outcome=protos.number(pb.IncidentOutcome, one.outcome) if closed else pb.INCIDENT_OUTCOME_UNSPECIFIED,
        report=one.report,
        hurt=one.hurt,
        dead=one.dead,
        call_time=protos.timestamp(one.called_at),
        create_time=protos.timestamp(one.created_at),
        update_time=protos.timestamp(one.updated_at),
        close_time=protos.timestamp(one.closed_at),
        correlation=one.story,
        etag=etag.of(one.version),
    )


def _merged(tx: Transaction, one: Incident) -> pb.MergedIncident:
    return pb.MergedIncident(
        id=str(one.id),
        number=one.number,
        kind=one.kind,
        place=one.place,
        area=protos.area(tx.runtime.city, one.area),
        note=one.note,
    )


def _clock(tx: Transaction, one: Clock) -> pb.IncidentClock:
    return pb.IncidentClock(
        service=one.service,
        due_time=protos.timestamp(one.due_at),
        assign_time=protos.timestamp(one.assigned_at),
        arrive_time=protos.timestamp(one.arrived_at),
        late=one.late(tx.now),
        unneeded=not one.needed,
    )


def _work(one: Assignment) -> pb.Assignment:
    return pb.Assignment(
        unit=one.unit,
        service=one.service,
        assign_time=protos.timestamp(one.assigned_at),
        depart_time=protos.timestamp(one.departed_at),
        arrive_time=protos.timestamp(one.arrived_at),
        end_time=protos.timestamp(one.ended_at),
    )


def _hand_off(one: HandOff, ongoing: bool) -> pb.HandOff:
    return pb.HandOff(
        id=str(one.id),
        party=one.party,
        state=protos.number(pb.HandOffState, one.told),
        create_time=protos.timestamp(one.created_at),
        due_time=protos.timestamp(one.due_at),
        escalations=one.escalations,
        acknowledge_time=protos.timestamp(one.acknowledged_at),
        reference=one.reference,
        etag=etag.of(one.version),
        withdraw_time=protos.timestamp(one.withdrawn_at),
        moves=[_MOVES[to] for to in handing.moves(one, open_=ongoing)],
    )
