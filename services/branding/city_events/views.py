"""Events as the contract has them, and what the contract says as events have it."""

from collections.abc import Sequence

from services.branding.city_events import access, model
from services.branding.city_events.actions import Shown
from services.branding.city_events.calling_off import Stays
from services.branding.city_events.model import CityEvent, Content, Item, Kind, Occasion, OccasionState, State
from services.branding.city_events.recurrence import Dated, Moved, Schedule
from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from smartcity.branding.v1 import city_events_pb2 as pb


def content_of(given: pb.CityEventContent) -> Content:
    """What was written."""
    placed = given.HasField("location")
    return Content(
        name=" ".join(given.name.split()),
        kind=protos.member(pb.CityEventKind, given.kind, Kind),
        venue=" ".join(given.venue.split()),
        name_en=" ".join(given.name_en.split()),
        description=given.description,
        description_en=given.description_en,
        organiser=" ".join(given.organiser.split()),
        lon=given.location.lon if placed else None,
        lat=given.location.lat if placed else None,
        areas=tuple(given.areas),
        website=given.website,
        custom=given.custom,
        custom_en=given.custom_en,
        programme=tuple(Item(one.title, one.time, one.title_en) for one in given.programme),
        expected=given.expected,
        extra_service=given.extra_service,
        waste_round=given.waste_round,
        schedule=_schedule_of(given.schedule),
    )


def _schedule_of(given: pb.EventSchedule) -> Schedule:
    return Schedule(
        dates=tuple(Dated(one.start, one.end, one.source) for one in given.dates),
        rule=given.rule.strip().upper().removeprefix("RRULE:"),
        start=given.start,
        end=given.end,
        exceptions=tuple(given.exceptions),
        moved=tuple(Moved(one.of, one.start, one.end) for one in given.moved),
    )


def view(tx: Transaction, shown: Shown) -> pb.CityEvent:
    """An event, with what waits for those who may know of it."""
    it, said, theirs = shown.event, shown.event.said, access.writes(tx, shown.event)
    dropped = {one.id for one in shown.dropped}
    return pb.CityEvent(
        id=str(it.id),
        code=it.code,
        state=protos.number(pb.CityEventState, it.state),
        content=content(said),
        written=content(model.read(it.written)) if it.written and theirs else None,
        areas=protos.areas(tx.runtime.city, said.areas),
        agency=it.agency,
        occasions=[occasion(one, dropped=one.id in dropped, stays=shown.stays.get(one.id)) for one in shown.occasions],
        status=protos.number(pb.CityEventStatus, it.status),
        source=it.source,
        reason=it.reason if it.state is State.CANCELLED else "",  # of dates they tell it themselves
        own=theirs and bool(it.written) and it.written_by == tx.caller.subject,
        create_time=protos.timestamp(it.created_at),
        publish_time=protos.timestamp(it.published_at),
        update_time=protos.timestamp(it.updated_at),
        etag=etag.of(it.version),
        next=occasion(shown.next) if shown.next else None,
        theirs=theirs,
        dropped=len(dropped),
        cancel_refused=shown.all_stays.reason if shown.all_stays else "",
        put_off=[occasion(one, stays=stays) for one, stays in shown.put_off.items()],
        publish_refused=shown.publishing.reason if shown.publishing else "",
        cancel_agency=shown.all_stays.agency if shown.all_stays else "",
        awaited=shown.next is None and model.awaited(it, tx.runtime.city.timezone, tx.now),
    )


def content(said: Content) -> pb.CityEventContent:
    """What an event says."""
    return pb.CityEventContent(
        name=said.name,
        name_en=said.name_en,
        kind=protos.number(pb.CityEventKind, said.kind),
        description=said.description,
        description_en=said.description_en,
        organiser=said.organiser,
        venue=said.venue,
        location=protos.point(said.lon, said.lat),
        areas=said.areas,
        website=said.website,
        custom=said.custom,
        custom_en=said.custom_en,
        programme=[pb.ProgrammeItem(time=one.time, title=one.title, title_en=one.title_en) for one in said.programme],
        expected=said.expected,
        extra_service=said.extra_service,
        waste_round=said.waste_round,
        schedule=_schedule(said.schedule),
    )


def _schedule(one: Schedule) -> pb.EventSchedule:
    return pb.EventSchedule(
        dates=[pb.EventDate(start=each.start, end=each.end, source=each.source) for each in one.dates],
        rule=one.rule,
        start=one.start,
        end=one.end,
        exceptions=one.exceptions,
        moved=[pb.EventMove(of=each.of, start=each.start, end=each.end) for each in one.moved],
    )


def occasion(one: Occasion, *, dropped: bool = False, stays: Stays | None = None) -> pb.Occasion:
    """A date; ``dropped`` once what was written anew is published, and why it ``stays`` if the caller cannot call it
    off.
    """
    return pb.Occasion(
        id=str(one.id),
        event_id=str(one.event_id),
        starts_at=protos.timestamp(one.starts_at),
        ends_at=protos.timestamp(one.ends_at),
        state=protos.number(pb.OccasionState, one.state),
        all_day=one.all_day,
        source=one.source,
        sequence=one.sequence,
        moved=one.moved,
        was=one.key if one.moved else "",
        reason=one.reason if one.state is OccasionState.CANCELLED else "",
        dropped=dropped,
        cancel_refused=stays.reason if stays else "",
        cancel_agency=stays.agency if stays else "",
    )


def named(one: Occasion, of: CityEvent) -> pb.Occasion:
    """A date in a list of dates of many events."""
    said, made = of.said, occasion(one)
    made.MergeFrom(
        pb.Occasion(
            code=of.code,
            name=said.name,
            name_en=said.name_en,
            kind=protos.number(pb.CityEventKind, of.kind),
            venue=said.venue,
        )
    )
    return made


def views(tx: Transaction, found: Sequence[Shown]) -> list[pb.CityEvent]:
    """Several."""
    return [view(tx, one) for one in found]
