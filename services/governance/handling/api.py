"""IncidentService over gRPC: proto -> action -> proto."""

from services.governance.calls import actions as calls
from services.governance.dossiers import views
from services.governance.grading import actions as grading
from services.governance.grading.model import Grading
from services.governance.handoffs import actions as handoffs
from services.governance.incidents import actions
from services.governance.incidents.model import Outcome, State
from services.governance.settling import actions as settling
from services.governance.settling.model import Report
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.governance.v1 import incidents_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetIncidentRequest) -> pb.GetIncidentResponse:
    """Reads one."""
    return pb.GetIncidentResponse(incident=await views.whole(tx, await actions.known(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListIncidentsRequest) -> pb.ListIncidentsResponse:
    """Lists them, the newest or the most urgent first."""
    states = protos.members(pb.IncidentState, request.states, State)
    found, total = await actions.page(tx, states, request.page_size, request.page_token, urgent=request.urgent_first)
    return pb.ListIncidentsResponse(
        incidents=await views.several(tx, found.rows), next_page_token=found.token, total_size=total
    )  # fmt: skip


@rpc
async def open_one(tx: Transaction, request: pb.OpenIncidentRequest) -> pb.OpenIncidentResponse:
    """Opens one."""
    at = (request.location.lon, request.location.lat) if request.HasField("location") else None
    made = await calls.open_incident(
        tx, request.call, request.kind, request.priority, (at, request.area_code, request.place), request.note,
        exercise=request.exercise,
    )  # fmt: skip
    return pb.OpenIncidentResponse(incident=await views.whole(tx, made))


@rpc
async def grade(tx: Transaction, request: pb.GradeIncidentRequest) -> pb.GradeIncidentResponse:
    """Grades one."""
    await calls.require_unnamed(tx, request.id, reason=request.reason)
    asked = Grading(request.kind, request.priority, request.service, frozenset(request.unneeded_services))
    done = await grading.grade(tx, request.id, request.etag, asked, request.reason)
    return pb.GradeIncidentResponse(incident=await views.whole(tx, done))


@rpc
async def relocate(tx: Transaction, request: pb.RelocateIncidentRequest) -> pb.RelocateIncidentResponse:
    """Puts right where one is."""
    await calls.require_unnamed(tx, request.id, place=request.place, reason=request.reason)
    at = (request.location.lon, request.location.lat) if request.HasField("location") else None
    where = (at, request.area_code, request.place)
    done = await actions.relocate(tx, request.id, request.etag, where, request.reason)
    return pb.RelocateIncidentResponse(incident=await views.whole(tx, done))


@rpc
async def note(tx: Transaction, request: pb.AddIncidentNoteRequest) -> pb.AddIncidentNoteResponse:
    """Adds a line."""
    await calls.require_unnamed(tx, request.id, note=request.note)
    done = await actions.note(tx, request.id, request.etag, request.note)
    return pb.AddIncidentNoteResponse(incident=await views.whole(tx, done))


@rpc
async def merge(tx: Transaction, request: pb.MergeIncidentRequest) -> pb.MergeIncidentResponse:
    """Merges one into another."""
    done = await settling.merge(tx, request.id, request.etag, request.into)
    return pb.MergeIncidentResponse(incident=await views.whole(tx, done))


@rpc
async def unmerge(tx: Transaction, request: pb.UnmergeIncidentRequest) -> pb.UnmergeIncidentResponse:
    """Takes that back."""
    done = await settling.unmerge(tx, request.id, request.etag)
    return pb.UnmergeIncidentResponse(incident=await views.whole(tx, done))


@rpc
async def close(tx: Transaction, request: pb.CloseIncidentRequest) -> pb.CloseIncidentResponse:
    """Closes one."""
    await calls.require_unnamed(tx, request.id, report=request.report)
    outcome = protos.member(pb.IncidentOutcome, request.outcome, Outcome)
    report = Report(outcome, request.report, request.hurt, request.dead)
    done = await settling.close(tx, request.id, request.etag, report)
    return pb.CloseIncidentResponse(incident=await views.whole(tx, done))


@rpc
async def hand_off(tx: Transaction, request: pb.HandOffIncidentRequest) -> pb.HandOffIncidentResponse:
    """Hands one off."""
    await calls.require_unnamed(tx, request.id, note=request.note)
    done = await handoffs.ask(tx, request.id, request.etag, request.party, request.note)
    return pb.HandOffIncidentResponse(incident=await views.whole(tx, done))


@rpc
async def acknowledge(tx: Transaction, request: pb.AcknowledgeHandOffRequest) -> pb.AcknowledgeHandOffResponse:
    """Notes that they have it."""
    await calls.require_unnamed(tx, await handoffs.incident_of(tx, request.id), reference=request.reference)
    done = await handoffs.acknowledge(tx, request.id, request.etag, request.reference)
    return pb.AcknowledgeHandOffResponse(incident=await views.whole(tx, done))


@rpc
async def withdraw(tx: Transaction, request: pb.WithdrawHandOffRequest) -> pb.WithdrawHandOffResponse:
    """Takes a hand-off back."""
    await calls.require_unnamed(tx, await handoffs.incident_of(tx, request.id), reason=request.reason)
    done = await handoffs.withdraw(tx, request.id, request.etag, request.reason, party_told=request.party_told)
    return pb.WithdrawHandOffResponse(incident=await views.whole(tx, done))
