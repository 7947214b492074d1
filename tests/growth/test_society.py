"""Society, driven through all it does; then each statement it ran is planned as with a million of each row."""

from services.kit.caller import ANONYMOUS
from services.society.pillar import PILLAR
from smartcity.society.v1 import overview_pb2
from smartcity.society.v1.overview_pb2_grpc import OverviewServiceStub
from tests.fixtures.pillars import own_database, standing
from tests.governance.conftest import MONDAY
from tests.growth.judging import flat, nouns_live, tick
from tests.growth.recording import Recorder

SMALL = {
    "process_tally": "a row for each phase",
    "proposal_tally": "a row for each state",
    "survey_invited": "a row for each agency that is judged now",
}


async def test_no_statement_of_society_grows_with_its_tables(postgres: str, recorder: Recorder) -> None:
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand, stand.fresh(MONDAY) as served:
        await nouns_live(served)
        await served.call(OverviewServiceStub, "GetOverview", overview_pb2.GetOverviewRequest(), ANONYMOUS)
        await tick(PILLAR, served.runtime)
        await flat(recorder, PILLAR, served.admin, small=SMALL, unrun={}, allowed={})
