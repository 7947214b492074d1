"""Depots and pick-up days as lists: they are in memory, and paged as everything else."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from services.environment.fleet import model
from services.environment.fleet.model import Depot, Fleet, Weekday, Window
from services.kit.city import Area, City
from services.kit.database import paging
from services.kit.database.table import Keyset, Page
from services.kit.errors import invalid

Line = TypeVar("Line")

_DEPOTS: Keyset[Depot] = Keyset({"id": str}, of=lambda one: (one.id,))


class Pickup(NamedTuple):
    """When a kelurahan is collected."""

    area: Area
    days: Sequence[Weekday]
    window: Window | None


_AREAS: Keyset[Pickup] = Keyset({"code": str}, of=lambda one: (one.area.code,))


def depots(fleet: Fleet | None, size: int, token: str) -> Page[Depot]:
    """Depots by their ids. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    return _page(_DEPOTS, sorted(fleet.depots, key=lambda one: one.id) if fleet else [], size, token, "")


def pickups(city: City, fleet: Fleet, within: str, words: str, size: int, token: str) -> Page[Pickup]:
    """Kelurahan by their codes, with their days. Errors: AREA_UNKNOWN, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    if within and city.area(within) is None:
        raise invalid("AREA_UNKNOWN", "No area of the city has this code.", field="area")
    wanted = _folded(words)
    areas = [one for one in city.areas.values() if one.is_lowest and (not within or model.within(one.code, within))]
    found = [
        Pickup(one, fleet.days(one.code), fleet.window(one.code))
        for one in sorted(areas, key=lambda each: each.code)
        if wanted in _folded(f"{one.name} / {one.district}")
    ]
    return _page(_AREAS, found, size, token, (within, wanted))


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())


def _page(order: Keyset[Line], rows: list[Line], size: int, token: str, wanted: object) -> Page[Line]:
    most = paging.page_size(size)
    after = order.after(token, wanted)
    rest = [one for one in rows if after is None or list(order.of(one)) > after]
    return order.cut(rest[: most + 1], most, wanted)
