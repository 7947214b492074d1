"""What somebody asks of the journey planner: from where, to where, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit.page import city_words
from services.kit.rpc.text import clean
from smartcity.living.v1 import stops_pb2

POINT = re.compile(r"\s*-?\d{1,2}(\.\d+)?\s*,\s*-?\d{1,3}(\.\d+)?\s*")
MOST_LETTERS, NAME_LETTERS = 255, 100
"""Letters that are taken: of an id, and of the name of a stop or place."""
YEARS = range(1970, 2200)
"""Of which a timetable may tell; at the ends of the calendar no time zone can be reckoned with."""
MOST = 8
"""Suggestions for one entry."""


@dataclass(frozen=True)
class Side:
    """Where one is, or wants to be."""

    typed: str = ""
    place: str = ""
    """As the API takes it; empty while it is not known."""
    suggested: tuple[str, ...] = ()
    """Names of stops that may be meant."""
    wrong: bool = False
    approximate: bool = False
    """The point is a stand-in, such as the middle of a kelurahan."""


async def side_of(request: Request, typed: str) -> Side:
    """The place that is meant: a point, a stop by its name or id, else a landmark or kelurahan of the city."""
    typed = " ".join(clean(typed).split())[:MOST_LETTERS]
    if not typed or POINT.fullmatch(typed) or len(typed) > NAME_LETTERS:
        return Side(typed, typed)
    asked = stops_pb2.ListStopsRequest(name=typed, page_size=50)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    names = tuple(dict.fromkeys(one.name for one in answer.stops))
    exact = next((name for name in names if name.casefold() == typed.casefold()), "")
    if exact:
        return Side(typed, exact)
    found = city_words(request).city.place(typed)
    if found is not None:
        return Side(typed, f"{found.lat:.6f},{found.lon:.6f}", approximate=found.approximate)
    if len(names) == 1:
        return Side(typed, names[0])
    # Many may be meant; with none it may still be a stop's id, which the planner knows.
    return Side(typed, "" if names else typed, names[:MOST], wrong=bool(names))


def unknown(side: Side) -> Side:
    """A place that the planner does not know either."""
    return replace(side, place="", wrong=True)


def moment_of(text: str, zone: tzinfo) -> datetime | None:
    """The moment of an entry for day and time, in the city's time; None when it is empty, no time, or in no YEARS."""
    try:
        entered = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return entered.replace(tzinfo=zone).astimezone(UTC) if entered and entered.year in YEARS else None
