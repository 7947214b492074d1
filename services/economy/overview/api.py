"""OverviewService over gRPC."""

from datetime import timedelta

from services.economy.indicators import store as indicators
from services.economy.money import to_proto
from services.economy.overview import store
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.economy.v1 import overview_pb2 as pb

WEEK = timedelta(days=6)
"""Before today: with it, seven days."""


@rpc
async def read(tx: Transaction, request: pb.GetOverviewRequest) -> pb.GetOverviewResponse:
    """Reads the section of the city home."""
    city = tx.runtime.city
    today = tx.now.astimezone(city.timezone).date()
    now = await indicators.total(tx, today, today)
    week = await indicators.total(tx, today - WEEK, today)
    return pb.GetOverviewResponse(
        payments_today=now.payments,
        turnover_this_week=to_proto(week.turnover, city.currency) if week.turnover is not None else None,
        cashless_share_this_week=week.share,
        merchants=await store.merchants(tx),
        bills_paid_this_week=week.bills,
    )
