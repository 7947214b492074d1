"""What is done with performance: count events as they come, count a month again, and answer who asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from services.governance.performance import store
from services.governance.performance.formulas import after, earlier, terms_of
from services.governance.performance.model import Counting, Heard, Key, Sum, sums
from services.kit.city import City
from services.kit.database import Transaction

CASES = 100
"""Counted again at once: some ten milliseconds of the event loop."""
_FIRST = UUID(int=0)
_ONE_AT_A_TIME = "performance"


async def count(tx: Transaction, heard: Sequence[Heard]) -> None:
    """Counts events, each once however often it comes, in the order of each case."""
    await alone(tx)
    fresh = await store.keep(tx, heard)
    new = [one for one in heard if one.id in fresh]
    if not new:
        return
    counting = _counting(tx.runtime.city)
    counting.states |= await store.states(tx, {one.complaint for one in new})
    facts = [fact for one in new for fact in counting.take(one)]
    await store.add(tx, counting.states, facts, sums(facts))


@dataclass(frozen=True)
class Again:
    """What came of counting a month again: how many events, and how many of its figures were others before."""

    events: int
    changed: int


async def alone(tx: Transaction) -> None:
    """Who counts waits for who does."""
    await tx.one_at_a_time(_ONE_AT_A_TIME)


async def count_again(tx: Transaction, month: date) -> Again:
    """Counts a month from the events that are kept, instead of what was counted as they came."""
    await alone(tx)
    before = await store.figures(tx, month)
    await store.clear(tx, month)
    start, end = span(tx.runtime.city, month)
    events, last = 0, _FIRST
    found: dict[Key, Sum] = {}
    while cases := await store.cases_of_month(tx, start, end, last, CASES):
        counting = _counting(tx.runtime.city)
        heard = await store.events(tx, cases)
        facts = [fact for one in heard for fact in counting.take(one) if fact.month == month]
        added = sums(facts)
        await store.add(tx, counting.states, facts, added)
        events += sum(start <= one.at < end for one in heard)
        _add(found, added)
        last = cases[-1]
    return Again(events, sum(before.get(key) != found.get(key) for key in before.keys() | found.keys()))


async def forget(tx: Transaction) -> None:
    """Deletes what is kept of cases longer than the city says; the figures stay."""
    city = tx.runtime.city
    month = earlier(this_month(city, tx.now), terms_of(city).keep_months)
    await store.forget(tx, span(city, month)[0], month)


def this_month(city: City, now: datetime) -> date:
    """The first day of the present month, in the city's time."""
    return now.astimezone(city.timezone).date().replace(day=1)


def span(city: City, month: date) -> tuple[datetime, datetime]:
    """From when until when a month is."""
    begin, end = (datetime.combine(day, time(), city.timezone) for day in (month, after(month)))
    return begin, end


def asked(city: City, now: datetime, month: str) -> date:
    """The month that is asked for; the present one where none is."""
    return date.fromisoformat(f"{month}-01") if month else this_month(city, now)


def _counting(city: City) -> Counting:
    return Counting(terms_of(city), city.calendar)


def _add(found: dict[Key, Sum], added: Mapping[Key, Sum]) -> None:
    for key, one in added.items():
        known = found.setdefault(key, Sum())
        known.cases += one.cases
        known.total += one.total
