"""Facilities and their corrections going all the ways that they can, so that each statement is looked at."""

from smartcity.living.v1 import facilities_pb2 as pb
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, CITIZEN
from tests.living.facilities.town import DINKES, GENUK, Town


async def _live(served: Served) -> None:
    town = await Town(served).enter()
    await town.enter()
    accepted, declined = await town.correct(), await town.correct(GENUK)
    await town.correct(GENUK, CITIZEN, use=pb.FACILITY_USE_CLOSED)
    await town.decide("Accept", accepted)
    await town.decide("Decline", declined)
    facility = await town.read(GENUK)
    await town.read(facility.id)
    for near in ("", "-6.9837,110.4105"):
        await town.listed(near=near, page_size=20)
        await town.listed(near=near, page_size=20, open=True, accessible=True, kind=pb.FACILITY_KIND_LIBRARY)
    await town.correction(accepted)
    for caller in (DINKES, ADMIN):
        for state in (pb.FACILITY_CORRECTION_STATE_WAITING, pb.FACILITY_CORRECTION_STATE_DECLINED):
            request = pb.ListFacilityCorrectionsRequest(page_size=1, state=state)
            await town.correct(hours="Mo 07:00-08:00")
            await town.decide("Decline", await town.correct(hours="Mo 07:00-09:00"))
            request.page_token = (await town.call(request, caller)).next_page_token
            await town.call(request, caller)


LIVES = {"facilities": _live}
