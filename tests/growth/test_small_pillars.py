"""The pillars that have no test of growth of their own, as their nouns say that they live."""

from importlib import import_module
from pathlib import Path

import pytest

from deploy.pillars import NAMES, pillars
from services.kit.caller import ANONYMOUS
from tests.fixtures.pillars import own_database, standing
from tests.governance.conftest import MONDAY
from tests.growth.judging import flat, nouns_live, tick
from tests.growth.recording import Recorder

SMALL = [name for name in NAMES if not (Path(__file__).parent / f"test_{name}.py").exists()]


@pytest.mark.parametrize("name", SMALL)
async def test_no_statement_of_a_small_pillar_grows_with_its_tables(
    name: str, postgres: str, recorder: Recorder
) -> None:
    pillar = pillars()[name]
    contract = f"smartcity.{name}.v1.overview_pb2"
    overview, stub = import_module(contract), import_module(f"{contract}_grpc").OverviewServiceStub
    async with standing(pillar, await own_database(postgres, pillar)) as stand, stand.fresh(MONDAY) as served:
        await nouns_live(served)
        await served.call(stub, "GetOverview", overview.GetOverviewRequest(), ANONYMOUS)
        await tick(pillar, served.runtime)
        await flat(recorder, pillar, served.admin, small={}, unrun={}, allowed={})
