"""Destinations as the contract has them, and what the contract says as destinations have it."""

from services.branding.advisories import views as advisories
from services.branding.destinations.actions import Shown
from services.branding.destinations.model import Access, Content, Exceptional, Payer, Price
from services.branding.photos import views as photos
from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from smartcity.branding.v1 import destinations_pb2 as pb


def content_of(given: pb.DestinationContent) -> Content:
    """What is proposed."""
    return Content(
        description=given.description,
        description_en=given.description_en,
        hours=" ".join(given.hours.split()),
        exceptions=tuple(Exceptional(one.day, " ".join(one.times.split())) for one in given.exceptions),
        prices=tuple(Price(protos.member(pb.PriceClass, one.payer, Payer), one.units) for one in given.prices),
        note=given.note,
        access=protos.member(pb.DestinationAccess, given.wheelchair, Access) if given.wheelchair else Access.UNKNOWN,
        website=given.website,
        closed=given.closed or given.use == pb.DESTINATION_USE_CLOSED,
        in_use=given.use == pb.DESTINATION_USE_IN_USE and not given.closed,
    )


def content(said: Content, *, proposed: bool = False) -> pb.DestinationContent:
    """What is said; or what is proposed, which need not say whether it is in use."""
    use = pb.DESTINATION_USE_IN_USE if said.in_use or not proposed else pb.DESTINATION_USE_UNSPECIFIED
    return pb.DestinationContent(
        description=said.description,
        description_en=said.description_en,
        hours=said.hours,
        exceptions=[pb.HoursException(day=one.day, times=one.times if one.spans else "") for one in said.exceptions],
        prices=[pb.Price(payer=protos.number(pb.PriceClass, one.payer), units=one.units) for one in said.prices],
        note=said.note,
        wheelchair=protos.number(pb.DestinationAccess, said.access),
        website=said.website,
        closed=said.closed,
        use=pb.DESTINATION_USE_CLOSED if said.closed else use,
    )


def view(tx: Transaction, shown: Shown) -> pb.Destination:
    """A destination as it is now."""
    one, city = shown.found.destination, tx.runtime.city
    opening = one.opening(tx.now, city.calendar)
    return pb.Destination(
        id=str(one.id),
        code=one.code,
        kind=protos.number(pb.DestinationKind, one.kind),
        name=one.name,
        content=content(one.said),
        area=protos.area(city, one.area),
        location=protos.point(one.lon, one.lat),
        approximate=one.approximate,
        open_state=protos.number(pb.DestinationOpenState, opening.state),
        open_state_until=protos.timestamp(opening.until),
        status=protos.number(pb.DestinationStatus, one.status),
        checked_on=one.checked_on.isoformat() if one.checked_on else "",
        source=one.source,
        advisories=[advisories.view(city, each, one) for each in shown.advisories],
        distance=shown.found.distance,
        update_time=protos.timestamp(one.updated_at),
        etag=etag.of(one.version),
        photos=[photos.view(each) for each in shown.photos],
    )
