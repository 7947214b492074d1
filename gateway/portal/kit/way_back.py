"""Where somebody came from, carried along in the address: the way back leads to the same filters and page."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request

from gateway.answers.addresses import HOME, own_address

NAME, NEXT = "dari", "next"
DESK = "/petugas"
_OWN_POINT = frozenset({"lat", "lon"})
"""Where the reader stands: it is left out, since the address of what a list leads to is passed on to others."""
_MOST = 700
"""Characters of a list's address."""


def trail(path: str, **query: str | None) -> str:
    """What the links of a list end with, so that what they lead to knows this list; ``query`` without what is None."""
    chosen = urlencode({name: value for name, value in query.items() if value is not None})
    return "?" + urlencode({NAME: f"{path}?{chosen}" if chosen else path})


def public_trail(path: str, **query: str) -> str:
    """The same of a list that is everybody's; empty where nothing is chosen, as its pages lead to all of it anyhow."""
    chosen = {name: value for name, value in query.items() if value and name not in _OWN_POINT}
    return trail(path, **chosen) if chosen else ""


def way_back(request: Request, of: str = DESK) -> str:
    """The list that this page was opened from; empty where none is known, or what came is no list below ``of``."""
    given = request.query_params.get(NAME, "")[:_MOST]
    return given if is_below(own_address(given).partition("?")[0], of) else ""


def is_below(path: str, of: str) -> bool:
    """Whether a path is that one, or of a page below it."""
    return path == of or path.startswith(f"{of}/")


def kept(request: Request, of: str = DESK) -> str:
    """The same trail, for links and forms of the page that was opened from a list; empty without one."""
    back = way_back(request, of)
    return "?" + urlencode({NAME: back}) if back else ""


def goal(request: Request) -> str:
    """Where somebody wants to go on to once they are through here, named as at the login; empty without one."""
    given = own_address(request.query_params.get(NEXT, "")[:_MOST])
    return "" if given == HOME else given


def towards(request: Request, **query: str) -> str:
    """The same as a query, for links and forms on the way there; empty without one, and without another ``query``."""
    to = goal(request)
    found = {NEXT: to, **query} if to else query
    return "?" + urlencode(found) if found else ""


def onward(request: Request, path: str, of: str = DESK, **query: str) -> str:
    """An address to go on to, with the way back kept."""
    back = way_back(request, of)
    return f"{path}?{urlencode({**query, NAME: back} if back else query)}"
