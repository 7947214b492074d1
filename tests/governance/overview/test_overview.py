"""What governance shows on the city's home."""

import re

from services.governance.incidents.model import OPEN
from services.governance.overview import store
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import overview_pb2
from tests.governance.cases import file
from tests.governance.conftest import ADMIN, Governance


async def _overview(governance: Governance) -> overview_pb2.GetOverviewResponse:
    answer: overview_pb2.GetOverviewResponse = await governance.call(
        "OverviewService.GetOverview", overview_pb2.GetOverviewRequest()
    )
    return answer


async def test_an_empty_city_counts_nothing(governance: Governance) -> None:
    assert await _overview(governance) == overview_pb2.GetOverviewResponse()


async def test_the_week_is_counted_by_kelurahan(governance: Governance) -> None:
    await file(governance)
    governance.pass_time(days=8)
    await (await file(governance)).resolved()
    await file(governance, area_code="33.74.01.1001")
    found = await _overview(governance)
    assert (found.open, found.filed_this_week, found.resolved_this_week) == (2, 2, 1)
    assert [(one.area.name, one.filed, one.resolved) for one in found.areas] == [("Miroto", 1, 0), ("Sekayu", 1, 1)]


async def test_agencies_are_measured_by_their_deadlines(governance: Governance) -> None:
    await (await file(governance)).resolved()
    late = await file(governance)
    await late.transition("verify")
    await file(governance, category="jalan-rusak")
    governance.pass_time(days=40)
    await late.resolve()
    found = await _overview(governance)
    dlh, dpu = sorted(found.agencies, key=lambda one: one.agency.id)
    assert (dlh.agency.id, dlh.resolved, dlh.on_time, dlh.open, dlh.overdue) == ("dlh", 2, 1, 0, 0)
    assert (dpu.agency.id, dpu.resolved, dpu.open, dpu.overdue) == ("dpu", 0, 1, 1)
    assert [one.agency.name for one in found.agencies] == sorted(one.agency.name for one in found.agencies)
    assert found.overdue == 1


async def test_the_rating_is_the_mean(governance: Governance) -> None:
    for stars in (3, 4):
        await (await (await file(governance)).resolved()).act("Rate", rating=stars)
    assert (await _overview(governance)).rating == 3.5


async def test_drills_never_count(governance: Governance) -> None:
    drill = await file(governance, ADMIN, exercise=True)
    await (await drill.resolved()).act("Rate", ADMIN, rating=1)
    assert await _overview(governance) == overview_pb2.GetOverviewResponse()


async def test_secret_cases_count_in_the_city_but_not_on_its_map(governance: Governance) -> None:
    await file(governance, secret=True)
    found = await _overview(governance)
    assert (found.open, found.filed_this_week, len(found.areas)) == (1, 1, 0)


async def test_demonstration_data_is_named(governance: Governance) -> None:
    await file(governance, ADMIN, channel=pb.CHANNEL_KIND_DEMO)
    assert (await _overview(governance)).demo


def test_open_incidents_are_those_that_dispatchers_have_to_do_with() -> None:
    assert set(re.findall(r"'(\w+)'", store._INCIDENTS)) == {state.value for state in OPEN}
