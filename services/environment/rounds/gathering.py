"""Reads what might be collected on a day: containers with their levels, open clean-up jobs,
what city events left, and where it is flooded."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.environment.cleanups import store as cleanups
from services.environment.datastreams import actions as datastreams
from services.environment.datastreams.model import OUT_OF_RANGE, Property
from services.environment.fleet.model import MISSED_FOR
from services.environment.fleet.profile import fleet_of
from services.environment.gatherings import store as gatherings
from services.environment.rounds import candidates, store
from services.environment.rounds.candidates import Candidate, Day, Level
from services.environment.rounds.model import DAYS_AHEAD, Plan
from services.environment.things import store as things
from services.environment.things.model import Kind, Thing
from services.environment.warnings import store as warnings
from services.environment.warnings.model import FloodWarning
from services.kit.database import Transaction

_TOGETHER = 200
"""Containers whose levels are read at once."""


async def day_of(tx: Transaction, plan: Plan) -> Day | None:
    """The day that a plan is of; None where the city's profile has the depot no more."""
    city = tx.runtime.city
    fleet = fleet_of(city)
    depot = fleet.depot(plan.depot)
    if depot is None:
        return None
    day = Day(fleet, depot, plan.day, city.timezone, tx.now, frozenset())
    return day._replace(flooded=flooded_on(day, await warnings.in_force(tx)))


def flooded_on(day: Day, in_force: Sequence[FloodWarning]) -> frozenset[str]:
    """Kelurahan of a day's depot that warnings in force last for into it; drills flood nothing."""
    begins = day.moment(0)
    lasting = (one for one in in_force if not one.exercise and (one.expires_at or begins) > begins)
    warned = {code for one in lasting for code in one.areas}
    return frozenset(code for code in warned if day.fleet.serves(day.depot, code))


async def of_live(tx: Transaction) -> list[tuple[Plan, frozenset[str]]]:
    """Plans that hold or are made, of all days that can be planned, with what is flooded on theirs as of now."""
    city = tx.runtime.city
    fleet, today = fleet_of(city), tx.now.astimezone(city.timezone).date()
    plans = await store.live(tx, [one.id for one in fleet.depots], today, today + timedelta(days=DAYS_AHEAD))
    in_force = await warnings.in_force(tx) if plans else []
    days = {one.id: Day(fleet, one, today, city.timezone, tx.now, frozenset()) for one in fleet.depots}
    return [(one, flooded_on(days[one.depot]._replace(day=one.day), in_force)) for one in plans]


async def gathered(tx: Transaction, day: Day) -> list[Candidate]:
    """All that might be collected on it, of the depot's own areas: what has no area is looked at too."""
    agency = day.fleet.agency
    areas = [code for code in tx.runtime.city.areas if day.fleet.serves(day.depot, code)]
    containers = await things.within(tx, Kind.CONTAINER, agency, areas)
    left = await store.left(tx, day.depot.id, day.day, day.today)
    found = candidates.of_containers(day, containers, await _levels(tx, containers), left)
    lately = await gatherings.between(tx, day.day - MISSED_FOR, day.day, areas)
    found += candidates.of_gatherings(day, lately, left)
    return found + candidates.of_cleanups(day, await cleanups.open_within(tx, agency, ["", *areas]))


async def _levels(tx: Transaction, containers: list[Thing]) -> dict[UUID, Level]:
    """The newest level of each container that has one which its sensor can have measured."""
    levels: dict[UUID, Level] = {}
    for start in range(0, len(containers), _TOGETHER):
        names = [str(one.id) for one in containers[start : start + _TOGETHER]]
        page = await datastreams.page(tx, names, [Property.FILL_LEVEL], 0, "")
        for shown in page.rows:
            if shown.latest is not None and not shown.latest.flags & OUT_OF_RANGE:
                levels[shown.thing.id] = Level(shown.latest.value, shown.latest.at)
    return levels
