"""What somebody brings, who may bring it, and where it is. Pure."""

from dataclasses import dataclass

from services.governance.cases.model import Channel, Location
from services.governance.contacts.model import Contact
from services.kit.caller import Caller
from services.kit.city import Area, City
from services.kit.errors import forbidden, invalid

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
    own_address: bool = False
    """Whether the contact's e-mail address is the verified one of the caller's login."""


def check_caller(caller: Caller, filing: Filing) -> None:
    """Refuses drills and demonstration data of whoever may not file them.

    Errors: FORBIDDEN DRILL_NOT_ALLOWED, CHANNEL_NOT_ALLOWED.
    """
    if filing.exercise and not caller.roles & _STAFF:
        raise forbidden("DRILL_NOT_ALLOWED", "Only staff of the city can file a drill.", field="exercise")
    if filing.channel is Channel.DEMO and not caller.roles & {"admin", "system"}:
        raise forbidden("CHANNEL_NOT_ALLOWED", "Only the city can file demonstration data.", field="channel")


def locate(city: City, filing: Filing) -> Location:
    """Where it is. Errors: INVALID LOCATION_REQUIRED, OUTSIDE_CITY, AREA_UNKNOWN."""
    if filing.position is not None:
        lon, lat = filing.position
        return Location(point_area(city, lon, lat).code, lon, lat, filing.landmark)
    if filing.area_code:
        return Location(area=known_area(city, filing.area_code).code, landmark=filing.landmark)
    if filing.landmark:
        found = city.place(filing.landmark)
        if found is None:
            return Location(landmark=filing.landmark)  # a verifier who knows the town puts it right
        if found.approximate:
            return Location(area=found.area.code, landmark=filing.landmark)
        return Location(found.area.code, found.lon, found.lat, filing.landmark)
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
