"""What is typed at the desk of what measures, read as people write it: numbers with a comma, full hours, a place."""

from __future__ import annotations

import math
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from gateway.gateway import current_gateway
from gateway.portal.kit.acting import attempted, incomplete
from gateway.portal.kit.forms import Fields
from smartcity.types.v1 import place_pb2

HOUR_FORM = "%Y-%m-%dT%H:%M"
"""As browsers send a day and an hour."""


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


def number(form: Fields, name: str, least: float = -1e9, most: float = 1e9) -> float:
    """A number with a point or a comma. Raises Refused."""
    try:
        found = float(form[name].replace(",", "."))
    except ValueError:
        found = math.nan
    if not least <= found <= most:
        raise Refused(**{name: "sensor_desk.number"})
    return found


def place(form: Fields) -> place_pb2.Point:
    """A position in degrees. Raises Refused."""
    wrong = {}
    found: dict[str, float] = {}
    for name, most in (("lat", 90.0), ("lon", 180.0)):
        try:
            found[name] = number(form, name, -most, most)
        except Refused:
            wrong[name] = "sensor_desk.degrees"
    if wrong:
        raise Refused(**wrong)
    return place_pb2.Point(lon=found["lon"], lat=found["lat"])


def since(request: Request, form: Fields) -> datetime:
    """An hour of the city, in UTC. Raises Refused."""
    zone = current_gateway(request).city.timezone
    try:
        return datetime.strptime(form["since"][:16], HOUR_FORM).replace(tzinfo=zone).astimezone(UTC)
    except ValueError:
        raise Refused(since="sensor_desk.hour") from None


def this_hour(request: Request) -> str:
    """The hour that has begun, as a form holds it."""
    return datetime.now(current_gateway(request).city.timezone).replace(minute=0).strftime(HOUR_FORM)
