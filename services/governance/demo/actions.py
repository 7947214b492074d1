"""Seeds the demonstration data: in bulk, once, without a single event, for nobody shall act on what never was."""

from random import Random

from services.governance.cases import store as complaints
from services.governance.demo.model import Author, Life
from services.governance.history import store as histories
from services.governance.performance import actions as performance
from services.kit.runtime import Runtime

TOGETHER = 5_000
"""Events of cases that are counted at once."""
SEED = 3374
"""Of the random numbers: every start tells the same stories, only as long ago from now."""


async def seed(runtime: Runtime, count: int | None = None) -> int:
    """Fills an empty governance with the city's made-up history; answers how many complaints were added.

    `count` tells fewer stories than the city's demo.toml. Nothing happens when it was done before, or when the city has
    no such history. Errors: CityError when demo.toml is wrong.
    """
    demo = runtime.city.demo()
    if demo is None:
        return 0
    async with runtime.statement() as tx:
        if await complaints.has_demo(tx):
            return 0
    # Before the transaction, which the database would end while a busy machine writes the stories.
    lives: list[Life] = Author(runtime.city, demo, Random(SEED), runtime.clock()).write(count)  # noqa: S311 -- stories
    async with runtime.transaction() as tx:
        await tx.one_at_a_time("governance demo")
        if await complaints.has_demo(tx):
            return 0
        await complaints.copy(tx, [life.complaint for life in lives])
        await histories.copy(tx, [(life.complaint.id, entry) for life in lives for entry in life.entries])
        told = [one for life in lives for one in life.told]
        for place in range(0, len(told), TOGETHER):
            await performance.count(tx, told[place : place + TOGETHER])
    return len(lives)
