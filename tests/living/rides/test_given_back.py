"""Fares that economy gives back: the ride says so and the day's takings count it, once whatever arrives."""

from datetime import timedelta

from services.living.rides import reactions, timers
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1.payments_pb2 import PaymentSummary
from smartcity.living.v1 import rides_pb2
from smartcity.types.v1.money_pb2 import Money
from tests.living.rides.riding import DISHUB, SITI, Riding

PAID = "SMGP-7K4P2-92"


async def _refund(riding: Riding, ride: str, refunded: int, *, code: str = PAID, requester: str = "living") -> None:
    """Economy tells what it has given back so far."""
    summary = PaymentSummary(requester=requester, request=f"{ride}.1", code=code)
    told = events_pb2.PaymentRefunded(payment=summary, refunded=Money(currency="IDR", units=refunded))
    async with riding.served.runtime.transaction() as tx:
        await reactions.on_payment_refunded(tx, riding.event(told))


async def _read(riding: Riding, ride: str) -> tuple[str, int]:
    found = (await riding.call(rides_pb2.GetRideRequest(id=ride), SITI)).ride
    return rides_pb2.RideState.Name(found.state), found.refunded.units


async def _takings(riding: Riding) -> list[tuple[int, int]]:
    found = await riding.call(rides_pb2.ListRideTakingsRequest(), DISHUB)
    return [(one.paid.units, one.refunded.units) for one in found.takings]


async def test_a_ride_and_the_days_takings_tell_what_was_given_back_of_a_fare(riding: Riding) -> None:
    number = await riding.card()
    ride = await riding.ride(number)
    await riding.answer()
    assert await _read(riding, ride) == ("RIDE_STATE_PAID", 0)
    await _refund(riding, ride, 1000)
    assert await _read(riding, ride) == ("RIDE_STATE_PAID", 1000)
    for _ in range(2):
        await _refund(riding, ride, 3500)
    await _refund(riding, ride, 1000)
    assert await _read(riding, ride) == ("RIDE_STATE_PAID", 3500), "what came before changes nothing"
    assert await _takings(riding) == [(3500, 3500)]
    await timers.fold_counters(riding.served.runtime)
    assert await _takings(riding) == [(3500, 3500)]
    card = await riding.read(number)
    assert (card.due.units, card.owed.units) == (0, 0), "nothing is owed for it"


async def test_what_was_given_back_of_another_payment_changes_no_ride(riding: Riding) -> None:
    ride = await riding.ride(await riding.card())
    await _refund(riding, ride, 3500)
    assert await _read(riding, ride) == ("RIDE_STATE_DUE", 0)
    await riding.answer()
    await _refund(riding, ride, 3500, code="SMGP-3M8X1-40")
    await _refund(riding, ride, 3500, requester="branding")
    assert await _read(riding, ride) == ("RIDE_STATE_PAID", 0)


async def test_a_refund_after_the_rider_was_forgotten_changes_nothing(riding: Riding) -> None:
    ride = await riding.ride(await riding.card())
    await riding.answer()
    riding.served.pass_time(days=91)
    await timers.forget(riding.served.runtime)
    await _refund(riding, ride, 3500)
    riding.served.now -= timedelta(days=91)
    assert await _takings(riding) == [(3500, 0)]
