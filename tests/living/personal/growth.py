"""Somebody asks what is kept of them, and has it erased, so that each statement is looked at."""

from services.living.personal import reactions
from tests.fixtures.personal import asked
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    for erase in (False, True):
        await asked(served, reactions, "citizen-siti", erase=erase)


LIVES = {"personal": _live}
