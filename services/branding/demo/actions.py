"""Seeds what a local start shows: visits of the weeks before, a sale of tickets, and notices for visitors. Once, and
without a single event.

Nobody shall act on what never was: sums say how much of them is made up, the sale says it in its name, a notice in its
words and by being a drill. There are no made-up orders: an order that is paid has money in economy, and none came.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from services.branding.advisories import store as advisories
from services.branding.advisories.model import Advisory, Level
from services.branding.advisories.model import Origin as Source
from services.branding.advisories.model import State as AdvisoryState
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
_NOTICE_DAYS = 14
_NOTICES = (
    (Level.INFO, True, "Contoh, bukan kabar sungguhan: sebagian bangunan ditutup untuk perbaikan sampai pekan depan.",
     "An example, no real notice: part of the building is closed for repairs until next week."),
    (Level.WARNING, False, "Contoh, bukan kabar sungguhan: jalan sekitar sini ditutup untuk karnaval; naiklah bus.",
     "An example, no real notice: streets around here are closed for a carnival; come by bus."),
)  # fmt: skip
"""Level, whether it is about the place alone or all of its kelurahan, and words in both languages."""
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
        if chosen:
            await _notices(tx, chosen[0])
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


async def _notices(tx: Transaction, place: Destination) -> None:
    """What visitors should know of a place, and of where it lies."""
    for level, alone, text, text_en in _NOTICES:
        identity = ids.uuid7()
        await advisories.save(
            tx,
            Advisory(
                id=identity, version=1, state=AdvisoryState.ACTIVE, origin=Source.OFFICERS, source="", level=level,
                text=text, text_en=text_en, destination=place.id if alone else None,
                areas=() if alone else (place.area,), exercise=True, by="demo", story=str(identity),
                created_at=tx.now, updated_at=tx.now, ends_at=tx.now + timedelta(days=_NOTICE_DAYS),
            ),
        )  # fmt: skip


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
