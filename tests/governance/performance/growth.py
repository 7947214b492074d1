"""Performance going all the ways that it can, so that each statement is looked at."""

from datetime import date

from services.governance.performance import reactions
from services.governance.performance import timers as performance_timers
from services.governance.recounting import timers
from services.kit.ids import uuid7
from smartcity.governance.v1 import performance_pb2 as pb
from smartcity.society.v1 import events_pb2 as society
from tests.fixtures.pillars import Served
from tests.governance.performance.hearing import Hearing, event


async def _live(served: Served) -> None:
    hearing = Hearing(served)
    await hearing.hear()
    index = society.SatisfactionPublished(
        survey="tumbuh", agency="dlh", first_day="2026-01-01", last_day="2026-03-31", index="88.10", answers=40
    )
    async with served.runtime.transaction() as tx:
        await reactions.on_satisfaction_published(tx, event(index, served.now))
    await hearing.month()
    await hearing.call(pb.ListPerformanceFormulasRequest())
    await hearing.call(pb.GetAgencyPerformanceRequest(agency="dlh"))
    for kind in (pb.PERFORMANCE_KIND_ON_TIME, pb.PERFORMANCE_KIND_PROMPT):
        page = pb.ListPerformanceCasesRequest(agency="dlh", kind=kind, page_size=1)
        page.page_token = (await hearing.call(page)).next_page_token
        await hearing.call(page)
    sql = "INSERT INTO performance_recompute (id, first, last) VALUES ($1, $2, $2)"
    for year in (served.now.year, served.now.year + 1):  # one that is done, and one that is refused
        await served.runtime.pool.execute(sql, uuid7(), date(year, served.now.month, 1))
    await timers.due(served.runtime)
    await performance_timers.forget(served.runtime)


LIVES = {"performance": _live}
