"""IndicatorService over gRPC: proto -> store -> proto."""

from services.economy.indicators import model, store
from services.economy.indicators.model import Cell, Group, Wanted
from services.economy.money import to_proto
from services.economy.terms import terms_of
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.economy.v1 import indicators_pb2 as pb


@rpc
async def page(tx: Transaction, request: pb.ListIndicatorsRequest) -> pb.ListIndicatorsResponse:
    """Lists cashless share and turnover."""
    wanted, city = _wanted(tx, request), tx.runtime.city
    found = await store.cells(tx, wanted)
    return pb.ListIndicatorsResponse(indicators=[_indicator(city, one, wanted.group) for one in found])


def _wanted(tx: Transaction, request: pb.ListIndicatorsRequest) -> Wanted:
    city, terms = tx.runtime.city, terms_of(tx.runtime.city)
    first, last = model.days(request.first_day, request.last_day, tx.now.astimezone(city.timezone).date())
    model.check_filter(
        request.area,
        request.sector,
        is_area=lambda code: (area := city.area(code)) is not None and area.is_lowest,
        is_sector=lambda id_: terms.sector(id_) is not None,
    )
    group = protos.member(pb.IndicatorGroup, request.group or pb.INDICATOR_GROUP_DAY, Group)
    return Wanted(first, last, group, request.area, request.sector)


def _indicator(city: City, cell: Cell, group: Group) -> pb.Indicator:
    figures = cell.figures
    return pb.Indicator(
        day=cell.key if group is Group.DAY else "",
        area=protos.area(city, cell.key) if group is Group.AREA else None,
        sector=cell.key if group is Group.SECTOR else "",
        payments=figures.payments,
        cashless_payments=figures.cashless,
        cashless_share=figures.share,
        turnover=to_proto(figures.turnover, city.currency) if figures.turnover is not None else None,
    )
