"""Which days the night compares: yesterday, what was missed, and what has no report yet."""

import asyncio
from datetime import date, timedelta

import pytest

from observability import semconv
from services.economy.providers.model import ProviderAwayError
from services.economy.reconciliation import gauges, timers
from services.economy.resources import resources
from smartcity.economy.v1 import settlement_pb2
from tests.economy.conftest import refused
from tests.economy.settlement.cases import Treasury


async def test_the_night_compares_yesterday_and_what_was_missed(treasury: Treasury) -> None:
    runtime = treasury.economy.runtime
    treasury.at(0, 29)
    await timers.compare(runtime)
    treasury.at(0, 30)
    treasury.bank.away.add("report")
    await timers.compare(runtime)
    assert await _compared(treasury) == [date(2026, 11, 23)]
    treasury.bank.away.clear()
    treasury.at(0, 30, 28)
    treasury.bank.books[date(2026, 11, 27)] = None
    await timers.compare(runtime)
    assert await _compared(treasury) == [date(2026, 11, day) for day in (23, 24, 25, 26)]
    resources(runtime).provider = None
    await timers.compare(runtime)


async def test_a_day_whose_report_is_late_is_compared_also_when_the_treasury_has_compared_a_later_one(
    treasury: Treasury,
) -> None:
    treasury.at(0, 30)
    await timers.compare(treasury.economy.runtime)
    treasury.at(0, 30, 26)
    treasury.bank.books[date(2026, 11, 25)] = None
    await timers.compare(treasury.economy.runtime)
    treasury.at(9, 0, 27)
    await treasury.reconcile("2026-11-26")
    treasury.bank.books[date(2026, 11, 25)] = []
    await timers.compare(treasury.economy.runtime)
    assert await _compared(treasury) == [date(2026, 11, day) for day in (24, 25, 26)]


@pytest.mark.parametrize("why", ["not yet", "refused", "not understood"])
async def test_a_day_without_a_report_holds_up_the_day_after_it_alone(treasury: Treasury, why: str) -> None:
    treasury.at(0, 30)
    await timers.compare(treasury.economy.runtime)
    if why == "refused":
        treasury.bank.refuses.add(date(2026, 11, 25))
    elif why == "not understood":
        treasury.bank.garbles.add(date(2026, 11, 25))
    else:
        treasury.bank.books[date(2026, 11, 25)] = None
    treasury.at(0, 30, 29)
    await timers.compare(treasury.economy.runtime)
    assert await _compared(treasury) == [date(2026, 11, day) for day in (24, 27, 28)]


async def test_every_day_that_was_missed_is_compared_however_long_ago(treasury: Treasury) -> None:
    treasury.at(0, 30)
    await timers.compare(treasury.economy.runtime)
    treasury.reports(treasury.line("", 7_000, provider_reference="STATIC-1"), day="2026-11-25")
    treasury.economy.pass_time(days=12)
    for _ in range(3):
        await timers.compare(treasury.economy.runtime)
        treasury.economy.pass_time(minutes=1)
    assert await _compared(treasury) == [date(2026, 11, 24) + timedelta(days=more) for more in range(13)]
    assert [item.amount.units for item in await treasury.city.suspense()] == [7_000]


async def test_days_before_the_first_that_could_be_compared_are_compared_later(treasury: Treasury) -> None:
    treasury.at(0, 30)
    treasury.bank.garbles.add(date(2026, 11, 24))
    await timers.compare(treasury.economy.runtime)
    treasury.at(0, 30, 27)
    await timers.compare(treasury.economy.runtime)
    assert await _compared(treasury) == [date(2026, 11, 26)]
    treasury.bank.garbles.clear()
    await timers.compare(treasury.economy.runtime)
    assert await _compared(treasury) == [date(2026, 11, day) for day in (24, 25, 26)]


async def test_the_oldest_day_that_was_not_compared_is_told_with_its_age(treasury: Treasury) -> None:
    treasury.at(0, 30)
    treasury.bank.books[date(2026, 11, 24)] = None
    await timers.compare(treasury.economy.runtime)
    treasury.economy.pass_time(days=12)
    await timers.compare(treasury.economy.runtime)
    assert await _age(treasury) == timedelta(days=12, minutes=30).total_seconds()
    answer = await treasury.call("ListDifferences", settlement_pb2.ListDifferencesRequest())
    assert list(answer.missed_days)[:2] == ["2026-11-24", "2026-11-25"]
    treasury.bank.reports = False
    assert await _age(treasury) == 0


async def test_the_bank_is_never_asked_within_a_transaction(
    treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, asked = treasury.economy.runtime.pool, []

    async def report(day: date) -> None:
        async with asyncio.timeout(10):
            while pool.get_size() > pool.get_idle_size():  # the process's jobs let go
                await asyncio.sleep(0.01)
        asked.append(day)
        raise ProviderAwayError(str(day))

    monkeypatch.setattr(treasury.bank, "report", report)
    treasury.at(1, 0)
    with refused("PROVIDER_AWAY"):
        await treasury.reconcile()
    assert asked == [date(2026, 11, 24)]


async def _age(treasury: Treasury) -> float:
    ((age, _),) = (await gauges.read(treasury.economy.runtime))[semconv.RECONCILIATION_AGE]
    return age


async def _compared(treasury: Treasury) -> list[date]:
    rows = await treasury.economy.runtime.pool.fetch("SELECT day FROM reconciliation ORDER BY day")
    return [row["day"] for row in rows]
