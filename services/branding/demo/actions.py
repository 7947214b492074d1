"""Seeds what a local start shows: visits of the weeks before, and a sale of tickets. Once, and without a single event.

Nobody shall act on what never was: sums say how much of them is made up, and the sale says it in its name.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from services.branding.destinations import actions as destinations
from services.branding.destinations import store as places
from services.branding.destinations.model import Destination
from services.branding.sales import model
from services.branding.sales import store as sales
from services.branding.sales.model import Admission, Reentry, Sale, TicketType
from services.branding.terms.profile import terms_of
from services.branding.visits import store as visits
from services.branding.visits.model import Origin
from services.branding.visits.store import Sum
from services.kit import ids
from services.kit.database import Transaction
from services.kit.runtime import Runtime

SEED, DAYS, PLACES = 3374, 28, 12
"""Of the random numbers; days before today; the places that are counted at, those with known hours first."""
_SHARES = {Origin.CITY: 0.55, Origin.COUNTRY: 0.38, Origin.ABROAD: 0.07}
_WEEKEND, _SATURDAY = 2.2, 5
_TYPES = (("Dewasa", "Adults", 12_000, 400), ("Anak", "Children", 8_000, 400))


async def seed(runtime: Runtime) -> int:
    """Fills an empty branding; answers how many visits were made up.

    Nothing happens when anybody was counted before, or when the city's profile has no made-up history.
    """
    if runtime.city.demo() is None:
        return 0
    chance = Random(SEED)  # noqa: S311 - stories
    async with runtime.transaction() as tx:
        await tx.one_at_a_time("branding demo")
        if await visits.any_(tx):
            return 0
        await destinations.enter_profile(tx)
        found = await places.by_name(tx, places.Filter(timed=True), ("", ids.of(bytes(16))), PLACES)
        chosen = [one.destination for one in found]
        made = [each for one in chosen for each in _weeks(one, tx.now.astimezone(runtime.city.timezone), chance)]
        await visits.copy(tx, [(place.id, one) for place, one in made])
        if (sold := next((one for one in chosen if any(each.units for each in one.said.prices)), None)) is not None:
            await _sale(tx, sold)
    return sum(one.visits for _, one in made)


def _weeks(place: Destination, now: datetime, chance: Random) -> Sequence[tuple[Destination, Sum]]:
    """Visits of a place on the days until yesterday, more at weekends."""
    usual = chance.uniform(40, 400)
    made = []
    for ago in range(1, DAYS + 1):
        day: date = (now - timedelta(days=ago)).date()
        came = usual * chance.uniform(0.7, 1.3) * (_WEEKEND if day.weekday() >= _SATURDAY else 1.0)
        made += [(place, Sum(day, origin, int(came * share))) for origin, share in _SHARES.items() if came * share >= 1]
    return made


async def _sale(tx: Transaction, place: Destination) -> None:
    """Tickets of a place by the day, where the city sells any."""
    terms = terms_of(tx.runtime.city)
    if terms is None or not terms.agencies:
        return
    sale = Sale(
        id=ids.uuid7(), version=1, state=model.State.OPEN, agency=terms.agencies[0], occasion=None, event=None,
        event_code="", destination=place.code, title_id=f"{place.name} (contoh, bukan harga resmi)",
        title_en=f"{place.name} (made up, not its real prices)", venue="", starts_at=None, ends_at=None, day=None,
        moved_at=None, opens_at=tx.now, waiting_room=False, note="", opened_by="demo", created_at=tx.now,
        updated_at=tx.now,
    )  # fmt: skip
    await sales.save(tx, sale)
    for name_id, name_en, price, quota in _TYPES:
        await sales.save_type(
            tx,
            TicketType(
                id=ids.uuid7(), version=1, sale=sale.id, name_id=name_id, name_en=name_en, price=price, quota=quota,
                most=6, open=True, admission=Admission.ONCE, reentry=Reentry.NONE, gates=(), refund_hours=24,
                refund_percent=100, created_at=tx.now, updated_at=tx.now,
            ),
        )  # fmt: skip
