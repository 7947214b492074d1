"""What a page says and offers by who looks at it: their roles, their agency, and where to log in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request

from gateway.callers.session import current_session
from gateway.city.permitting import permitting_of
from gateway.city.registration import registration_agency
from gateway.city.riding import riding_of
from gateway.city.teaching import teaching_agencies
from gateway.city.ticketing import sellers_of
from gateway.gateway import current_gateway
from gateway.portal.kit.city_words import CityWords
from gateway.portal.kit.here import to_come_back_to
from gateway.portal.kit.texts import Texts
from services.kit.caller import Caller

LOGIN = "/auth/login"
LOGOUT = "/auth/logout"
WORKING_ROLES = frozenset({"officer", "verifier", "admin", "dispatcher", "crew"})


@dataclass(frozen=True)
class CallerWords:
    """What a page says and offers by who looks at it; what they may do is decided in the pillars."""

    signed_in: bool
    digest: str
    """Tells logins apart in this browser."""
    works: bool
    """Officer, verifier, administrator, or somebody of the emergency number."""
    dispatches: bool
    """Takes calls to the emergency number."""
    rides_along: bool
    """Is a crew of its units."""
    verifies: bool
    simulates: bool
    sees_all: bool
    """Not bound to one agency."""
    crew: bool
    """Has to do with clean-ups."""
    measures: bool
    """May run what measures: an officer of some agency, or an administrator."""
    rides: bool
    """Looks after rides: an officer of the transport agency of a city that takes taps."""
    registers: bool
    """Verifies residents."""
    treasury: bool
    """Looks after the city's money."""
    business: bool
    """Takes merchants on."""
    levies: bool
    """Issues bills, or looks at all of them."""
    counter: bool
    """Takes money at a counter of the city."""
    warns: bool
    """Acts on flood warnings, or looks at what is proposed."""
    runs_transit: bool
    """Writes service alerts of public transport, or looks at all of them."""
    consults: bool
    """Runs processes that residents take part in: an officer of some agency of a city that has them."""
    keeps_timetable: bool
    """Imports timetables of public transport."""
    publishes_events: bool
    """Publishes events and answers for destinations, or looks at all of them."""
    teaches: bool
    """Offers courses, or looks at all of them."""
    permits: bool
    """Checks or decides on permits, or looks at all of them."""
    sells_tickets: bool
    """Sells tickets, or looks at all sales."""
    pays: bool
    """May have a wallet and businesses of their own."""
    agency: str
    role_words: str
    login_here: str
    """To log in, and back to the page that is shown."""
    logout: str


def caller_words(caller: Caller, texts: Texts, city: CityWords, request: Request) -> CallerWords:
    """The caller as the pages see them."""
    session, terms = current_session(request), city.terms
    admin, office = caller.has("admin"), caller.agency if caller.has("officer") else ""
    roles = [
        texts(f"role.{role}") for role in ("admin", "verifier", "officer", "dispatcher", "crew") if caller.has(role)
    ]
    served = current_gateway(request).city
    transport, registering = riding_of(served).agency, registration_agency(served)
    agency = city.agency_names.get(caller.agency, caller.agency)
    words = [session.name if session else "", *roles, agency]
    return CallerWords(
        signed_in=session is not None,
        digest=current_gateway(request).sessions.login(caller),
        works=bool(WORKING_ROLES & caller.roles),
        dispatches=caller.has("dispatcher"),
        rides_along=caller.has("crew"),
        verifies=caller.has("verifier") or caller.has("admin"),
        simulates=caller.has("verifier") or caller.has("admin"),
        sees_all=caller.has("verifier") or caller.has("admin"),
        crew=admin or caller.agency in city.cleaning_agencies,
        measures=admin or office != "",
        rides=transport != "" and (admin or office == transport),
        registers=registering != "" and (admin or office == registering),
        treasury=admin or office == terms.treasury_agency != "",
        business=admin or office == terms.business_agency != "",
        levies=admin or office in terms.levying or office == terms.treasury_agency != "",
        counter=admin or office in terms.counters,
        warns=admin or office in current_gateway(request).bulletins.agencies,
        runs_transit=admin or office in _alerting(request),
        consults=city.participates and (admin or office != ""),
        keeps_timetable=admin or office in _importing(request),
        publishes_events=admin or office == _event_agency(request) != "",
        teaches=_of(teaching_agencies(served), office, admin=admin),
        permits=_of(permitting_of(served).agencies, office, admin=admin),
        sells_tickets=admin or office in sellers_of(served),
        pays=caller.has("citizen"),
        agency="" if caller.has("crew") and not office else caller.agency,
        role_words=", ".join(filter(None, words)),
        login_here=login_href(to_come_back_to(request)),
        logout=LOGOUT,
    )


def _alerting(request: Request) -> Collection[str]:
    """Agencies whose officers write service alerts; none until the pillar has answered once."""
    living = current_gateway(request).home.section("living").overview
    return living.alert_agencies if living is not None else ()


def _of(agencies: Collection[str], office: str, *, admin: bool) -> bool:
    """Whether it is an office of one of these, or an administrator where there is any."""
    return office in agencies or (admin and bool(agencies))


def _importing(request: Request) -> Collection[str]:
    """Agencies whose officers import timetables; none until the pillar has answered once."""
    living = current_gateway(request).home.section("living").overview
    return living.timetable_agencies if living is not None else ()


def _event_agency(request: Request) -> str:
    """The agency whose officers publish events; none until the pillar has answered once."""
    branding = current_gateway(request).home.section("branding").overview
    return (branding.event_agency or "") if branding is not None else ""


def login_href(after: str) -> str:
    """Where to log in, and where to go afterwards."""
    return f"{LOGIN}?{urlencode({'next': after})}"
