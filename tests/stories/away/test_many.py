"""Many stories at once: 200 floods and 2,000 tickets, none of which tells of another.

``SMARTCITY_STORY_FLOODS`` and ``SMARTCITY_STORY_TICKETS`` say how many; how long floods took to the home page is told.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.kit.city import load_city
from tests.fixtures.house import RATES, House
from tests.stories.away import buyers, floods
from tests.stories.away.agreement import at_rest, differences
from tests.stories.away.buyers import Buyers
from tests.stories.away.floods import Floods, percentile
from tests.stories.away.patience import patient

FLOODS = int(os.environ.get("SMARTCITY_STORY_FLOODS", "200"))
TICKETS = int(os.environ.get("SMARTCITY_STORY_TICKETS", "2000"))
SETTLED_S = 600.0
LATE_S = 2.0
"""From in force to the home, for all but a twentieth of the floods."""
pytestmark = [pytest.mark.stories, pytest.mark.timeout(3600)]
CITY = load_city("semarang")
MUCH = {"SMARTCITY_BANK_RATE": "10000", "SMARTCITY_PROVIDER_RATE": "1000", "SMARTCITY_TRACE_RATIO": "0.01"}
"""What one bank may tell in a second when a whole event is sold."""


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """Two gateways, one process per pillar, full fsync."""
    with tempfile.TemporaryDirectory(prefix="smartcity-many-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        made = House(home, gateways=2, env={**RATES, **MUCH})
        try:
            made.start(400)
            yield made
        finally:
            made.stop()


async def test_200_floods_and_2000_tickets_at_once_do_not_tell_of_each_other(house: House) -> None:
    async with patient(house, SETTLED_S) as (visitor, tries), patient(house, SETTLED_S) as (looker, _):
        flooded, bought = Floods(visitor, looker), Buyers(visitor)
        began = time.monotonic()
        selling = asyncio.create_task(bought.buy(CITY.id, str(CITY.timezone), TICKETS))
        await flooded.rise(CITY, FLOODS)
        beside = len(bought.bought)
        await selling
        took = time.monotonic() - began
        seconds = flooded.waited(flooded.raised)
        print(f"{FLOODS} floods at once, from in force to the home, in seconds: {floods.told(seconds)}")
        print(f"from the officer's click, all at the same moment: {floods.told(flooded.waited(flooded.sent))}")
        print(f"{TICKETS} tickets in {took:.0f} s, {beside} of them by then; {tries.failed} requests sent again")
        assert percentile(seconds, 95) < LATE_S, "on a machine of its own"
        await at_rest(house, SETTLED_S)
        assert await floods.crosstalk(house, flooded.areas) == []
        assert await buyers.crosstalk(house, bought.bought) == []
        await flooded.fall()
    await at_rest(house, SETTLED_S)
    assert await differences(house) == []
