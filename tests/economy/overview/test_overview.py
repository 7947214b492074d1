"""The section of the city home."""

from smartcity.economy.v1 import levies_pb2
from smartcity.economy.v1 import overview_pb2 as pb
from tests.economy.conftest import ANONYMOUS, MARKETS, request_id
from tests.economy.payments.cases import City


async def _read(city: City) -> pb.GetOverviewResponse:
    await city.economy.settle_events()
    answer: pb.GetOverviewResponse = await city.economy.call(
        "OverviewService.GetOverview", pb.GetOverviewRequest(), ANONYMOUS
    )
    return answer


async def test_an_empty_city_has_its_counters(city: City) -> None:
    found = await _read(city)
    assert (found.payments_today, found.bills_paid_this_week, found.cashless_share_this_week) == (0, 0, 0)
    assert found.merchants == 6
    assert not found.HasField("turnover_this_week")
    await city.business()
    assert (await _read(city)).merchants == 7


async def test_today_and_the_last_seven_days(city: City) -> None:
    for _ in range(3):
        await city.cash((await city.ask(10_000)).id)
    city.economy.pass_time(days=6)
    await city.paid(20_000)
    await city.paid(20_000)
    await city.cash((await city.ask(1_000_000, exercise=True)).id)
    found = await _read(city)
    assert (found.payments_today, found.turnover_this_week.units, found.cashless_share_this_week) == (2, 70_000, 0.4)
    city.economy.pass_time(days=1)
    found = await _read(city)
    assert (found.payments_today, found.cashless_share_this_week) == (0, 1)
    assert not found.HasField("turnover_this_week")


async def test_levies_that_were_paid_are_counted(city: City) -> None:
    request = levies_pb2.CreateBillRequest(
        request_id=request_id(),
        tariff="pasar-kios",
        object="Pasar Johar, kios B-12",
        period="2026-11",
        quantity=6,
        area="33.74.01.1010",
    )
    bill = (await city.economy.call("LevyService.CreateBill", request, MARKETS)).bill
    pay = levies_pb2.PayBillRequest(request_id=request_id(), number=bill.number)
    payment = (await city.economy.call("LevyService.PayBill", pay, ANONYMOUS)).payment
    assert (await _read(city)).bills_paid_this_week == 0
    await city.cash(payment.id)
    assert (await _read(city)).bills_paid_this_week == 1
