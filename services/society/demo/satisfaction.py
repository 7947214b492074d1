"""Seeds what a local start shows of satisfaction: in the ordinary way of the rooms, once, and without a single event.

Nobody shall act on what never was. Periods end by the platform's own rules: one with too few answers goes on.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random

from services.kit.city import City
from services.kit.runtime import Runtime
from services.society.satisfaction.model import ELEMENTS, LEVELS
from services.society.satisfaction.profile import surveys_of
from services.society.surveys import actions as surveys
from services.society.surveys import model, store
from services.society.tallies import model as tallies
from services.society.tallies import store as counts

SEED = 3374
"""Of the random numbers."""
AGENCIES, PERIODS = 8, 3
_ASKED = (40, 220)
_SHARE = (0.1, 0.7)
"""Of those who are asked, how many answer."""
_GOOD = (0.45, 0.9)
"""How an agency does: its chance at each of three steps up from the lowest level."""


async def seed_satisfaction(runtime: Runtime) -> int:
    """Fills a society in which nothing was judged; answers how many surveys were made up.

    Nothing happens when it was done before, or when the city's profile has no made-up history or asks nobody.
    """
    terms, city, now = surveys_of(runtime.city), runtime.city, runtime.clock()
    if terms is None or city.demo() is None:
        return 0
    async with runtime.statement() as tx:
        if await store.any_of_satisfaction(tx):
            return 0
    chance = Random(SEED)  # noqa: S311 - stories
    agencies = [(each, chance.uniform(*_GOOD)) for each in _busiest(city)]
    made, day = 0, now.astimezone(city.timezone).date()
    for _ in range(PERIODS):
        day = model.period_of(day, terms.months).first - timedelta(days=1)
    for _ in range(PERIODS):
        period = model.period_of(day, terms.months)
        at = datetime.combine(period.first, time(8), city.timezone)
        for agency, good in agencies:
            await _answered(_at(runtime, at), agency, good, chance)
            made += 1
        await _ended(_at(runtime, model.end_of(period, city.timezone)))
        day = period.last + timedelta(days=1)
    return made


async def _answered(runtime: Runtime, agency: str, good: float, chance: Random) -> None:
    """So many are asked and answer at an agency."""
    asked = chance.randrange(*_ASKED)
    async with runtime.transaction() as tx:
        one = await surveys.of_satisfaction(tx, agency)
        await store.save(tx, replace(one, made_up=True))
        tally = await counts.get(tx, one.id, lock=True)
        assert tally is not None
        for _ in range(int(asked * chance.uniform(*_SHARE))):
            levels = [sum(chance.random() < good for _ in range(LEVELS - 1)) for _ in range(ELEMENTS)]
            tally, _ = tallies.add(tally, [place * LEVELS + level for place, level in enumerate(levels)])
        await counts.save(tx, tally)
        for _ in range(asked):
            await counts.invite(tx, one.id)
        tx.emitted.clear()


async def _ended(runtime: Runtime) -> None:
    """What is due then ends."""
    found = True
    while found:
        async with runtime.transaction() as tx:
            due = await store.due(tx, ())
            found = due is not None
            if due is not None:
                await surveys.fall_due(tx, due)
            tx.emitted.clear()


def _at(runtime: Runtime, time_: datetime) -> Runtime:
    """The same pillar at another time."""
    return replace(runtime, clock=lambda: time_)


def _busiest(city: City) -> list[str]:
    """The agencies that most routing rules name."""
    named = Counter(rule.agency for rule in city.rules)
    return sorted(named, key=lambda agency: (-named[agency], agency))[:AGENCIES]
