"""A facility as the contract says it."""

from collections.abc import Sequence
from typing import Any

from services.kit.city import opening_hours as hours
from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from services.living.facilities.model import Change
from services.living.facilities.store import Found
from smartcity.living.v1 import facilities_pb2 as pb


def view(tx: Transaction, found: Found, changes: Sequence[Change] = ()) -> pb.Facility:
    """A facility as it is now."""
    one, city = found.facility, tx.runtime.city
    open_ = one.opening(tx.now, city.calendar)
    return pb.Facility(
        id=str(one.id),
        code=one.code,
        kind=protos.number(pb.FacilityKind, one.kind),
        name=one.name,
        agency=one.agency,
        area=protos.area(city, one.area),
        location=protos.point(one.lon, one.lat),
        approximate=one.approximate,
        hours=week(one.hours, planned=one.hours_planned),
        open_state=protos.number(pb.FacilityOpenState, open_.state),
        open_state_until=protos.timestamp(open_.until),
        wheelchair=protos.number(pb.FacilityAccess, one.access),
        status=protos.number(pb.FacilityStatus, one.status),
        checked_on=one.checked_on.isoformat() if one.checked_on else "",
        note=one.note,
        source=one.source,
        use=use(closed=one.closed),
        distance=found.distance,
        changes=[_change(each) for each in changes],
        create_time=protos.timestamp(one.created_at),
        update_time=protos.timestamp(one.updated_at),
        etag=etag.of(one.version),
    )


def use(*, closed: bool | None) -> Any:
    """The number of whether it is in use; not given for None."""
    if closed is None:
        return pb.FACILITY_USE_UNSPECIFIED
    return pb.FACILITY_USE_CLOSED if closed else pb.FACILITY_USE_IN_USE


def week(text: str, *, planned: bool = False) -> pb.OpeningHours | None:
    """Hours by the day; None where they are not known."""
    if not text:
        return None
    parsed = hours.parse(text)
    days = [_day(name, spans) for name, spans in zip(hours.DAYS, parsed.week, strict=True)]
    if parsed.holidays is not None:
        days.append(_day(hours.HOLIDAYS, parsed.holidays))
    return pb.OpeningHours(text=text, days=days, planned=planned)


def _day(name: str, spans: hours.Spans) -> pb.OpeningDay:
    periods = [pb.OpeningPeriod(opens=hours.written(one.opens), closes=hours.written(one.closes)) for one in spans]
    return pb.OpeningDay(day=name, periods=periods)


def _change(change: Change) -> pb.FacilityChange:
    fields = [protos.number(pb.FacilityField, one) for one in change.fields]
    return pb.FacilityChange(time=protos.timestamp(change.at), fields=fields, corrected=change.correction is not None)
