"""One page: the templates, what every page knows, and how a problem becomes a page instead of JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import grpc.aio
import jinja2
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gateway.answers.addresses import below, own_path
from gateway.answers.problems import Problem, from_grpc
from gateway.bodies import entries
from gateway.callers.session import csp_nonce, csrf_token, current_caller, current_session, trace_id
from gateway.city.permitting import permitting_of
from gateway.city.registration import registration_agency
from gateway.city.riding import riding_of
from gateway.city.teaching import teaching_agencies
from gateway.city.ticketing import sellers_of
from gateway.gateway import current_gateway
from gateway.portal.kit import again, dates, faults, money
from gateway.portal.kit.assets import asset
from gateway.portal.kit.city_words import CityWords, drawing_of, words_of
from gateway.portal.kit.history import actor_words, event_words
from gateway.portal.kit.texts import LANGUAGE_COOKIE, LANGUAGES, Texts, language_of
from gateway.portal.kit.warned import warned
from services.kit.caller import Caller
from services.kit.city import City
from services.kit.ids import uuid7

LOGIN = "/auth/login"
LOGOUT = "/auth/logout"
WORKING_ROLES = frozenset({"officer", "verifier", "admin", "dispatcher", "crew"})


@dataclass(frozen=True)
class CallerWords:
    """What a page says and offers by who looks at it; what they may do is decided in the pillars."""

    signed_in: bool
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
    login: str
    login_here: str
    """The same, and back to the page that is shown."""
    logout: str


def texts_of(request: Request) -> Texts:
    """The words of the request's language."""
    return Texts(language_of(request))


def city_words(request: Request) -> CityWords:
    """The city in the request's language."""
    return words_of(current_gateway(request).city, language_of(request))


def new_key() -> str:
    """A fresh idempotency key for one rendering of a form."""
    return str(uuid7())


def render(request: Request, template: str, status: int = 200, *, private: bool = False, **context: Any) -> Response:
    """The page made of ``template``. ``private`` pages hold personal data and are kept by no cache at all."""
    body = _templates().get_template(template).render(_known(request) | context)
    cache_control = "no-store" if private else "private, no-cache"
    response = HTMLResponse(body, status, {"cache-control": cache_control, "vary": "accept-language, cookie"})
    _remember_language(request, response)
    return response


def fragment(request: Request, template: str, **context: Any) -> str:
    """A part of a page, as ``render`` would have it there."""
    return _templates().get_template(template).render(_known(request) | context)


def _known(request: Request) -> dict[str, Any]:
    """What every page knows."""
    gateway, texts, city = current_gateway(request), texts_of(request), city_words(request)
    zone = city.city.timezone
    viewer = gateway.settings.viewer_url.rstrip("/")
    return {
        "t": texts,
        "lang": texts.language,
        "zone": zone,
        "city": city,
        "caller": caller_words(current_caller(request), texts, city, request),
        "warned": warned(gateway),
        "csrf": csrf_token(request),
        "nonce": csp_nonce(request),
        "new_key": new_key,
        "other_language": _other_language(request, texts),
        "viewer_url": viewer,
        "trace_href": lambda trace: f"{viewer}/traces/{quote(trace)}",
        "story_href": lambda correlation: f"{viewer}/stories/{quote(correlation)}",
        "event_words": partial(event_words, texts),
        "actor_words": partial(actor_words, texts, city),
        "category_name": lambda ref: city.category_names.get(ref.id, ref.name) if ref else "",
        "agency_name": lambda ref: city.agency_names.get(ref.id, ref.name) if ref else "",
        "category_by_id": lambda name: city.category_names.get(name, name),
        "agency_by_id": lambda name: city.agency_names.get(name, name),
        "sector_by_id": lambda name: city.sector_names.get(name, name),
        "photo_bytes": gateway.settings.photo_bytes,
        "form": {},
        "errors": {},
        "doing": "",
        "done": "",
        "here": "",
    }


def caller_words(caller: Caller, texts: Texts, city: CityWords, request: Request) -> CallerWords:
    """The caller as the pages see them."""
    session, terms = current_session(request), city.terms
    admin, office = caller.has("admin"), caller.agency if caller.has("officer") else ""
    roles = [
        texts(f"role.{role}") for role in ("admin", "verifier", "officer", "dispatcher", "crew") if caller.has(role)
    ]
    transport = riding_of(current_gateway(request).city).agency
    agency = city.agency_names.get(caller.agency, caller.agency)
    words = [session.name if session else "", *roles, agency]
    return CallerWords(
        signed_in=session is not None,
        works=bool(WORKING_ROLES & caller.roles),
        dispatches=caller.has("dispatcher"),
        rides_along=caller.has("crew"),
        verifies=caller.has("verifier") or caller.has("admin"),
        simulates=caller.has("verifier") or caller.has("admin"),
        sees_all=caller.has("verifier") or caller.has("admin"),
        crew=admin or caller.agency in city.cleaning_agencies,
        measures=admin or office != "",
        rides=transport != "" and (admin or office == transport),
        registers=_registering(request) != "" and (admin or office == _registering(request)),
        treasury=admin or office == terms.treasury_agency != "",
        business=admin or office == terms.business_agency != "",
        levies=admin or office in terms.levying or office == terms.treasury_agency != "",
        counter=admin or office in terms.counters,
        warns=admin or office in current_gateway(request).bulletins.agencies,
        runs_transit=admin or office in _alerting(request),
        consults=city.participates and (admin or office != ""),
        keeps_timetable=admin or office in _importing(request),
        publishes_events=admin or office == _event_agency(request) != "",
        teaches=_teaches(request, office, admin=admin),
        permits=_permits(request, office, admin=admin),
        sells_tickets=admin or office in sellers_of(current_gateway(request).city),
        pays=caller.has("citizen"),
        agency="" if caller.has("crew") and not office else caller.agency,
        role_words=", ".join(filter(None, words)),
        login=login_href("/petugas"),
        login_here=login_href(own_path(request.url.path)),
        logout=LOGOUT,
    )


def _alerting(request: Request) -> Collection[str]:
    """Agencies whose officers write service alerts; none until the pillar has answered once."""
    living = current_gateway(request).home.section("living").overview
    return living.alert_agencies if living is not None else ()


def _registering(request: Request) -> str:
    return registration_agency(current_gateway(request).city)


def _teaches(request: Request, office: str, *, admin: bool) -> bool:
    agencies = teaching_agencies(current_gateway(request).city)
    return office in agencies or (admin and bool(agencies))


def _permits(request: Request, office: str, *, admin: bool) -> bool:
    agencies = permitting_of(current_gateway(request).city).agencies
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


def _other_language(request: Request, texts: Texts) -> dict[str, str] | None:
    """The same page in the other language; a page that answers a form has no address to link to."""
    if request.method != "GET":
        return None
    code = next(each for each in LANGUAGES if each != texts.language)
    query = {key: value for key, value in request.query_params.items() if key not in ("lang", "k")}
    return {
        "code": code,
        "name": Texts(code)("site.language"),
        "href": f"{own_path(request.url.path)}?{urlencode({**query, 'lang': code})}",
    }


def _remember_language(request: Request, response: Response) -> None:
    chosen = request.query_params.get("lang")
    if chosen in LANGUAGES and chosen != request.cookies.get(LANGUAGE_COOKIE):
        secure = current_gateway(request).settings.secure
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=31_536_000, secure=secure, httponly=True, samesite="lax")


def prepare(city: City) -> None:
    """Makes all that pages need once: templates, words, the map and what lies beside them.

    It takes about a second of the processor, for which no first visitor should hold up all others.
    """
    for name in _templates().list_templates():
        _templates().get_template(name)
    for language in LANGUAGES:
        words_of(city, language)
        Texts(language)("site.language")
    drawing_of(city)
    asset("portal.css")


@cache
def _templates() -> jinja2.Environment:
    folders = sorted(Path(__file__).parents[1].glob("*/templates"))
    environment = jinja2.Environment(
        # "economy/wallet.html" is gateway/portal/economy/templates/wallet.html
        loader=jinja2.PrefixLoader({each.parent.name: jinja2.FileSystemLoader(each) for each in folders}),
        autoescape=True,
        undefined=jinja2.ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["asset"] = asset
    environment.globals["below"] = below
    environment.filters["iso"] = lambda stamp: stamp.isoformat()
    environment.filters["past"] = dates.is_past
    environment.filters["size"] = _worded(lambda size, texts, zone: dates.size(size, texts))
    environment.filters["decimal"] = _worded(lambda stamp, texts, zone: dates.decimal(stamp, texts))
    environment.filters["money"] = _worded(lambda amount, texts, zone: money.words(amount, texts))
    environment.filters["percent"] = _worded(lambda part, texts, zone: money.share(part, texts))
    for name in (
        "moment",
        "day",
        "short_day",
        "day_month",
        "distance",
        "ago",
        "clock",
        "clock_seconds",
        "plain_day",
        "period",
    ):
        environment.filters[name] = _worded(getattr(dates, name))
    return environment


def _worded(words: Callable[..., str]) -> Callable[..., str]:
    """A filter that knows the page's language and the city's time zone."""

    @jinja2.pass_context
    def apply(context: jinja2.runtime.Context, value: Any) -> str:
        return words(value, context["t"], context["zone"])

    return apply


class PageRoute(APIRoute):
    """A route whose refusals are pages: people do not read problem+json."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wraps the handler."""
        handle = super().get_route_handler()

        async def handle_with_page(request: Request) -> Response:
            try:
                return await handle(request)
            except Problem as problem:
                await entries.read(request, current_gateway(request).settings)
                return problem_page(request, problem)
            except grpc.aio.AioRpcError as error:
                return problem_page(request, from_grpc(error))
            finally:
                await request.close()  # uploads are files until then

        return handle_with_page


def problem_page(request: Request, problem: Problem) -> Response:
    """The page that tells of a problem which has no form to go back to."""
    texts = texts_of(request)
    told = Trouble.of(problem, texts)
    action = None
    if problem.status == 401:
        action = {"href": login_href(own_path(request.url.path)), "label": texts("site.login")}
    given = entries.known(request, current_gateway(request).settings)
    response = render(
        request, "kit/message.html", problem.status, private=given is not None, number=problem.status,
        title=told.title, message=told.message, action=action, wait=again.wait_of(problem),
        again=again.of(request, problem, given, texts), trace_id=trace_id() if problem.status >= 500 else "",
    )  # fmt: skip
    response.headers.update(problem.headers)
    return response


_TELLS = frozenset({"RULES_INVALID"})
"""Reasons whose particulars no text of ours could tell: lines of a draft of rules."""


@dataclass(frozen=True)
class Trouble:
    """A problem in the reader's words, and which fields it concerns."""

    title: str
    message: str
    errors: Mapping[str, str]

    @classmethod
    def of(cls, problem: Problem, texts: Texts) -> Trouble:
        """Our own wording: that of the reason, of the status, or of the rule that does not hold.

        What a service says in English is added for readers of English, and where nothing else can tell as much.
        """
        own = texts.maybe(f"reason.{problem.reason}", "")
        general = texts.maybe(f"problem.m{problem.status}", "")
        tells = problem.reason in _TELLS or (texts.language == "en" and problem.status in (409, 422))
        specific = problem.detail if tells or not general else ""
        fields = _fields(problem)
        errors = {name: told(texts, problem.reason, name, said) for name, said in fields}
        if any(faults.too_long(said, texts) for _, said in fields):
            own = ""  # it says what too little is
        message = own or " ".join(filter(None, (general, specific)))
        title = texts.maybe(f"problem.p{problem.status}", texts("problem.p500"))
        return cls(texts.maybe(f"problem.p_{problem.reason}", title), message, errors)

    def context(self) -> dict[str, Any]:
        """For the template: the summary and the fields' errors."""
        return {"problem": self, "errors": self.errors}


def _fields(problem: Problem) -> list[tuple[str, str]]:
    """Names of the entries that a problem is about, and what the service says of each."""
    return [(each.field.rpartition(".")[2], each.message) for each in problem.errors]


def told(texts: Texts, reason: str, field: str, said: str) -> str:
    """What is wrong with a field: of how much too long it is, else our own wording of the reason, else of the rule."""
    own = texts.maybe(f"reason.{reason}", "")
    return faults.too_long(said, texts) or _at(texts, reason, field) or own or faults.in_words(said, texts)


def _at(texts: Texts, reason: str, field: str) -> str:
    """Our own wording of a reason for one of the fields that share it."""
    return texts.maybe(f"reason.{reason}_{field}", "")


def field_trouble(texts: Texts, **errors: str) -> Trouble:
    """Entries that the portal itself finds wanting."""
    return Trouble(texts("form.problem"), texts("problem.m422"), errors)
