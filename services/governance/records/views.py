"""Complaints as their readers may see them: model -> proto. Every rule about what is shown stands here."""

from uuid import UUID

from services.governance.cases.model import Complaint
from services.governance.flood_cases.model import Link
from services.governance.history.model import Entry
from services.governance.photos import views as photos
from services.governance.records import events
from services.governance.records.model import CaseRecord, question_open
from services.governance.states.model import Party, Transition
from services.kit.city import City
from services.kit.rpc import etag as etags
from services.kit.rpc import protos
from smartcity.governance.v1 import complaints_pb2 as pb

_NOBODYS_AT_A_DESK = {Transition.RATE, Transition.REOPEN, Transition.REPLY, Transition.WITHDRAW, Transition.GO_ON}
"""The reporter's own, and what falls due by itself."""
_TRANSITIONS = {
    transition: protos.number(pb.Transition, transition)
    for transition in Transition
    if transition not in _NOBODYS_AT_A_DESK
}


def complaint(record: CaseRecord, city: City) -> pb.Complaint:
    """The complaint of a record, for whoever is these parties to it."""
    found, inside = record.complaint, bool(record.parties)
    visible = {photo.id for photo in record.photos}
    answer = pb.Complaint(
        code=found.code,
        state=events.state(found.state),
        category=category(city, found.category),
        area=protos.area(city, found.location.area),
        text=found.text if inside else found.public_text,
        released=found.released,
        agency=protos.agency(city, found.agency),
        routing=pb.Routing(rule=found.assignment.rule, why_id=found.assignment.why_id, why_en=found.assignment.why_en),
        due=_due(found),
        timeline=[_line(entry, record, visible) for entry in record.history],
        photos=[photos.photo(one) for one in record.photos],
        supporters=found.supporters,
        rating=found.rating,
        duplicate_of=found.duplicate_of,
        escalation=found.escalation,
        secret=found.secret,
        anonymous=found.anonymous,
        channel=events.channel(found),
        create_time=protos.timestamp(found.created_at),
        update_time=protos.timestamp(found.updated_at),
        etag=etags.of(found.version),
        correlation_id=str(found.id),
        transitions=[_TRANSITIONS[transition] for transition in record.allowed if transition in _TRANSITIONS],
        has_contact=record.has_contact and _may_know_contact(record),
        mailed=record.mailed and _may_know_contact(record),
        redacted=found.redacted_at is not None,
        refusal=found.refusal,
        own_matter=record.own_matter,
        floods=map(_flood, record.floods),
        question_open=question_open(found.state, record.history),
        exercise=found.exercise,
        **{"class": events.kind(found)},
    )
    if inside:
        answer.landmark = found.location.landmark
        answer.public_text = found.public_text
    if (point := events.point(found)) and (inside or _position_is_public(found, city)):
        answer.location.CopyFrom(point)
    return answer


def _position_is_public(found: Complaint, city: City) -> bool:
    """The exact position goes with released words, but never for the categories that are private by nature."""
    about = city.category(found.category)
    return found.released and about is not None and not about.private


def _may_know_contact(record: CaseRecord) -> bool:
    """An agency does not even learn whether an anonymous reporter can be reached."""
    return not record.complaint.anonymous or bool(record.parties & {Party.REPORTER, Party.VERIFIER})


def category(city: City, identity: str) -> pb.CategoryRef:
    """A category by name; by its id when the profile no longer has it."""
    found = city.category(identity)
    return pb.CategoryRef(id=identity, name=found.name_id if found else identity)


def _due(found: Complaint) -> pb.Due:
    deadlines = found.deadlines
    return pb.Due(
        verification=protos.timestamp(deadlines.verification),
        response=protos.timestamp(deadlines.response),
        resolution=protos.timestamp(deadlines.resolution),
        auto_close=protos.timestamp(deadlines.auto_close),
        reopen_until=protos.timestamp(deadlines.reopen_until),
        provisional=deadlines.provisional,
        evidence=protos.timestamp(deadlines.evidence),
        waiting=protos.timestamp(deadlines.waiting),
    )


def _flood(one: Link) -> pb.ComplaintFlood:
    return pb.ComplaintFlood(
        warning=str(one.warning), link_time=protos.timestamp(one.linked_at), over_time=protos.timestamp(one.over_at)
    )


def _line(entry: Entry, record: CaseRecord, visible: set[UUID]) -> pb.TimelineEntry:
    # What is not for the public is between the reporter and those who handle the case: each reads what concerns them.
    # A note may say what the report says, so the public reads none before a verifier has released its words.
    parties = record.parties
    own = Party.REPORTER in parties and entry.by == "reporter"
    handles = bool(parties & {Party.AGENCY, Party.VERIFIER, Party.SYSTEM})
    told = own or handles or (entry.public and (bool(parties) or record.complaint.released))
    return pb.TimelineEntry(
        number=entry.number,
        at=protos.timestamp(entry.at),
        type=entry.type,
        by=entry.by,
        note=entry.note if told else "",
        state=protos.number(pb.ComplaintState, entry.state),
        trace_id=entry.trace_id,
        photos=[str(one) for one in entry.photos if one in visible],
        hash=entry.hash.hex(),
        # By its case as well: an instance of the version before writes no `refuses`. The next version needs it no more.
        refusal=entry.is_refusal or (record.complaint.refusal and entry.at == record.complaint.resolved_at),
    )
