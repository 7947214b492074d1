"""A form that comes after its login has ended is held for whoever logs in again there as the same person.

Nobody else who has logged in there since sends it as their own.
"""

from __future__ import annotations

from starlette.requests import Request

from gateway.answers.problems import Problem
from gateway.bodies import entries
from gateway.bodies.forms import CSRF_FIELD, OPENING
from gateway.callers.identity import Cookie
from gateway.callers.left import left_before
from gateway.callers.origins import origin_of
from gateway.callers.session import current_session, written_before
from gateway.drafts.held import Held
from gateway.gateway import current_gateway
from gateway.portal.kit.here import address, to_come_back_to

PATH = "/tulisan"
_NEVER = frozenset(
    {"nik", "birth_date", "key", "link_key", "code", "kode", "kartu", "pan", "holders"}
    | {"option", "options", "vote", "password"}
)
"""Entries that are kept nowhere: numbers of people and cards, keys, one-time codes, votes. A form with one is not held,
as it would say something else without.
"""


def ended(request: Request, problem: Problem) -> bool:
    """Whether a request is refused since the login that its form was written under has ended, or was left."""
    if problem.reason != "CSRF_TOKEN_REFUSED" or current_session(request) is not None:
        return False
    return getattr(request.state, "login_ended", False) or bool(_login(request))


def anothers(request: Request, problem: Problem) -> bool:
    """Whether it is refused since its form was written under another login than the browser has now."""
    session = current_session(request)
    if problem.reason != "CSRF_TOKEN_REFUSED" or session is None:
        return False
    return _login(request) not in ("", current_gateway(request).sessions.login(session.caller))


async def hold(request: Request, problem: Problem) -> str:
    """Where the form of a refused request is found again after logging in; empty where it is not held."""
    gateway = current_gateway(request)
    given = entries.known(request, gateway.settings) if ended(request, problem) else None
    login = _login(request)
    if given is None or not login:
        return ""
    fields = [(name, value) for name, value in given.fields if name != CSRF_FIELD]
    length = sum(len(name) + len(value) for name, value in fields)
    if length > OPENING or not _NEVER.isdisjoint(dict(fields)):
        return ""
    form = Held(to_come_back_to(request), address(request), fields, given.parts, given.files)
    id_ = await gateway.held.keep(request.state.visitor, login, origin_of(request).network, form)
    return f"{PATH}/{id_}" if id_ else ""


def _login(request: Request) -> str:
    """The login that the form was written under, as far as this browser can still say; empty where it cannot."""
    given = entries.known(request, current_gateway(request).settings)
    token = next((value for name, value in given.fields if name == CSRF_FIELD), "") if given else ""
    cookie: Cookie | None = getattr(request.state, "cookie", None)
    if token and cookie is not None and written_before(request, token):
        return cookie.login
    return left_before(request, token) if token else ""
