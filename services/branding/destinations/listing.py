"""Lists of destinations, a page at a time: by distance, or by name.

What is open now the database does not know: of those whose hours are known, so many are looked at as fill a page, and
no more than ``ROUNDS`` times as many; a page may then be short, and its token goes on.
"""

from dataclasses import dataclass
from uuid import UUID

from services.branding.destinations import store
from services.branding.destinations.store import Filter, Found
from services.kit.city.opening_hours import State
from services.kit.database import Transaction, paging
from services.kit.database.table import Page
from services.kit.errors import invalid

ROUNDS = 10
FIRST_REACH, FARTHEST = 2_000.0, 50_000_000.0
"""Metres about a point that are looked at first and last; each time four times as far until a page is full."""
_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a point (WGS 84 lon, lat) to be near to, and which destinations."""

    near: tuple[float, float] | None
    filter: Filter
    open: bool = False


@dataclass(frozen=True)
class _Place:
    """How far a list has come."""

    distance: float = -1.0
    name: str = ""
    id: UUID = _NOBODY


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
    values = paging.read(token, wanted, (float, str, UUID))
    place = _Place(*values) if values else _Place()
    kept: list[Found] = []
    for _ in range(ROUNDS):
        asked = most + 1 - len(kept)
        found = await _further(tx, wanted, place, asked)
        kept += [one for one in found if not wanted.open or _is_open(tx, one)]
        if len(kept) > most:
            return Page(kept[:most], _written(_after(kept[most - 1]), wanted))
        if len(found) < asked:
            return Page(kept)
        place = _after(found[-1])
    return Page(kept, _written(place, wanted))


async def _further(tx: Transaction, wanted: Wanted, place: _Place, most: int) -> list[Found]:
    """The next so many; fewer only at the end of the list."""
    if wanted.near is None:
        return await store.by_name(tx, wanted.filter, (place.name, place.id), most)
    reach = max(FIRST_REACH, 2 * place.distance)
    while True:
        found = await store.near(tx, wanted.filter, wanted.near, reach, (place.distance, place.id), most)
        if len(found) == most or reach >= FARTHEST:
            return found
        reach = min(4 * reach, FARTHEST)


def _is_open(tx: Transaction, one: Found) -> bool:
    return one.destination.opening(tx.now, tx.runtime.city.calendar).state is State.OPEN


def _after(last: Found) -> _Place:
    if last.distance is None:
        return _Place(-1.0, last.destination.name, last.destination.id)
    return _Place(last.distance, "", last.destination.id)


def _written(place: _Place, wanted: Wanted) -> str:
    return paging.written((place.distance, place.name, place.id), wanted)
