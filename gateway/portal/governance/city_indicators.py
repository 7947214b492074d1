"""What the city wants to be measured by, drawn and as tables; years without a value are shown as missing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import grpc.aio
from babel.numbers import format_decimal
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit import series
from gateway.portal.kit.page import PageRoute, render, texts_of
from smartcity.economy.v1 import indicators_pb2 as economy
from smartcity.governance.v1 import city_indicators_pb2 as pb
from smartcity.governance.v1 import city_indicators_views as views

PATH = "/kinerja/indikator"
PATIENCE_S = 1.0
"""How long the cashless share is waited for: all else is there at once."""

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Year:
    """A year, and what is told of it; nothing where it is not known."""

    year: int
    values: list[Any]


@router.get(PATH)
async def shown(request: Request) -> Response:
    """All indicators, the plan's priorities first."""
    call = current_gateway(request).pillars.call
    answer, cashless = await asyncio.gather(
        call(pb.ListCityIndicatorsRequest(), current_caller(request)), _cashless(request)
    )
    it = views.list_city_indicators_response(answer)
    plan = range(it.first_year, it.last_year + 1) if it.first_year else range(0)
    counted = [one for one in it.counted if one.values]
    shown = [*it.indicators, *counted]
    return render(
        request, "governance/city_indicators.html", it=it, counted=counted, cashless=cashless,
        years={one.id: years(one.values, plan if one.priority else ()) for one in shown},
        drawings={one.id: _drawn(one.values, plan if one.priority else ()) for one in shown},
        number=_number(request),
    )  # fmt: skip


def years(values: Iterable[Any], plan: Iterable[int]) -> list[Year]:
    """The years of the plan and those with a value, those between them included."""
    told = list(values)
    all_ = {*plan, *(one.year for one in told)}
    if not all_:
        return []
    return [Year(year, [one for one in told if one.year == year]) for year in range(min(all_), max(all_) + 1)]


def _drawn(values: Iterable[Any], plan: Iterable[int]) -> series.Series | None:
    """What was reached; what was aimed at stands in the table alone."""
    reached: dict[int, float] = {}
    for one in values:
        if one.type != "target":
            reached.setdefault(one.year, one.value)
    if len(reached) < 2:
        return None
    all_ = {*plan, *reached}
    span = range(min(all_), max(all_) + 1)
    return series.draw([reached.get(year) for year in span], [str(year) for year in span])


async def _cashless(request: Request) -> Any:
    """Payments of the last 30 days, by economy; None where it does not answer in time."""
    asked = economy.ListIndicatorsRequest(group=economy.INDICATOR_GROUP_DAY)
    try:
        answer = await current_gateway(request).pillars.send(
            asked, current_caller(request), within=PATIENCE_S, retry=False
        )
    except grpc.aio.AioRpcError:
        return None
    assert isinstance(answer, economy.ListIndicatorsResponse)
    payments = sum(one.payments for one in answer.indicators)
    cashless = sum(one.cashless_payments for one in answer.indicators)
    return {"payments": payments, "share": cashless / payments} if payments else None


def _number(request: Request) -> Any:
    language = texts_of(request).language

    def number(value: float, places: int = 2) -> str:
        return format_decimal(value, "#,##0." + "#" * places if places else "#,##0", locale=language)

    return number
