"""The made-up history asks whether there is any already."""

from services.society.demo import seed, seed_courses
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    await seed(served.runtime)
    await seed_courses(served.runtime)


LIVES = {"demo": _live}
