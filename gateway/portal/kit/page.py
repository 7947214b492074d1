"""One page: the templates, what every page knows, and how a problem becomes a page instead of JSON."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any
from urllib.parse import quote

import grpc.aio
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gateway.answers.problems import Problem, from_grpc
from gateway.bodies import entries
from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit import again, held, own_values, told
from gateway.portal.kit.assets import asset
from gateway.portal.kit.caller_words import WORKING_ROLES, caller_words, login_href
from gateway.portal.kit.city_words import CityWords, drawing_of, words_of
from gateway.portal.kit.here import address, page_of, shared_at, to_come_back_to
from gateway.portal.kit.history import actor_words, event_words, note_words
from gateway.portal.kit.paging import first_page
from gateway.portal.kit.templating import make_ready, templates
from gateway.portal.kit.texts import Texts, language_of, offered, remember_language
from gateway.portal.kit.trouble import Trouble
from gateway.portal.kit.warned import warned
from gateway.portal.kit.way_back import DESK, is_below
from observability.context import current_trace_id
from services.kit.city import City


def texts_of(request: Request) -> Texts:
    """The words of the request's language."""
    return Texts(language_of(request))


def city_words(request: Request) -> CityWords:
    """The city in the request's language."""
    return words_of(current_gateway(request).city, language_of(request))


def render(request: Request, template: str, status: int = 200, *, private: bool = False, **context: Any) -> Response:
    """The page made of ``template``. ``private`` pages hold personal data and are kept by no cache at all."""
    body = templates().get_template(template).render(_known(request) | context)
    body = again.without_form(request, context, body, texts_of(request))
    if words := again.unshown(context, body, texts_of(request)):
        body, private = body.replace(again.UNSHOWN, fragment(request, "kit/parts/unshown.html", words=words), 1), True
    cache_control = "no-store" if private else "private, no-cache"
    response = HTMLResponse(body, status, {"cache-control": cache_control, "vary": "accept-language, cookie"})
    remember_language(request, response)
    return response


def fragment(request: Request, template: str, **context: Any) -> str:
    """A part of a page, as ``render`` would have it there."""
    return templates().get_template(template).render(_known(request) | context)


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
        **own_values.known(request),
        "other_language": _other_language(request, texts),
        "languages": offered(request),
        "language_name": lambda code: Texts(code)("site.language"),
        "site": gateway.settings.origin,
        "shared_at": partial(shared_at, request),
        "answers": request.method != "GET",
        "viewer_url": viewer,
        "trace_href": lambda trace: f"{viewer}/traces/{quote(trace)}",
        "story_href": lambda correlation: f"{viewer}/stories/{quote(correlation)}",
        "event_words": partial(event_words, texts),
        "note_words": partial(note_words, texts),
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


def _other_language(request: Request, texts: Texts) -> dict[str, str] | None:
    """The same page in the other language; of one that answers a form, the page that the form is of.

    None where the city offers one alone, and where an officer's form is answered: what was typed there is kept in no
    browser, and would be lost.
    """
    code = next((each for each in offered(request) if each != texts.language), "")
    if not code:
        return None
    if request.method != "GET" and is_below(request.url.path, DESK):
        return None
    path = "" if request.method == "GET" else page_of(request)
    return {"code": code, "name": Texts(code)("site.language"), "href": address(request, path=path, lang=code)}


def prepare(city: City) -> None:
    """Makes all that pages need once: templates, words, the map and what lies beside them.

    No first visitor should hold up all others for it.
    """
    make_ready()
    for language in city.languages:
        words_of(city, language)
        Texts(language)("site.language")
    drawing_of(city)
    asset("portal.css")


class PageRoute(APIRoute):
    """A route whose refusals are pages: people do not read problem+json."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wraps the handler."""
        handle = super().get_route_handler()

        async def handle_with_page(request: Request) -> Response:
            taken = request.method == "GET" and told.take(request)
            try:
                return told.hand_on(request, await handle(request), taken=taken)
            except Problem as problem:
                await entries.read(request, current_gateway(request).settings)
                request.state.held_at = await held.hold(request, problem)
                return problem_page(request, problem)
            except grpc.aio.AioRpcError as error:
                return problem_page(request, from_grpc(error))
            finally:
                await request.close()  # uploads are files until then

        return handle_with_page


_PASSES = frozenset({429, 500, 503, 504})
"""Of a page that met one of these, the same address may well open a little later."""


def problem_page(request: Request, problem: Problem) -> Response:
    """The page that tells of a problem which has no form to go back to."""
    texts = texts_of(request)
    held_at: str = getattr(request.state, "held_at", "")
    if held.ended(request, problem):
        reason = "LOGIN_ENDED_HELD" if held_at else "LOGIN_ENDED"
        problem = Problem(401, reason, "Your login has ended. Log in again, then send this once more.")
    if held.anothers(request, problem):
        problem = Problem(403, "LOGIN_OTHER", "This form was written under another login. Nothing was done.")
    opened = request.method == "GET"
    told = Trouble.of(problem, texts, opened=opened)
    keyed, action = request.app.state.keyed.get(problem.reason), None
    if opened and problem.status in _PASSES:
        action = {"href": address(request), "label": texts("problem.open_again")}
    if opened and problem.status == 405:  # what is sent here is sent from the page above
        action = {"href": page_of(request), "label": texts("problem.open_page")}
    if opened and problem.reason == "PAGE_TOKEN_INVALID":
        action = {"href": first_page(request), "label": texts("problem.first_page")}
    if problem.status == 403 and not WORKING_ROLES & current_caller(request).roles:
        action = {"href": "/saya", "label": texts("site.own")}
    if problem.reason == "LOGIN_OTHER":
        action = {"href": to_come_back_to(request), "label": texts("problem.open_page")}
    if problem.status == 401 or (keyed and opened and current_caller(request).roles <= {"anonymous"}):
        action = {"href": login_href(held_at or to_come_back_to(request)), "label": texts("site.login")}
    given = entries.known(request, current_gateway(request).settings)
    response = render(
        request, "kit/message.html", problem.status, private=given is not None, number=problem.status,
        title=told.title, message=told.message, action=action,
        onward={"href": keyed[0], "label": texts(keyed[1])} if keyed else None, wait=again.wait_of(problem),
        again=again.of(request, problem, given, texts),
        trace_id=(current_trace_id() or "") if problem.status >= 500 else "",
    )  # fmt: skip
    response.headers.update(problem.headers)
    return response
