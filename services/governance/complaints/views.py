"""Complaints as their readers may see them: model -> proto. Every rule about what is shown stands here."""

import math
from uuid import UUID

from services.governance.complaints import events
from services.governance.complaints.filing import Similar
from services.governance.complaints.model import Complaint, Move, Party
from services.governance.complaints.story import Story
from services.governance.photos.model import Photo
from services.governance.receipts.model import Entry
from services.kit.city import City
from services.kit.rpc import etag as etags
from services.kit.rpc import protos
from smartcity.governance.v1 import complaints_pb2 as pb

_DISTANCE_STEP = 50
_REPORTERS_OWN = {Move.RATE, Move.REOPEN, Move.REPLY, Move.WITHDRAW}
_TRANSITIONS = {move: protos.number(pb.Transition, move) for move in Move if move not in _REPORTERS_OWN}


def complaint(story: Story, city: City) -> pb.Complaint:
    """The complaint of a story, for whoever the story is told to."""
    found, inside = story.complaint, bool(story.parties)
    visible = {photo.id for photo in story.photos}
    shown = pb.Complaint(
        code=found.code,
        state=events.state(found.state),
        category=category(city, found.category),
        area=protos.area(city, found.place.area),
        text=found.text if inside else found.public_text,
        released=found.released,
        agency=protos.agency(city, found.agency),
        routing=pb.Routing(rule=found.assignment.rule, why_id=found.assignment.why_id, why_en=found.assignment.why_en),
        due=_due(found),
        timeline=[_line(entry, story.parties, visible) for entry in story.history],
        photos=[photo(one) for one in story.photos],
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
        transitions=[_TRANSITIONS[move] for move in story.can if move in _TRANSITIONS],
        has_contact=story.has_contact and _may_know_contact(story),
        **{"class": events.kind(found)},
    )
    if inside:
        shown.landmark = found.place.landmark
    if (point := events.point(found)) and (inside or _place_is_public(found, city)):
        shown.location.CopyFrom(point)
    return shown


def _place_is_public(found: Complaint, city: City) -> bool:
    """The exact position goes with released words, but never for the categories that are private by nature."""
    about = city.category(found.category)
    return found.released and about is not None and not about.private


def _may_know_contact(story: Story) -> bool:
    """An agency does not even learn whether an anonymous reporter can be reached."""
    return not story.complaint.anonymous or bool(story.parties & {Party.REPORTER, Party.VERIFIER})


def similar(found: Similar, city: City) -> pb.SimilarComplaint:
    """A complaint that may be the same matter. The distance is rounded up to 50 m: it must not give a place away."""
    one, distance = found.complaint, found.distance
    return pb.SimilarComplaint(
        code=one.code,
        category=category(city, one.category),
        area=protos.area(city, one.place.area),
        distance=-1 if distance is None else math.ceil(distance / _DISTANCE_STEP) * _DISTANCE_STEP,
        score=round(found.score, 2),
        state=events.state(one.state),
        text=one.public_text,
        create_time=protos.timestamp(one.created_at),
        supporters=one.supporters,
    )


def category(city: City, identity: str) -> pb.CategoryRef:
    """A category by name; by its id when the profile no longer has it."""
    found = city.category(identity)
    return pb.CategoryRef(id=identity, name=found.name_id if found else identity)


def photo(found: Photo) -> pb.Photo:
    """What is known of a photo."""
    return pb.Photo(
        id=str(found.id), content_type=found.content_type, width=found.width, height=found.height, size=found.size,
        released=found.released, evidence=found.evidence,
    )  # fmt: skip


def _due(found: Complaint) -> pb.Due:
    deadlines = found.deadlines
    return pb.Due(
        verification=protos.timestamp(deadlines.verification),
        response=protos.timestamp(deadlines.response),
        resolution=protos.timestamp(deadlines.resolution),
        auto_close=protos.timestamp(deadlines.auto_close),
        reopen_until=protos.timestamp(deadlines.reopen_until),
        provisional=deadlines.provisional,
    )


def _line(entry: Entry, parties: frozenset[Party], visible: set[UUID]) -> pb.TimelineEntry:
    # What is not for the public is between the reporter and those who handle the case: each reads what concerns them.
    own = Party.REPORTER in parties and entry.by == "reporter"
    told = entry.public or own or bool(parties & {Party.AGENCY, Party.VERIFIER, Party.SYSTEM})
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
    )
