"""What is kept of rides, and for how long; and what economy never hears."""

from services.living.rides import timers
from smartcity.living.v1 import cards_pb2, rides_pb2
from tests.governance.conftest import refused
from tests.living.rides.riding import BUDI, DISHUB, NOW, SITI, Riding, verdicts


async def test_what_the_city_keeps_of_rides_ends(riding: Riding) -> None:
    number, ride = await riding.refused()
    lost = await riding.card(BUDI)
    await riding.call(cards_pb2.BlockCardRequest(number=lost, etag="1"), BUDI)
    for wanted in (await riding.granted(last_day="2026-11-25"), await riding.concession(BUDI)):
        assert wanted
    riding.served.pass_time(days=88)
    await timers.forget(riding.served.runtime)
    count = "SELECT count(*) FROM living.concession"
    assert await riding.served.admin.fetchval(count) == 2
    assert (await riding.read(lost)).number == f"…{lost[-5:]}"
    riding.served.pass_time(days=4)
    await timers.forget(riding.served.runtime)
    assert await riding.served.admin.fetchval(count) == 0
    with refused("CARD_NOT_FOUND"):
        await riding.read(lost)
    assert (await riding.denied())[lost], "what is known of it is that it is denied"
    assert await riding.state(ride) == "refused"
    riding.served.pass_time(days=275)
    await timers.forget(riding.served.runtime)
    assert await riding.state(ride) == "written_off"
    assert number not in await riding.denied()


async def test_economy_is_not_told_where_somebody_rode(riding: Riding) -> None:
    await riding.ride(await riding.card(), route="F2")
    (asked,) = await riding.asked()
    assert b"F2" not in asked.SerializeToString()


async def test_who_rode_is_forgotten_when_it_is_long_settled_but_what_is_owed_is_not(riding: Riding) -> None:
    number = await riding.card()
    tap = riding.tap(number, route="F2")
    settled = (await riding.upload(tap)).results[0].ride
    await riding.answer()
    owed = await riding.ride(number)
    await riding.answer("INSUFFICIENT_FUNDS")
    riding.served.pass_time(days=91)
    await timers.forget(riding.served.runtime)
    for caller in (SITI, DISHUB):
        with refused("RIDE_NOT_FOUND"):  # the id, which economy keeps with who paid, leads nowhere
            await riding.state(settled, caller)
    sql = "SELECT owner, card, stop, payment, tapped_at, created_at FROM living.ride WHERE route = 'F2'"
    (kept,) = await riding.served.admin.fetch(sql)
    day = NOW.replace(hour=0)
    assert tuple(kept) == ("", None, "", "", NOW.replace(minute=0), day)
    assert (await riding.call(rides_pb2.GetRideRequest(id=owed), SITI)).ride.card == number
    assert verdicts(await riding.upload(tap, offline=True)) == ["repeated"]
    for asked in await riding.asked():
        await riding.react(asked)  # years later, from a replayed stream
    assert await riding.state(owed) == "refused", "what was answered once is answered"
