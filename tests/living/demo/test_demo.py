"""The made-up history of rides: once, without an event, and with books in which every fare stands."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from services.economy import demo as economy_demo
from services.living.demo import seed
from services.living.pillar import PILLAR
from smartcity.economy.v1 import ledger_pb2
from smartcity.living.v1 import cards_pb2, concessions_pb2, rides_pb2
from tests.economy.conftest import ADMIN, OWNER, Economy, economy, economy_database, economy_stand
from tests.fixtures.pillars import Standing, own_database, standing
from tests.living.rides.riding import DISHUB, NOW, Riding

__all__ = ["economy", "economy_database", "economy_stand"]


@pytest.fixture(scope="module")
async def stand_of_living(postgres: str) -> AsyncIterator[Standing]:
    """Living's server, for the tests of this module."""
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand:
        yield stand


@pytest.fixture
async def riding(stand_of_living: Standing, economy: Economy) -> AsyncIterator[Riding]:
    """Both pillars with their made-up history, as ``make run`` begins."""
    async with stand_of_living.fresh(NOW) as served:
        await economy_demo.seed(economy.runtime, OWNER.subject)
        assert await seed(served.runtime, partial(economy_demo.take, economy.runtime, "living")) > 800
        yield Riding(served)


async def test_each_ride_stands_in_economys_books_and_nobody_is_told(riding: Riding, economy: Economy) -> None:
    rides = await riding.served.admin.fetch("SELECT id, state, fare, attempt, payment FROM living.ride")
    sql = "SELECT request, state, amount, code FROM payment WHERE requester = 'living'"
    payments = {row["request"]: row for row in await economy.runtime.pool.fetch(sql)}
    assert len(payments) == len(rides)
    for ride in rides:
        payment = payments[f"{ride['id']}.{ride['attempt']}"]
        assert payment["amount"] == ride["fare"]
        told = {"paid": ("captured", payment["code"]), "refused": ("cancelled", "")}[ride["state"]]
        assert (payment["state"], ride["payment"]) == (told[0], told[1])
    assert 0 < sum(ride["state"] == "refused" for ride in rides) < 20
    cards = await riding.served.admin.fetch("SELECT due, refused FROM living.travel_card")
    assert sum(one["due"] for one in cards) == 0
    assert sum(one["refused"] for one in cards) == sum(one["fare"] for one in rides if one["state"] == "refused")
    assert await economy.outbox() == []
    assert await riding.served.outbox() == []
    checked = await economy.call("LedgerService.CheckLedger", ledger_pb2.CheckLedgerRequest(), ADMIN)
    assert list(checked.problems) == []


async def test_the_desk_is_alive_and_the_history_is_made_once(riding: Riding, economy: Economy) -> None:
    today = await riding.call(rides_pb2.ListRideTakingsRequest(), DISHUB)
    assert sum(one.rides for one in today.takings) > 10, "it is nine in the morning"
    week_ago = str((riding.served.now - timedelta(days=7)).date())
    then = await riding.call(rides_pb2.ListRideTakingsRequest(day=week_ago), DISHUB)
    assert len(then.takings) > 5
    unpaid = await riding.call(rides_pb2.ListRidesRequest(), DISHUB)
    assert unpaid.rides
    card = await riding.call(cards_pb2.GetCardRequest(number=(await _owing(riding))), DISHUB)
    assert card.card.state == cards_pb2.CARD_STATE_OWING
    states: Counter[str] = Counter()
    for number, name in concessions_pb2.ConcessionState.items():
        found = await riding.call(concessions_pb2.ListConcessionsRequest(state=name, page_size=50), DISHUB)
        states[number] = len(found.concessions)
    assert all(states[f"CONCESSION_STATE_{name}"] for name in ("WAITING", "GRANTED", "DECLINED"))
    assert await seed(riding.served.runtime, partial(economy_demo.take, economy.runtime, "living")) == 0


async def _owing(riding: Riding) -> str:
    number: str = await riding.served.admin.fetchval("SELECT number FROM living.travel_card WHERE refused > 0")
    return number
