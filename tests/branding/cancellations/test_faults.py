"""The faults of tickets show in their gauges, and nothing is left of them."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from deploy.faults import branding as fault
from services.branding.orders import gauges as holds
from services.branding.orders import timers
from services.branding.refunds import gauges as refunds
from tests.branding.tickets.ticketing import Ticketing


async def waits(office: Ticketing, gauges: Any) -> float:
    """What a gauge says."""
    (found,) = (await gauges.GAUGES.read(office.served.runtime)).values()
    return float(next(iter(found))[0])


async def do(office: Ticketing, *statements: str) -> None:
    """Twice, as an operator may switch it."""
    for sql in statements * 2:
        if not ("ADD CONSTRAINT" in sql and await office.served.admin.fetchval(_THERE)):
            await office.served.admin.execute(sql)


_THERE = "SELECT EXISTS (SELECT FROM pg_constraint WHERE conname = 'smartcity_fault')"


async def test_a_refund_that_is_refused_waits_until_the_fault_is_over(office: Ticketing) -> None:
    office.served.now = datetime.now(UTC)
    await do(office, *fault.NOT_GIVEN_BACK)
    assert await waits(office, refunds) > 43_200
    await do(office, *fault.GONE)
    assert await waits(office, refunds) == 0


async def test_a_hold_stays_since_no_order_can_expire_and_all_goes_on_when_the_fault_is_over(
    office: Ticketing,
) -> None:
    office.served.now = datetime.now(UTC)
    await do(office, *fault.HELD_FOR_EVER)
    with pytest.raises(asyncpg.CheckViolationError):
        await timers.expire(office.served.runtime)
    assert await waits(office, holds) > 300
    await do(office, *fault.GONE)
    await timers.expire(office.served.runtime)
    assert await waits(office, holds) == 0
