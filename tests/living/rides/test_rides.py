"""Rides over the real server: asked for and paid once by events, refused, paid later, given up."""

import asyncio

from services.kit.caller import Caller
from services.living.rides import gauges, reactions
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1.payments_pb2 import PaymentSummary
from smartcity.living.v1 import cards_pb2, rides_pb2
from tests.governance.conftest import refused
from tests.living.rides.riding import (
    BUDI,
    DISHUB,
    NOTE,
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
        ((found, _),) = next(iter((await gauges.GAUGES.read(riding.served.runtime)).values()))
        return float(found)

    assert await age() == 0
    await riding.ride(await riding.card())
    riding.served.pass_time(minutes=2)
    assert await age() == 120
    await riding.answer()
    assert await age() == 0


async def test_many_answers_take_no_more_statements_than_a_few_and_each_counts_once(riding: Riding) -> None:
    took = []
    for riders, each in ((2, 2), (8, 4)):
        names = [f"citizen-{riders}-{number}" for number in range(riders)]
        cards = [await riding.card(Caller(name, frozenset({"citizen"}))) for name in names]
        taps = [riding.tap(card) for card in cards for _ in range(each)]
        rides = [one.ride for one in (await riding.upload(*taps)).results]
        bad = riding.event(events_pb2.PaymentCancelled(payment=_summary(rides[0]), reason="INSUFFICIENT_FUNDS"))
        good = [riding.event(events_pb2.PaymentCaptured(payment=_summary(ride))) for ride in rides[1:]]
        seen: list[object] = []
        async with riding.served.runtime.transaction() as tx:
            with tx.connection.query_logger(seen.append):
                await reactions.on_payments_answered(tx, [bad, *good, *good, bad])
        took.append(len(seen))
        states = [await riding.state(ride) for ride in rides]
        assert states == ["refused"] + ["paid"] * (len(rides) - 1)
        card = await riding.read(cards[0])
        assert (card.due.units, card.owed.units) == (0, 3500)
        assert await riding.denied() == {cards[0]: True}
        await riding.call(rides_pb2.WriteOffRideRequest(id=rides[0], etag="2", note=NOTE), DISHUB)
    assert took[0] == took[1] <= 8


async def test_a_card_stays_denied_where_one_unpaid_ride_takes_the_place_of_another(riding: Riding) -> None:
    number = await riding.card()
    first, second = [await riding.ride(number) for _ in range(2)]
    one, other = await riding.asked()
    await riding.react(one, "INSUFFICIENT_FUNDS")
    since = await riding.served.admin.fetchval("SELECT denied_at FROM living.travel_card")
    await settle(riding, number)
    again = (await riding.asked())[-1]
    riding.served.pass_time(minutes=5)
    async with riding.served.runtime.transaction() as tx:
        summaries = [PaymentSummary(requester="living", request=each.request) for each in (again, other)]
        told = [events_pb2.PaymentCaptured(payment=summaries[0]), events_pb2.PaymentCancelled(payment=summaries[1])]
        await reactions.on_payments_answered(tx, [riding.event(each) for each in told])
    assert [await riding.state(ride) for ride in (first, second)] == ["paid", "refused"]
    assert await riding.served.admin.fetchval("SELECT denied_at FROM living.travel_card") == since


def _summary(ride: str) -> PaymentSummary:
    return PaymentSummary(requester="living", request=f"{ride}.1", code="SMGP-7K4P2-92")
