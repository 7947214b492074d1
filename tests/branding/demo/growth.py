"""A made-up history is written, so that each statement is looked at."""

from datetime import date
from uuid import uuid4

from services.branding.demo import seed
from services.branding.visits import store
from services.branding.visits.model import Origin
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    await seed(served.runtime)
    async with served.runtime.transaction() as tx:
        await store.copy(tx, [(uuid4(), store.Sum(date(2026, 10, 1), Origin.CITY, 3))])


LIVES = {"demo": _live}
