"""How agencies perform: the league of a month, an agency's months, and the cases behind each number."""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.addresses import own_path
from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit import series
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.crowds import for_crowds
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token
from smartcity.governance.v1 import performance_pb2 as pb
from smartcity.governance.v1 import performance_views as views

PATH = "/kinerja"
KINDS = {
    "tepat-waktu": "on_time",
    "dijelaskan": "explained",
    "terlambat": "overdue",
    "dibuka-lagi": "reopened",
    "dinilai": "rated",
    "ditanggapi": "prompt",
    "telat-ditanggapi": "belated",
    "tanpa-tanggapan": "silent",
}
"""What is counted, by its name in addresses."""
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("")
@for_crowds()
async def league(request: Request, bulan: str = "") -> Response:
    """The agencies of a month, the best first."""
    if (back := _strange(request, bulan)) is not None:
        return back
    pillars, caller = current_gateway(request).pillars, current_caller(request)
    found, formulas = await asyncio.gather(
        pillars.call(pb.ListPerformanceRequest(month=bulan), caller),
        pillars.call(pb.ListPerformanceFormulasRequest(), caller),
    )
    it = views.list_performance_response(found)
    rests_on = views.list_performance_formulas_response(formulas)
    used = next((one for one in rests_on.formulas if one.id == it.formula), None)
    return render(
        request, "governance/performance.html", it=it, used=used, rests_on=rests_on, month=it.month,
        permits=[one for one in it.agencies if _has_permits(one.figures)],
        **_around(request, it.month), **_words(request),
    )  # fmt: skip


@router.get("/{agency}")
async def months(request: Request, agency: Identifier, bulan: str = "") -> Response:
    """An agency's months, drawn and as a table, and the figures of one of them."""
    if (back := _strange(request, bulan)) is not None:
        return back
    asked = pb.GetAgencyPerformanceRequest(agency=agency, month=bulan)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    it = views.agency_months(answer.performance)
    month = bulan or _present(request)
    now = next((one for one in it.months if one.month == month), None)
    return render(
        request, "governance/performance_agency.html", it=it, month=month,
        now=now,
        permits=[{"agency": it.agency, "figures": now.figures}] if now and _has_permits(now.figures) else [],
        drawing=_drawn(request, it.months), **_around(request, month), **_words(request),
    )  # fmt: skip


@router.get("/{agency}/kasus")
async def cases(request: Request, agency: Identifier, bulan: str = "", hal: str = "") -> Response:
    """The cases behind a number."""
    if (back := _strange(request, bulan, hal)) is not None:
        return back
    month, kind = bulan or _present(request), hal or next(iter(KINDS))
    asked = pb.ListPerformanceCasesRequest(
        agency=agency, month=month, kind=views.PERFORMANCE_KIND_NUMBERS[KINDS[kind]], page_size=PAGE,
        page_token=page_token(request),
    )  # fmt: skip
    found = await current_gateway(request).pillars.call(asked, current_caller(request))
    return render(
        request, "governance/performance_cases.html", it=found, agency=agency, month=month, kind=kind,
        cases=[views.performance_case(one) for one in found.cases],
        next_href=next_href(f"{PATH}/{agency}/kasus", found.next_page_token, bulan=month, hal=kind), **_words(request),
    )  # fmt: skip


def _strange(request: Request, month: str, kind: str = "") -> RedirectResponse | None:
    """The way to the same page without a month that is none, or a kind that nobody counts."""
    if (not month or _MONTH.fullmatch(month)) and (not kind or kind in KINDS):
        return None
    return RedirectResponse(own_path(request.url.path), 303)


def _has_permits(figures: Any) -> bool:
    return figures.permit_share is not None or figures.permit_granted > 0


def _present(request: Request) -> str:
    return f"{datetime.now(current_gateway(request).city.timezone):%Y-%m}"


def _around(request: Request, month: str) -> dict[str, Any]:
    """The months before and after; none that is yet to come."""
    year, number = int(month[:4]), int(month[5:])
    before, after = date(year - (number == 1), (number - 2) % 12 + 1, 1), date(year + number // 12, number % 12 + 1, 1)
    return {
        "earlier": f"{before:%Y-%m}" if before.year >= 2000 else "",
        "later": f"{after:%Y-%m}" if f"{after:%Y-%m}" <= _present(request) else "",
    }


def _words(request: Request) -> dict[str, Any]:
    """How templates say figures."""
    texts = texts_of(request)

    def number(value: float, places: int = 0) -> str:
        return format_decimal(value, "#,##0." + "0" * places if places else "#,##0", locale=texts.language)

    def lasted(minutes: int) -> str:
        if minutes < 60:
            return texts.count("performance.minutes", minutes)
        hours = round(minutes / 60)
        return texts.count("performance.hours", hours) if hours < 48 else texts.count("performance.days", hours // 24)

    return {"number": number, "lasted": lasted, "kinds": {of: name for name, of in KINDS.items()}, "kinds_of": KINDS}


def _drawn(request: Request, found: Any) -> series.Series | None:
    """The share on time of the months, the earliest first; a month without a case is a gap."""
    if not found:
        return None
    known = {one.month: one.figures.on_time_share for one in found}
    first, last = min(known), max(known)
    names, month = [], first
    while month <= last:
        names.append(month)
        year, number = int(month[:4]), int(month[5:])
        month = f"{date(year + number // 12, number % 12 + 1, 1):%Y-%m}"
    values = [None if (share := known.get(name)) is None else 100 * share for name in names]
    language = texts_of(request).language
    short = [format_date(date.fromisoformat(f"{name}-01"), "MMM yy", locale=language) for name in names]
    return series.draw(values, short, 0, 100)
