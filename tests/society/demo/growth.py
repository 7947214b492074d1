"""The made-up history asks whether there is any already, and nothing more."""

from services.society.demo import seed
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    await seed(served.runtime)


LIVES = {"demo": _live}
