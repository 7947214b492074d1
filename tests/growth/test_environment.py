"""Environment, driven through all it does; then each statement it ran is planned as with a million of each row."""

from services.environment.pillar import PILLAR
from smartcity.environment.v1 import cleanups_pb2 as pb
from tests.environment.conftest import DLH, DUE, Environment
from tests.governance.conftest import ADMIN
from tests.growth.judging import flat, nouns_live, tick
from tests.growth.recording import Recorder

SMALL = {
    "backlog": "a row for each day and hour with a deadline, of which only today's and the days before are read",
    "registry": "one row",
    "tally": "a row for each kind of thing",
    "hearing": "one row",
    "highest": "one row",
}


async def test_no_statement_of_environment_grows_with_its_tables(environment: Environment, recorder: Recorder) -> None:
    await _lives(environment)
    some = [pb.CLEANUP_STATE_COMPLETED, pb.CLEANUP_STATE_ABANDONED]
    for caller in (DLH, ADMIN):
        for states in ([], some[:1], some):
            page = await environment.page(caller, states=states, page_size=1)
            if page.next_page_token:
                await environment.page(caller, states=states, page_size=1, page_token=page.next_page_token)
    await environment.page(complaint="SMG-0001-00")
    await environment.overview()
    await nouns_live(environment.served)
    await tick(PILLAR, environment.served.runtime)
    await flat(recorder, PILLAR, environment.served.admin, small=SMALL, unrun={}, allowed={})


async def _lives(environment: Environment) -> None:
    """Jobs go all ways that there are."""
    for verb in ("Complete", "Abandon"):
        for _ in range(2):
            complaint = await environment.assigned()
            await environment.move("Dispatch", await complaint.job())
            await environment.move(verb, await complaint.job())
    await complaint.reopened()
    await complaint.assigned(due=DUE)
    await complaint.becomes("withdrawn")
    await complaint.redacted(words=True)
    for _ in range(3):
        await environment.assigned()
