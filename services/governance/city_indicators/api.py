"""CityIndicatorService over gRPC: the profile and the sums of performance -> proto."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from services.governance.cases import store as complaints
from services.governance.city_indicators.profile import Indicator, Value, measured
from services.governance.performance import store as performance
from services.governance.performance.figures import Figures
from services.governance.performance.model import Kind
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.governance.v1 import city_indicators_pb2 as pb

ON_TIME, PERMITS_ON_TIME, PERMITS = "tepat-waktu", "izin-tepat-waktu", "izin-terbit"


@rpc
async def page(tx: Transaction, request: pb.ListCityIndicatorsRequest) -> pb.ListCityIndicatorsResponse:
    """Lists the indicators, and what is counted from events."""
    answer = pb.ListCityIndicatorsResponse(
        counted=_counted(await performance.years(tx)), demo=await complaints.has_demo(tx)
    )
    found = measured(tx.runtime.city)
    if found is not None:
        terms = found.terms
        answer.version, answer.title, answer.title_en = terms.version, terms.title_id, terms.title_en
        answer.first_year, answer.last_year, answer.source = terms.first_year, terms.last_year, terms.source
        answer.source_en = terms.source_en
        answer.indicators.extend(_indicator(one, found.values[one.id]) for one in terms.indicators)
    return answer


def _indicator(one: Indicator, values: Iterable[Value]) -> pb.CityIndicator:
    return pb.CityIndicator(
        id=one.id,
        priority=one.priority,
        name=one.name_id,
        name_en=one.name_en,
        unit=one.unit_id,
        unit_en=one.unit_en,
        lower_is_better=one.better == "lower",
        note=one.note_id,
        note_en=one.note_en,
        values=[
            pb.IndicatorValue(
                year=each.year,
                value=each.value,
                type=protos.number(pb.IndicatorValueType, each.value_type),
                sourcing=protos.number(pb.IndicatorSourcing, each.status),
                note=each.note,
                source=each.source,
            )
            for each in values
        ],
    )


def _counted(years: dict[int, Figures]) -> list[pb.CityIndicator]:
    granted = {year: figures.cases(Kind.PERMIT_GRANTED) for year, figures in years.items()}
    return [
        pb.CityIndicator(
            id=ON_TIME, name="Laporan yang selesai tepat waktu", name_en="Reports resolved on time",
            unit="persen", unit_en="per cent",
            values=_shares({year: figures.on_time_share for year, figures in years.items()}),
        ),
        pb.CityIndicator(
            id=PERMITS_ON_TIME, name="Izin yang diputus tepat waktu", name_en="Permits decided in time",
            unit="persen", unit_en="per cent",
            values=_shares({year: figures.permit_share for year, figures in years.items()}),
        ),
        pb.CityIndicator(
            id=PERMITS, name="Izin yang terbit", name_en="Permits granted", unit="izin", unit_en="permits",
            note="Termasuk yang dianggap dikabulkan karena kota tidak menjawab pada waktunya.",
            note_en="Those deemed granted, as the city did not answer in time, are among them.",
            values=[_value(year, count) for year, count in granted.items() if count],
        ),
    ]  # fmt: skip


def _shares(years: Mapping[int, Fraction | None]) -> list[pb.IndicatorValue]:
    return [_value(year, round(100 * float(share), 2)) for year, share in years.items() if share is not None]


def _value(year: int, value: float) -> pb.IndicatorValue:
    return pb.IndicatorValue(
        year=year, value=value, type=pb.INDICATOR_VALUE_TYPE_COUNTED, sourcing=pb.INDICATOR_SOURCING_COUNTED,
        source="/v1/performance",
    )  # fmt: skip
