"""Living, driven through all it does; then each statement it ran is planned as with a million of each row."""

from services.kit.caller import ANONYMOUS
from services.living.cards import store as cards
from services.living.pillar import PILLAR
from smartcity.living.v1 import overview_pb2
from smartcity.living.v1.overview_pb2_grpc import OverviewServiceStub
from tests.fixtures.pillars import own_database, standing
from tests.governance.conftest import MONDAY
from tests.growth.judging import flat, nouns_live, tick
from tests.growth.recording import Recorder

SMALL = {
    "operator_feed": "a row for each feed that is configured",
    "feed_current": "one row",
    "facility_tally": "a row for each kind of facility",
    "correction_tally": "a row for each agency",
    "vehicle_position": "a row for each vehicle in service",
    "vehicle_progress": "a row for each vehicle in service",
    "denied_cards": "one row",
    "vehicle_edition": "one row",
}
UNRUN = {
    "services/living/imports/loading.py": "an import is a process of its own, which its own tests start",
    "services/living/imports/results.py": "the same; each statement is about one import, by its key",
    "SELECT trip, stop, arrival, departure, pickup, drop_off, sequence FROM stop_time": (
        "copied out as a whole, once for each feed that comes to hold"
    ),
}
ALLOWED = {"SELECT EXISTS (SELECT FROM travel_card)": "stops at the first, and the demo asks once"}


async def test_no_statement_of_living_grows_with_its_tables(postgres: str, recorder: Recorder) -> None:
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand, stand.fresh(MONDAY) as served:
        await nouns_live(served)
        await served.call(OverviewServiceStub, "GetOverview", overview_pb2.GetOverviewRequest(), ANONYMOUS)
        async with served.runtime.statement() as tx:
            await cards.any_card(tx)
        await tick(PILLAR, served.runtime)
        await flat(recorder, PILLAR, served.admin, small=SMALL, unrun=UNRUN, allowed=ALLOWED)
