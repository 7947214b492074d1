"""Lists of facilities, a page at a time: those with a point by distance, then those without by name; or all by name.

What is open now the database does not know: of those whose hours are known, so many are looked at as fill a page, and
no more than ``ROUNDS`` times as many; a page may then be short, and its token goes on.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from services.kit.city import opening_hours as hours
from services.kit.database import Transaction, paging
from services.kit.database.table import Page
from services.kit.errors import invalid
from services.living.facilities import store
from services.living.facilities.store import Filter, Found

ROUNDS = 10
FIRST_REACH = 2_000.0
"""Metres about a point that are looked at first; then four times as far, and so on, until a page is full."""
FARTHEST = 50_000_000.0
"""Metres: more than anything is away on a plane of degrees."""

_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a point (WGS 84 lon, lat) to be near to, and which facilities."""

    near: tuple[float, float] | None
    filter: Filter
    open: bool = False


@dataclass(frozen=True)
class _Place:
    """How far a list has come: the last one's distance (below 0: none has), or its name once the points are through."""

    distance: float = -1.0
    named: int = 0
    name: str = ""
    id: UUID = _NOBODY

    def after(self, last: Found) -> "_Place":
        """The place after one."""
        if last.distance is None:
            return _Place(0.0, 1, last.facility.name, last.facility.id)
        return _Place(last.distance, 0, "", last.facility.id)


def point(text: str) -> tuple[float, float] | None:
    """Longitude and latitude of "lat,lon"; None for nothing. Errors: NEAR_INVALID."""
    if not text:
        return None
    lat, lon = (float(part) for part in text.split(","))
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        message = "Write latitude and longitude in degrees, such as -6.9837,110.4105."
        raise invalid("NEAR_INVALID", message, field="near")
    return lon, lat


async def page(tx: Transaction, wanted: Wanted, size: int, token: str) -> Page[Found]:
    """One page. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    most = paging.page_size(size)
    place = _read(token, wanted)
    kept: list[Found] = []
    for _ in range(ROUNDS):
        asked = most + 1 - len(kept)
        found = await _further(tx, wanted, place, asked)
        kept += [one for one in found if not wanted.open or _is_open(tx, one)]
        if len(kept) > most:
            return Page(kept[:most], _written(place.after(kept[most - 1]), wanted))
        if len(found) < asked:
            return Page(kept)
        place = place.after(found[-1])
    return Page(kept, _written(place, wanted))


async def _further(tx: Transaction, wanted: Wanted, place: _Place, most: int) -> list[Found]:
    """The next so many; fewer only at the end of the list."""
    if wanted.near is None:
        return await store.by_name(tx, wanted.filter, (place.name, place.id), most, pointless=False)
    found: list[Found] = []
    if not place.named:
        found = await _nearest(tx, wanted.filter, wanted.near, place, most)
        place = replace(_Place(), named=1)
    if len(found) < most:
        rest = most - len(found)
        found += await store.by_name(tx, wanted.filter, (place.name, place.id), rest, pointless=True)
    return found


async def _nearest(
    tx: Transaction, wanted: Filter, at: tuple[float, float], place: _Place, most: int
) -> list[Found]:  # fmt: skip
    reach = max(FIRST_REACH, 2 * place.distance)
    while True:
        found = await store.near(tx, wanted, at, reach, (place.distance, place.id), most)
        if len(found) == most or reach >= FARTHEST:
            return found
        reach = min(4 * reach, FARTHEST)


def _is_open(tx: Transaction, one: Found) -> bool:
    return one.facility.opening(tx.now, tx.runtime.city.calendar).state is hours.State.OPEN


def _read(token: str, wanted: Wanted) -> _Place:
    values = paging.read(token, wanted, (float, int, str, UUID))
    return _Place(*values) if values else _Place()


def _written(place: _Place, wanted: Wanted) -> str:
    return paging.written((place.distance, place.named, place.name, place.id), wanted)
