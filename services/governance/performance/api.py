"""PerformanceService over gRPC: proto -> store -> proto."""

from datetime import date, timedelta
from typing import Any

from services.governance.cases import store as complaints
from services.governance.performance import actions, satisfaction, store
from services.governance.performance.figures import Figures, decimal, league
from services.governance.performance.formulas import Formula, cut_off, earlier, terms_of
from services.governance.performance.model import Kind
from services.governance.performance.satisfaction import Satisfaction
from services.kit.city import City
from services.kit.database import Transaction, paging
from services.kit.errors import not_found
from services.kit.rpc import one_statement, protos, rpc
from smartcity.governance.v1 import performance_pb2 as pb

MONTHS = 12


@rpc
async def page(tx: Transaction, request: pb.ListPerformanceRequest) -> pb.ListPerformanceResponse:
    """Lists the agencies of a month."""
    city = tx.runtime.city
    month = actions.asked(city, tx.now, request.month)
    terms = terms_of(city)
    formula, close = terms.formula(month), cut_off(terms, month, city.timezone)
    start, end = actions.span(city, month)
    said = await satisfaction.of_month(tx, start.date(), end.date() - timedelta(days=1))
    found = league(await store.month(tx, month), formula)
    return pb.ListPerformanceResponse(
        month=f"{month:%Y-%m}",
        formula=formula.id if formula else "",
        least_cases=formula.least_cases if formula else 0,
        close_time=protos.timestamp(close),
        closed=close <= tx.now,
        agencies=[
            pb.AgencyPerformance(
                agency=protos.agency(city, one.agency),
                rank=one.rank,
                figures=_figures(one.figures, formula),
                satisfaction=_satisfaction(said.get(one.agency)),
            )
            for one in found
        ],
        corrections=[_correction(row) for row in await store.corrections(tx, month)],
        demo=await complaints.has_demo(tx),
    )


@rpc
@one_statement
async def formulas(tx: Transaction, request: pb.ListPerformanceFormulasRequest) -> pb.ListPerformanceFormulasResponse:
    """Lists the formulas, the latest first."""
    terms = terms_of(tx.runtime.city)
    return pb.ListPerformanceFormulasResponse(
        formulas=[
            pb.PerformanceFormula(
                id=one.id,
                first_month=one.first_month,
                least_cases=one.least_cases,
                close_days=one.close_days,
                weights=pb.PerformanceWeights(
                    on_time=one.weights.on_time,
                    settled=one.weights.settled,
                    rating=one.weights.rating,
                    prompt=one.weights.prompt,
                    permits=one.weights.permits,
                ),
                name=one.name_id,
                name_en=one.name_en,
                explained_apart=one.explained_apart,
            )
            for one in reversed(terms.formulas)
        ],
        keep_months=terms.keep_months,
        made_up=terms.made_up,
    )


@rpc
async def months(tx: Transaction, request: pb.GetAgencyPerformanceRequest) -> pb.GetAgencyPerformanceResponse:
    """Reads an agency's months. Errors: AGENCY_NOT_FOUND."""
    city = tx.runtime.city
    _require_agency(city, request.agency)
    last = actions.asked(city, tx.now, request.month)
    terms = terms_of(city)
    found = await store.of_agency(tx, request.agency, earlier(last, MONTHS - 1), last)
    said = await satisfaction.latest(tx, request.agency)
    return pb.GetAgencyPerformanceResponse(
        performance=pb.AgencyMonths(
            agency=protos.agency(city, request.agency),
            months=[
                pb.MonthPerformance(
                    month=f"{month:%Y-%m}",
                    formula=formula.id if (formula := terms.formula(month)) else "",
                    closed=cut_off(terms, month, city.timezone) <= tx.now,
                    figures=_figures(figures, formula),
                )
                for month, figures in found.items()
            ],
            satisfaction=[one for each in said if (one := _satisfaction(each)) is not None],
            corrections=[_correction(row) for row in await store.corrections(tx, last, request.agency)],
            closed=cut_off(terms, last, city.timezone) <= tx.now,
            demo=await complaints.has_demo(tx),
        )
    )


@rpc
async def behind(tx: Transaction, request: pb.ListPerformanceCasesRequest) -> pb.ListPerformanceCasesResponse:
    """Lists the cases behind a figure. Errors: AGENCY_NOT_FOUND."""
    city = tx.runtime.city
    _require_agency(city, request.agency)
    month: date = actions.asked(city, tx.now, request.month)
    kind = protos.member(pb.PerformanceKind, request.kind, Kind)
    size = paging.page_size(request.page_size)
    found = await store.behind(tx, request.agency, month, kind, size, request.page_token)
    return pb.ListPerformanceCasesResponse(
        cases=[
            pb.PerformanceCase(
                code=row["code"],
                time=protos.timestamp(row["at"]),
                correction=row["correction"],
                minutes=row["value"] // 60 if kind in {Kind.PROMPT, Kind.BELATED} else 0,
            )
            for row in found.rows
        ],
        next_page_token=found.token,
        demo=await complaints.has_demo(tx),
    )


def _correction(row: Any) -> pb.PerformanceCorrection:
    kind = protos.number(pb.PerformanceKind, row["kind"])
    return pb.PerformanceCorrection(name=row["correction"], agency=row["agency"], kind=kind, cases=row["cases"])


def _require_agency(city: City, agency: str) -> None:
    if city.agency(agency) is None:
        raise not_found("AGENCY_NOT_FOUND", "There is no such agency; the list is at /v1/agencies.")


def _figures(of: Figures, formula: Formula | None) -> pb.PerformanceFigures:
    share, seconds, permits = of.on_time_share, of.answer_seconds, of.permit_share
    return pb.PerformanceFigures(
        **{kind.value: of.cases(kind) for kind in Kind},
        on_time_share=round(float(share), 4) if share is not None else None,
        stars=decimal(of.stars),
        answer_minutes=seconds // 60 if seconds is not None else None,
        permit_share=round(float(permits), 4) if permits is not None else None,
        score=decimal(of.score(formula)) if formula else "",
    )


def _satisfaction(one: Satisfaction | None) -> pb.AgencySatisfaction | None:
    if one is None:
        return None
    return pb.AgencySatisfaction(
        survey=one.survey,
        index=one.index,
        answers=one.answers,
        first_day=one.first_day.isoformat(),
        last_day=one.last_day.isoformat(),
    )
