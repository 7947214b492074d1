"""The made-up history: once, without an event, and with books that add up."""

from services.economy.demo import seed
from smartcity.economy.v1 import indicators_pb2, ledger_pb2, merchants_pb2
from tests.economy.conftest import ADMIN, OWNER, Economy


async def test_the_history_is_made_once_and_tells_nobody(economy: Economy) -> None:
    made = await seed(economy.runtime, OWNER.subject)
    assert made > 1000
    assert await seed(economy.runtime, OWNER.subject) == 0
    assert await economy.outbox() == []


async def test_the_books_of_the_history_add_up(economy: Economy) -> None:
    await seed(economy.runtime, OWNER.subject)
    checked = await economy.call("LedgerService.CheckLedger", ledger_pb2.CheckLedgerRequest(), ADMIN)
    assert list(checked.problems) == []
    assert checked.transfers > 1000


async def test_cash_is_taken_at_counters_of_the_city_alone(economy: Economy) -> None:
    await seed(economy.runtime, OWNER.subject)
    sql = "SELECT kind, method, count(*) FROM payment JOIN merchant ON merchant.id = payment.merchant GROUP BY 1, 2"
    assert {(row["kind"], row["method"]) for row in await economy.runtime.pool.fetch(sql)} == {
        ("business", "qris_static"),
        ("counter", "cash"),
    }


async def test_the_demo_user_has_a_business_and_the_city_figures(economy: Economy) -> None:
    made = await seed(economy.runtime, OWNER.subject)
    request = merchants_pb2.ListMerchantsRequest(mine=True)
    mine = (await economy.call("MerchantService.ListMerchants", request, OWNER)).merchants
    assert [each.state for each in mine] == [merchants_pb2.MERCHANT_STATE_ACTIVE]
    wanted = indicators_pb2.ListIndicatorsRequest(first_day="2026-09-01", group=indicators_pb2.INDICATOR_GROUP_SECTOR)
    cells = (await economy.call("IndicatorService.ListIndicators", wanted)).indicators
    assert sum(cell.payments for cell in cells) == made
    assert all((cell.cashless_share == 1) is (cell.sector != "government") for cell in cells)
