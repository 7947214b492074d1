"""Filing a complaint, joining one, and finding those that look like it."""

from dataclasses import dataclass, replace

from services.governance.complaints import access, link, similarity, store, story
from services.governance.complaints.clocks import Clocks
from services.governance.complaints.model import (
    Assignment,
    Channel,
    Class,
    Complaint,
    Party,
    Place,
    State,
    is_open,
    moves,
)
from services.governance.complaints.moves import Happening, Step
from services.governance.complaints.similarity import Features
from services.governance.complaints.story import Story
from services.governance.contacts import actions as contacts
from services.governance.contacts.model import Contact
from services.governance.news import actions as news
from services.governance.news.model import Kind
from services.governance.resources import resources
from services.kit import codes
from services.kit.caller import Caller
from services.kit.city import Area, Category, City
from services.kit.database import Transaction
from services.kit.errors import forbidden, invalid, precondition
from services.kit.ids import uuid7

FALLBACK = "lainnya"
_TRIES = 4
_NO_CONTACT = Contact()
_STAFF = frozenset({"officer", "verifier", "admin", "system"})


@dataclass(frozen=True)
class Filing:
    """What somebody brings. Give a position, an area code or a landmark."""

    text: str
    category: str = ""
    position: tuple[float, float] | None = None
    """Longitude and latitude, WGS 84 degrees."""
    area_code: str = ""
    landmark: str = ""
    contact: Contact = _NO_CONTACT
    anonymous: bool = False
    secret: bool = False
    channel: Channel = Channel.API
    exercise: bool = False


async def file(tx: Transaction, filing: Filing) -> Story:
    """Files a complaint. Errors: INVALID with the field, FORBIDDEN DRILL_NOT_ALLOWED or CHANNEL_NOT_ALLOWED."""
    _check_caller(tx.caller, filing)
    complaint = _complaint(tx, filing)
    step = Step(Happening.FILED, State.FILED, State.FILED)
    for attempt in range(_TRIES):
        # Random codes hardly ever collide; once they do, longer ones make room.
        code = codes.new(tx.runtime.city.code_prefix, codes.SHORT + attempt)
        complaint = replace(complaint, code=code)
        first = story.entry(tx, complaint, None, step, "reporter")
        if await store.insert(tx, complaint, first):
            break
    else:
        raise RuntimeError("no free complaint code was found")
    story.emit(tx, complaint, step, 0)
    given = not filing.contact.is_empty
    if given:
        contact = filing.contact
        await contacts.keep(tx, complaint.id, name=contact.name, email=contact.email, phone=contact.phone)
        await news.tell(tx, complaint.id, Kind.FILED, story.facts(tx, complaint))
    parties = access.parties(tx.caller, complaint) | {Party.REPORTER}
    return Story(complaint, parties, tuple(moves(complaint, parties)), (first,), (), given)


def _check_caller(caller: Caller, filing: Filing) -> None:
    if filing.exercise and not caller.roles & _STAFF:
        raise forbidden("DRILL_NOT_ALLOWED", "Only staff of the city can file a drill.", field="exercise")
    if filing.channel is Channel.DEMO and not caller.roles & {"admin", "system"}:
        raise forbidden("CHANNEL_NOT_ALLOWED", "Only the city can file demonstration data.", field="channel")


def _complaint(tx: Transaction, filing: Filing) -> Complaint:
    city, caller = tx.runtime.city, tx.caller
    place = locate(city, filing)
    category = choose(city, filing.category, filing.text)
    identity = uuid7()
    key = link.derive(resources(tx.runtime).link_secret, identity)
    return Complaint(
        id=identity,
        code="",
        version=1,
        state=State.FILED,
        kind=Class(category.class_),
        category=category.id,
        place=place,
        text=filing.text,
        assignment=routed(city, category.id, place.area),
        deadlines=Clocks(city.calendar).filed(tx.now, story.terms(city, category.id)),
        channel=filing.channel,
        created_at=tx.now,
        updated_at=tx.now,
        link_hash=link.digest(key),
        reporter=caller.subject if access.identified(caller) else "",
        secret=filing.secret or category.private,
        anonymous=filing.anonymous,
        exercise=filing.exercise,
    )


def routed(city: City, category: str, area_code: str) -> Assignment:
    """The agency that the rules lead to, and why."""
    route = city.route(category, area_code or None)
    return Assignment(route.agency.id, route.rule.order, route.why_id, route.why_en)


def choose(city: City, category: str, text: str) -> Category:
    """The named category, else the likeliest of the text. Errors: INVALID CATEGORY_UNKNOWN."""
    if not category:
        likely = city.suggest(text, 1)
        found = likely[0][0] if likely else city.category(FALLBACK)
        if found is None:
            message = "The text does not tell what this is about; name a category in `category`."
            raise invalid("CATEGORY_UNKNOWN", message, field="category")
        return found
    found = city.category(category)
    if found is None:
        message = f"There is no category {category[:60]!r}; the list is at /v1/categories, or leave it empty."
        raise invalid("CATEGORY_UNKNOWN", message, field="category")
    return found


def locate(city: City, filing: Filing) -> Place:
    """Where it is. Errors: INVALID LOCATION_REQUIRED, OUTSIDE_CITY, AREA_UNKNOWN."""
    if filing.position is not None:
        lon, lat = filing.position
        return Place(point_area(city, lon, lat).code, lon, lat, filing.landmark)
    if filing.area_code:
        return Place(area=known_area(city, filing.area_code).code, landmark=filing.landmark)
    if filing.landmark:
        found = city.place(filing.landmark)
        if found is None:
            return Place(landmark=filing.landmark)  # a verifier who knows the town puts it right
        if found.approximate:
            return Place(area=found.area.code, landmark=filing.landmark)
        return Place(found.area.code, found.lon, found.lat, filing.landmark)
    message = "Say where it is: a position (`lon`, `lat`), the code of a kelurahan (`area_code`) or a `landmark`."
    raise invalid("LOCATION_REQUIRED", message, field="location")


def point_area(city: City, lon: float, lat: float) -> Area:
    """The kelurahan of a position. Errors: INVALID OUTSIDE_CITY."""
    found = city.locate(lon, lat)
    if found is None:
        swapped = -90 <= lon <= 90 and city.locate(lat, lon) is not None
        hint = " Longitude and latitude look swapped." if swapped else ""
        message = (
            f"The position {lon:.5f}, {lat:.5f} lies outside {city.name_en}.{hint} Move the marker into the city, or "
            "report it to the government of that place (lapor.go.id takes complaints for all of Indonesia)."
        )
        raise invalid("OUTSIDE_CITY", message, field="location")
    return found


def known_area(city: City, code: str) -> Area:
    """A kelurahan or desa by its code. Errors: INVALID AREA_UNKNOWN."""
    found = city.area(code)
    if found is None or not found.is_lowest:
        message = f"{code[:20]!r} is no kelurahan of {city.name_en}; the codes are at /v1/areas, such as 33.74.01.1007."
        raise invalid("AREA_UNKNOWN", message, field="location.area_code")
    return found


async def join(tx: Transaction, code: str, contact: Contact) -> tuple[str, int]:
    """Adds the caller to a case ("me too"); answers its code and how many joined. Joining again changes nothing.

    Errors: COMPLAINT_NOT_FOUND, PRECONDITION COMPLAINT_NOT_OPEN.
    """
    complaint = (await access.find(tx, code, lock=True)).complaint
    if not is_open(complaint):
        message = f"This case is {complaint.state}; file a new complaint if the matter goes on."
        raise precondition("COMPLAINT_NOT_OPEN", message, state=complaint.state.value)
    supporter = uuid7()
    known = access.identified(tx.caller)
    if known and tx.caller.subject == complaint.reporter:
        return complaint.code, complaint.supporters
    added = await store.join(tx, complaint.id, supporter, tx.caller.subject if known else f"request:{supporter}")
    if added and not contact.is_empty:
        await contacts.keep(
            tx, complaint.id, name=contact.name, email=contact.email, phone=contact.phone, supporter=supporter
        )
    return complaint.code, complaint.supporters + added


@dataclass(frozen=True)
class Similar:
    """A complaint that may be the same matter; distance in metres, None when not known."""

    complaint: Complaint
    distance: float | None
    score: float


async def similar(
    tx: Transaction, text: str, category: str, position: tuple[float, float] | None, area_code: str
) -> list[Similar]:
    """Open cases that look like this one, the likeliest first; secret ones never show."""
    city = tx.runtime.city
    if position is None and not area_code:
        raise invalid("LOCATION_REQUIRED", "Say where it is: a position or the code of a kelurahan.", field="location")
    area = point_area(city, *position).code if position else known_area(city, area_code).code
    lon, lat = position or (None, None)
    likely = [found.id for found, _ in city.suggest(text, 1)]
    about = choose(city, category, text).id if category else "".join(likely)
    wanted = Features(about, text, area, lon, lat, tx.now)
    box = similarity.box(*position) if position else None
    found = await store.near(tx, area, box, tx.now - similarity.WINDOW)
    ranked = [_compare(wanted, complaint) for complaint in found]
    ranked = sorted((item for item in ranked if item.score >= similarity.THRESHOLD), key=lambda item: -item.score)
    return ranked[: similarity.MOST]


def _compare(wanted: Features, complaint: Complaint) -> Similar:
    place = complaint.place
    other = Features(complaint.category, complaint.text, place.area, place.lon, place.lat, complaint.created_at)
    return Similar(complaint, similarity.distance(wanted, other), similarity.score(wanted, other))
