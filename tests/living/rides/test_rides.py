"""Rides over the real server: asked for and paid once by events, refused, paid later, given up."""

import asyncio

from services.living.rides import gauges
from smartcity.living.v1 import cards_pb2
from tests.governance.conftest import refused
from tests.living.rides.riding import (
    BUDI,
    DISHUB,
    SITI,
    Riding,
    settle,
    verdicts,
)


async def test_a_ride_is_asked_for_once_and_paid_once_whatever_arrives_twice(riding: Riding) -> None:
    number = await riding.card()
    tap = riding.tap(number)
    assert verdicts(await riding.upload(tap)) == ["accepted"]
    again = await riding.upload(tap)
    assert (verdicts(again), again.rides, again.repeated) == (["repeated"], 0, 1)
    (asked,) = await riding.asked()
    assert (asked.amount.units, asked.purpose, asked.agency, asked.payer) == (3500, "fare", "dishub", SITI.subject)
    assert asked.from_wallet
    assert (await riding.read(number)).due.units == 3500
    await riding.answer(twice=True)
    ride = again.results[0].ride
    assert await riding.state(ride) == "paid"
    card = await riding.read(number)
    assert (card.due.units, card.owed.units, card.state) == (0, 0, cards_pb2.CARD_STATE_ACTIVE)
    await riding.react(asked, "INSUFFICIENT_FUNDS")
    assert await riding.state(ride) == "paid", "an answer that is late changes nothing"


async def test_what_could_not_be_paid_denies_the_card_until_it_is_paid(riding: Riding) -> None:
    number, ride = await riding.refused()
    assert await riding.state(ride) == "refused"
    card = await riding.read(number)
    assert (card.due.units, card.owed.units, card.state) == (0, 3500, cards_pb2.CARD_STATE_OWING)
    assert await riding.denied() == {number: True}
    assert verdicts(await riding.upload(riding.tap(number))) == ["card_denied"]
    with refused("CARD_EXISTS"):
        await riding.card()
    await riding.call(cards_pb2.BlockCardRequest(number=number, etag=card.etag), SITI)
    with refused("CARD_OWES"):
        await riding.card()
    await riding.call(cards_pb2.UnblockCardRequest(number=number, etag=str(int(card.etag) + 1)), DISHUB)
    assert (await settle(riding, number)).owed.units == 3500, "asking pays nothing"
    assert await riding.denied() == {number: True}
    with refused("NOTHING_OWED"):
        await settle(riding, number)
    await riding.answer("INSUFFICIENT_FUNDS")
    assert await riding.state(ride) == "refused"
    assert (await riding.read(number)).owed.units == 3500
    await settle(riding, number)
    await riding.answer()
    assert await riding.state(ride) == "paid"
    assert await riding.denied() == {}
    assert verdicts(await riding.upload(riding.tap(number))) == ["accepted"]
    assert [one.request.rpartition(".")[2] for one in await riding.asked()] == ["1", "2", "3", "1"]


async def test_what_nobody_answers_is_asked_for_anew_and_still_paid_once(riding: Riding) -> None:
    number = await riding.card()
    ride = await riding.ride(number)
    riding.served.pass_time(minutes=59)
    with refused("NOTHING_OWED"):
        await settle(riding, number)
    riding.served.pass_time(minutes=2)
    assert (await settle(riding, number)).due.units == 3500
    first, again = await riding.asked()
    assert first.request == again.request, "economy knows it by its request"
    rows = await riding.served.admin.fetch("SELECT aggregate FROM living.outbox WHERE type LIKE '%PaymentRequested'")
    assert len({row["aggregate"] for row in rows}) == 2, "what is parked behind a dead letter waits with it"
    for _ in range(2):
        await riding.react(again)
    assert await riding.state(ride) == "paid"
    assert (await riding.read(number)).due.units == 0


async def test_who_owes_for_rides_gets_no_card_by_blocking_the_one_before(riding: Riding) -> None:
    number = await riding.card()
    await riding.ride(number)
    await riding.call(cards_pb2.BlockCardRequest(number=number, etag=(await riding.read(number)).etag), SITI)
    with refused("CARD_OWES"):
        await riding.card()
    await riding.answer()
    assert await riding.card()


async def test_uploads_and_answers_wait_for_each_other_in_one_order(riding: Riding) -> None:
    """An answer takes the list, as it may change it, before any card."""
    first, second = await riding.card(), await riding.card(BUDI)
    for number in (second, first):
        await riding.ride(number)
    one, other = await riding.asked()
    reacted = asyncio.Event()

    async def offline() -> None:
        await riding.upload(*[riding.tap(number) for number in (first, second) for _ in range(9)], offline=True)

    async def answers() -> None:
        async with riding.served.runtime.transaction() as tx:
            for asked in (one, other):
                await riding.react_in(tx, asked, "INSUFFICIENT_FUNDS")
                reacted.set()
                await asyncio.sleep(0.2)

    reacting = asyncio.create_task(answers())
    await reacted.wait()
    await offline()
    await reacting  # in another order one of both would have been ended as a deadlock


async def test_the_gauge_tells_for_how_long_economy_has_not_answered(riding: Riding) -> None:
    async def age() -> float:
        ((found, _),) = next(iter((await gauges.read(riding.served.runtime)).values()))
        return float(found)

    assert await age() == 0
    await riding.ride(await riding.card())
    riding.served.pass_time(minutes=2)
    assert await age() == 120
    await riding.answer()
    assert await age() == 0
