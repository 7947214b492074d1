"""Rounds, going all the ways that they can, so that each statement is looked at."""

from services.environment.rounds import timers
from smartcity.environment.v1 import pickups_pb2
from smartcity.environment.v1 import rounds_pb2 as pb
from tests.environment.conftest import DLH
from tests.environment.rounds.collecting import DEPOT, Collecting, stops
from tests.environment.rounds.rows import IN_KEMIJEN, KEMIJEN
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN


async def _live(served: Served) -> None:
    collecting = Collecting(served)
    await collecting.container("kontainer-kaligawe", 85)
    await collecting.job(7_000, area=KEMIJEN, location=IN_KEMIJEN)
    await collecting.told()
    await collecting.planned()
    plan = await collecting.planned()
    again = await collecting.asked()
    for one in stops(plan):
        done = await collecting.tick(one)
        await collecting.tick(await collecting.tick(done, state=pb.ROUND_STOP_STATE_OPEN))
    await timers.make_plans(served.runtime)
    await collecting.read(again.id)
    await collecting.call(pb.ListDepotsRequest())
    await collecting.call(pickups_pb2.ListPickupsRequest(area="33.74.01"))
    for caller in (DLH, ADMIN):
        for fields in ({}, {"depot": DEPOT}, {"day": plan.day}, {"depot": DEPOT, "day": plan.day}):
            found = await collecting.call(pb.ListRoundPlansRequest(page_size=1, **fields), caller)
            token = found.next_page_token
            await collecting.call(pb.ListRoundPlansRequest(page_size=1, page_token=token, **fields), caller)


LIVES = {"rounds": _live}
