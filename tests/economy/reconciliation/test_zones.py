"""The bank's days are not always the city's: its report is read when its day is over, whichever the city's zone."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.economy.providers.model import ReportLine
from services.economy.reconciliation import gauges, model, timers
from services.economy.resources import resources
from services.economy.settlement.model import end_of
from tests.economy.conftest import refused
from tests.economy.settlement.cases import ReportingBank, Treasury

WIB, WITA, WIT = (ZoneInfo(f"Asia/{name}") for name in ("Jakarta", "Makassar", "Jayapura"))
ZONES = pytest.mark.parametrize("zone", [WIB, WITA, WIT], ids=str)
MINUTES = [datetime(2026, 11, 24, tzinfo=UTC) + timedelta(minutes=minute) for minute in range(24 * 60)]
APART = 23
"""Minutes between what is paid at a time: over a day each part of an hour has its turn."""


@dataclass
class Booking(ReportingBank):
    """A bank that knows when each line was paid, and hands out a report of a day that goes on, as far as it is."""

    treasury: Treasury | None = None
    lines: tuple[ReportLine, ...] = ()

    async def report(self, day: date) -> list[ReportLine] | None:
        """What was paid on a day of its own clock until now."""
        assert self.treasury is not None
        now = self.treasury.economy.now
        if day > now.astimezone(self.zone).date():
            return None
        return [one for one in self.lines if one.at <= now and one.at.astimezone(self.zone).date() == day]


def banking(treasury: Treasury, city: ZoneInfo, bank: ZoneInfo, monkeypatch: pytest.MonkeyPatch) -> Booking:
    """A city of a zone with a bank of another, which has money that nobody told the city of."""
    runtime = treasury.economy.runtime
    monkeypatch.setattr(runtime, "city", replace(runtime.city, timezone=city))
    booking = Booking(treasury=treasury, zone=bank)
    booking.lines = tuple(
        treasury.line("", 7_000, provider_reference=f"STATIC-{at:%H%M}", at=at) for at in MINUTES[::APART]
    )
    resources(runtime).provider = booking
    return booking


@ZONES
def test_a_day_is_compared_only_when_it_is_over_where_the_bank_is_and_soon_then(zone: ZoneInfo) -> None:
    for paid in MINUTES:
        day = paid.astimezone(zone).date()
        read = next(
            at for minute in range(2 * 24 * 60) if model.last_day(at := paid + timedelta(minutes=minute), zone) >= day
        )
        assert end_of(day, zone) <= read <= end_of(day, zone) + timedelta(minutes=31), paid


@ZONES
async def test_money_that_only_the_bank_knows_of_is_found_at_whichever_minute_it_was_paid(
    zone: ZoneInfo, treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = banking(treasury, zone, WIB, monkeypatch)
    treasury.economy.served.now = MINUTES[0]
    while treasury.economy.now < MINUTES[-1] + timedelta(days=2):
        await timers.compare(treasury.economy.runtime)
        treasury.economy.pass_time(minutes=30)
    async with treasury.economy.runtime.snapshot() as tx:
        found = {row["provider_reference"] for row in await tx.fetch("SELECT provider_reference FROM suspense")}
    assert found == {one.provider_reference for one in booking.lines}


async def test_the_treasury_compares_a_day_by_hand_only_when_it_is_over_where_the_bank_is(
    treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    banking(treasury, WIT, WIB, monkeypatch)
    treasury.at(1, 59)
    with refused("DAY_NOT_OVER"):
        await treasury.reconcile("2026-11-24")
    treasury.at(2, 0)
    lines, equal, differences = await treasury.reconcile("2026-11-24")
    assert (lines > 0, equal, differences) == (True, 0, lines)


async def test_the_age_of_a_day_that_waits_is_told_from_when_it_was_over_where_the_bank_is(
    treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = banking(treasury, WIT, WIB, monkeypatch)
    booking.lines = ()
    treasury.at(12, 0)
    await timers.compare(treasury.economy.runtime)
    treasury.at(2, 30, 26)
    assert [value for value, _ in next(iter((await gauges.read(treasury.economy.runtime)).values()))] == [30 * 60.0]
