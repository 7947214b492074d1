"""What is gathered for a depot's day: of its own places, all, and no other's."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from smartcity.environment.v1 import rounds_pb2 as pb
from tests.environment.conftest import DUE
from tests.environment.rounds.collecting import Collecting, causes, stops
from tests.environment.rounds.test_rounds import DAWN
from tests.environment.warnings.warning import SIAGA, TANJUNG_MAS, Warnings
from tests.fixtures.pillars import Standing

TUESDAY, WEDNESDAY = "2026-03-03", "2026-03-04"


@pytest.fixture
async def collecting(environment_stand: Standing) -> AsyncIterator[Collecting]:
    """The pillar, serving, before the trucks start."""
    async with environment_stand.fresh(DAWN) as served:
        yield Collecting(served)


async def test_a_flood_leaves_out_the_days_that_its_warning_reaches(collecting: Collecting) -> None:
    await collecting.container("kontainer-tanjung-mas", 90)
    await Warnings(collecting.served).in_force(level=SIAGA, hours=24)  # until three on Tuesday morning
    tuesday, wednesday = await collecting.planned(TUESDAY), await collecting.planned(WEDNESDAY)
    assert causes(tuesday.left_out) == {"kontainer-tanjung-mas": "flooded"}
    assert [one.code for one in tuesday.flooded] == [TANJUNG_MAS]
    assert (list(wednesday.left_out), list(wednesday.flooded)) == ([], [])
    assert [one.code for one in stops(wednesday)] == ["kontainer-tanjung-mas"]
