"""What is typed at the desk of what measures, read as people write it: numbers with a comma, full hours, a place."""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from gateway.gateway import current_gateway
from gateway.portal.kit.acting import attempted, incomplete
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.texts import language_of
from smartcity.types.v1 import place_pb2

_DECIMAL = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)", re.ASCII)
_GROUPS = {
    ".": re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}(?P<more>(?:\.\d{3})*)(?:,\d+)?", re.ASCII),
    ",": re.compile(r"[+-]?[1-9]\d{0,2},\d{3}(?P<more>(?:,\d{3})*)(?:\.\d+)?", re.ASCII),
}
"""Numbers whose thousands have a mark, by the mark."""
HOUR_FORM = "%Y-%m-%dT%H:%M"
"""As browsers send a day and an hour."""
EARLIEST = 1900
"""The first year in which something can have been measured."""


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """An entry that is none, and the key of the text that says so."""

    def __init__(self, **errors: str) -> None:
        """Takes the texts by the fields' names."""
        super().__init__(errors)
        self.errors = errors


async def acted(request: Request, doing: str, form: Fields, call: Awaitable[Any]) -> Any:
    """The answer of a call, or the state of the form that shows why there is none."""
    try:
        return await attempted(request, doing, form, call)
    except Refused as refused:
        return incomplete(request, doing, form, **refused.errors)


def number(request: Request, form: Fields, name: str, least: float = -1e9, most: float = 1e9) -> float:
    """A number as people of the reader's language write it, or with the other mark of decimals. Raises Refused.

    What may mean thousands as well, such as 3.600 in Indonesian, is asked for again and never guessed.
    """
    text = _tidied(form[name])
    mark, other = (",", ".") if language_of(request) == "id" else (".", ",")
    groups = _GROUPS[other].fullmatch(text)
    if groups and not (groups["more"] or mark in text):
        raise Refused(**{name: "sensor_desk.ambiguous"})
    if groups:
        text = text.replace(other, "")
    return _within(text, name, "sensor_desk.number", least, most)


def whole(form: Fields, name: str, least: int = 0, most: int = 1_000_000_000) -> int:
    """A number without decimals, its thousands with a point, a comma or without a mark. Raises Refused."""
    text = _tidied(form[name])
    if any(groups.fullmatch(text) for groups in _GROUPS.values()):
        text = text.replace(".", "").replace(",", "")
    found = _within(text, name, "sensor_desk.whole", least, most)
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise Refused(**{name: "sensor_desk.whole"})
    return int(found)


def _tidied(text: str) -> str:
    return re.sub(r"\s", "", text).replace("\N{MINUS SIGN}", "-")


def _within(text: str, name: str, says: str, least: float, most: float) -> float:
    found = float(text.replace(",", ".")) if _DECIMAL.fullmatch(text) else math.nan
    if not least <= found <= most:
        raise Refused(**{name: says})
    return found


def place(form: Fields) -> place_pb2.Point:
    """A position in degrees. Raises Refused."""
    wrong = {}
    found: dict[str, float] = {}
    for name, most in (("lat", 90.0), ("lon", 180.0)):
        try:
            found[name] = _within(_tidied(form[name]), name, "sensor_desk.degrees", -most, most)
        except Refused:
            wrong[name] = "sensor_desk.degrees"
    if wrong:
        raise Refused(**wrong)
    return place_pb2.Point(lon=found["lon"], lat=found["lat"])


def since(request: Request, form: Fields) -> datetime:
    """An hour of the city, in UTC. Raises Refused."""
    zone = current_gateway(request).city.timezone
    try:
        at = datetime.strptime(form["since"][:16], HOUR_FORM).replace(tzinfo=zone)
    except ValueError:
        at = None
    if at is None or at.year < EARLIEST:
        raise Refused(since="sensor_desk.hour")
    return at.astimezone(UTC)


def this_hour(request: Request) -> str:
    """The hour that has begun, as a form holds it."""
    return datetime.now(current_gateway(request).city.timezone).replace(minute=0).strftime(HOUR_FORM)
