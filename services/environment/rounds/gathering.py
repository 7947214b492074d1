"""Reads what might be collected on a day: containers with their levels, open clean-up jobs,
what city events left, and where it is flooded."""

from datetime import datetime
from uuid import UUID

from services.environment.cleanups import store as cleanups
from services.environment.datastreams import actions as datastreams
from services.environment.datastreams.model import OUT_OF_RANGE, Property
from services.environment.fleet.model import Depot, Fleet
from services.environment.fleet.profile import fleet_of
from services.environment.gatherings import store as gatherings
from services.environment.rounds import candidates
from services.environment.rounds.candidates import Candidate, Day, Level
from services.environment.rounds.model import Plan
from services.environment.things import store as things
from services.environment.things.model import Kind, Thing
from services.environment.warnings import store as warnings
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
    return day._replace(flooded=await flooded_on(tx, fleet, depot, day.moment(0)))


async def flooded_on(tx: Transaction, fleet: Fleet, depot: Depot, begins: datetime) -> frozenset[str]:
    """Kelurahan of a depot that warnings in force last for into a day that ``begins`` then; drills flood nothing."""
    lasting = (one for one in await warnings.in_force(tx) if not one.exercise and (one.expires_at or begins) > begins)
    warned = {code for one in lasting for code in one.areas}
    return frozenset(code for code in warned if fleet.serves(depot, code))


async def gathered(tx: Transaction, day: Day) -> list[Candidate]:
    """All that might be collected on it, of the depot's own areas: what has no area is looked at too."""
    agency = day.fleet.agency
    areas = [code for code in tx.runtime.city.areas if day.fleet.serves(day.depot, code)]
    containers = await things.within(tx, Kind.CONTAINER, agency, areas)
    found = candidates.of_containers(day, containers, await _levels(tx, containers))
    found += candidates.of_gatherings(day, await gatherings.on(tx, day.day, areas))
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
