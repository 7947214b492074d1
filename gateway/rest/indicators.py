"""Indicators: how cashless the city is."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from gateway.rest import examples
from gateway.rest.answers import PUBLIC_READS, answer, documented
from gateway.rest.requests import FirstDay, LastDay, Parts, Who
from smartcity.economy.v1 import indicators_pb2 as pb2
from smartcity.economy.v1 import indicators_views as views

router = APIRouter(tags=["Indicators"], prefix="/v1/indicators")


@router.get(
    "",
    summary="Cashless share and turnover",
    operation_id="listIndicators",
    **documented("ListIndicatorsResponse", problems=PUBLIC_READS, example=examples.INDICATORS),
)
async def list_indicators(
    parts: Parts,
    who: Who,
    group: Annotated[views.IndicatorGroup, Query(description="What the figures are grouped by.")] = "day",
    first_day: FirstDay = "",
    last_day: LastDay = "",
    area: Annotated[
        str, Query(max_length=20, pattern=r"^[0-9.]*$", description="Only this kelurahan or desa (Kemendagri code).")
    ] = "",
    sector: Annotated[str, Query(max_length=100, description="Only this sector.")] = "",
) -> Response:
    """Counts payments, and how many and how much of them cashless, by day, kelurahan or sector; the last 30 days.

    A cell with fewer than five payments tells no turnover. Drills never count.
    """
    message = pb2.ListIndicatorsRequest(
        group=views.INDICATOR_GROUP_NUMBERS[group], first_day=first_day, last_day=last_day, area=area, sector=sector
    )
    found = await parts.pillars.call(parts.pillars.indicators.ListIndicators, message, who)
    return answer(views.list_indicators_response(found), headers={"cache-control": "public, max-age=10"})
