"""Cashless share and turnover, counted from events."""

from typing import Any

import pytest

from smartcity.economy.v1 import indicators_pb2 as pb
from tests.economy.conftest import ANONYMOUS, OWNER, refused
from tests.economy.payments.cases import City

KAUMAN, SEKAYU = "33.74.01.1010", "33.74.01.1007"


async def _list(city: City, **fields: Any) -> list[pb.Indicator]:
    await city.economy.settle_events()
    answer = await city.economy.call("IndicatorService.ListIndicators", pb.ListIndicatorsRequest(**fields), ANONYMOUS)
    return list(answer.indicators)


async def _cash(city: City, amount: int = 10_000, **fields: Any) -> str:
    return (await city.cash((await city.ask(amount, **fields)).id)).id


async def test_nothing_paid_is_no_figure(city: City) -> None:
    assert await _list(city) == []


async def test_the_cashless_share_is_of_payments(city: City) -> None:
    for _ in range(3):
        await _cash(city)
    await city.paid(20_000)
    (day,) = await _list(city)
    assert (day.day, day.payments, day.cashless_payments, day.cashless_share) == ("2026-11-24", 4, 1, 0.25)
    assert not day.HasField("turnover")
    await city.paid(30_000)
    (day,) = await _list(city)
    assert (day.cashless_share, day.turnover.units, day.turnover.currency) == (0.4, 80_000, "IDR")


async def test_figures_by_kelurahan_sector_and_day(city: City) -> None:
    shop = await city.business()
    await _cash(city)
    await city.paid(20_000, caller=OWNER, merchant=shop)
    city.economy.pass_time(hours=15)  # midnight in Semarang
    await _cash(city)
    by_day = await _list(city, group=pb.INDICATOR_GROUP_DAY)
    assert [(one.day, one.payments, one.cashless_payments) for one in by_day] == [
        ("2026-11-24", 2, 1),
        ("2026-11-25", 1, 0),
    ]
    by_area = await _list(city, group=pb.INDICATOR_GROUP_AREA)
    assert [(one.area.code, one.area.name, one.payments) for one in by_area] == [
        (SEKAYU, "Sekayu", 1),
        (KAUMAN, "Kauman", 2),
    ]
    by_sector = await _list(city, group=pb.INDICATOR_GROUP_SECTOR)
    assert [(one.sector, one.payments) for one in by_sector] == [("food", 1), ("government", 2)]
    assert [one.payments for one in await _list(city, area=KAUMAN)] == [1, 1]
    assert [one.payments for one in await _list(city, sector="food")] == [1]
    assert [one.payments for one in await _list(city, first_day="2026-11-25")] == [1]
    assert await _list(city, last_day="2026-11-23") == []


async def test_drills_and_top_ups_never_count(city: City) -> None:
    await _cash(city, exercise=True)
    await city.wallet(50_000)
    assert await _list(city) == []
    payment = await city.ask(5_000)
    await city.pay(payment.id)
    (day,) = await _list(city)
    assert (day.payments, day.cashless_payments) == (1, 1)


async def test_what_is_given_back_lowers_the_turnover_of_the_day_of_its_capture(city: City) -> None:
    shop = await city.business()
    sold = [await city.paid(10_000, caller=OWNER, merchant=shop) for _ in range(5)]
    city.economy.pass_time(days=1)
    await city.refund(sold[0].id, 4_000, OWNER)
    await city.refund(sold[1].id, caller=OWNER)
    (day,) = await _list(city)
    assert (day.day, day.payments, day.turnover.units) == ("2026-11-24", 5, 36_000)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("group", 9, "GROUP_UNKNOWN"),
        ("first_day", "heute", "DAY_INVALID"),
        ("first_day", "20261124", "DAY_INVALID"),
        ("first_day", "2026-11-24\n", "DAY_INVALID"),
        ("last_day", "2026-W48-2", "DAY_INVALID"),
        ("last_day", "2026-02-30", "DAY_INVALID"),
        ("first_day", "2026-11-25", "DAYS_INVALID"),
        ("first_day", "2024-01-01", "DAYS_INVALID"),
        ("area", "33.74.01", "AREA_UNKNOWN"),
        ("area", "x", "AREA_UNKNOWN"),
        ("area", "3" * 21, "AREA_UNKNOWN"),
        ("sector", "gambling", "SECTOR_UNKNOWN"),
    ],
)
async def test_what_the_city_does_not_have_is_refused(city: City, field: str, value: Any, reason: str) -> None:
    with refused(reason) as caught:
        await _list(city, **{field: value})
    assert caught.value.metadata["field"] == field
