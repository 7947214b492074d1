"""Reads what might be collected on a day: containers with their levels, open clean-up jobs, and where it is flooded."""

from uuid import UUID

from services.environment.cleanups import store as cleanups
from services.environment.cleanups.model import Cleanup
from services.environment.cleanups.model import State as CleanupState
from services.environment.datastreams import actions as datastreams
from services.environment.datastreams.model import OUT_OF_RANGE, Property
from services.environment.fleet.profile import fleet_of
from services.environment.rounds import candidates
from services.environment.rounds.candidates import Candidate, Day, Level
from services.environment.rounds.model import Plan
from services.environment.things import actions as things
from services.environment.things.model import Kind, Thing
from services.environment.warnings import store as warnings
from services.kit.database import Transaction

_PAGE, _PAGES = 200, 10
"""Of containers and of jobs: more than any search could take."""


async def day_of(tx: Transaction, plan: Plan) -> Day | None:
    """The day that a plan is of; None where the city's profile has the depot no more."""
    city = tx.runtime.city
    fleet = fleet_of(city)
    depot = fleet.depot(plan.depot)
    if depot is None:
        return None
    day = Day(fleet, depot, plan.day, city.timezone, tx.now, frozenset())
    lasting = (one for one in await warnings.in_force(tx) if not one.exercise and one.expires_at > day.moment(0))
    warned = {code for one in lasting for code in one.areas}
    return day._replace(flooded=frozenset(code for code in warned if fleet.serves(depot, code)))


async def gathered(tx: Transaction, day: Day) -> list[Candidate]:
    """All that might be collected on it."""
    containers = await _containers(tx, day)
    levels = await _levels(tx, containers)
    found = candidates.of_containers(day, containers, levels)
    return found + candidates.of_cleanups(day, await _open_jobs(tx, day))


async def _containers(tx: Transaction, day: Day) -> list[Thing]:
    found: list[Thing] = []
    token = ""
    for _ in range(_PAGES):
        page = await things.page(tx, [Kind.CONTAINER], "", _PAGE, token, agency=day.fleet.agency, retired=False)
        found += page.rows
        token = page.token
        if not token:
            break
    return found


async def _levels(tx: Transaction, containers: list[Thing]) -> dict[UUID, Level]:
    """The newest level of each container that has one which its sensor can have measured."""
    levels: dict[UUID, Level] = {}
    for start in range(0, len(containers), _PAGE):
        names = [str(one.id) for one in containers[start : start + _PAGE]]
        page = await datastreams.page(tx, "", names, [Property.FILL_LEVEL], 0, "")
        for shown in page.rows:
            if shown.latest is not None and not shown.latest.flags & OUT_OF_RANGE:
                levels[shown.thing.id] = Level(shown.latest.value, shown.latest.at)
    return levels


async def _open_jobs(tx: Transaction, day: Day) -> list[Cleanup]:
    found: list[Cleanup] = []
    token = ""
    for _ in range(_PAGES):
        page = await cleanups.page(tx, [CleanupState.OPEN], "", day.fleet.agency, _PAGE, token)
        found += page.rows
        token = page.token
        if not token:
            break
    return found
