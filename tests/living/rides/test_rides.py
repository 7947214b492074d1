"""Rides over the real server: taps and their verdicts, paid once by events, refused, paid later, given up."""

import asyncio
from datetime import UTC, timedelta
from typing import Any

import pytest

from services.kit.caller import Caller
from services.living.rides import gauges, judging, timers
from services.living.rides.model import Tap
from smartcity.living.v1 import cards_pb2, concessions_pb2, rides_pb2
from tests.governance.conftest import refused
from tests.living.rides.riding import AGENT, BUDI, DISHUB, HELPER, INSIDER, NOTE, NOW, SITI, Riding

LOAD = 1_000


def verdicts(answer: Any) -> list[str]:
    """The verdicts in words."""
    names = (rides_pb2.TapVerdict.Name(one.verdict) for one in answer.results)
    return [name.removeprefix("TAP_VERDICT_").lower() for name in names]


async def settle(riding: Riding, number: str, caller: Any = SITI) -> Any:
    """Asks once more for what is owed."""
    return (await riding.call(rides_pb2.SettleCardRequest(number=number), caller)).card


async def write_off(riding: Riding, ride: str, caller: Any = DISHUB, etag: str = "2") -> Any:
    """Gives up on a ride."""
    return (await riding.call(rides_pb2.WriteOffRideRequest(id=ride, etag=etag, note=NOTE), caller)).ride


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


async def test_a_thousand_offline_taps_uploaded_twice_cost_once(riding: Riding) -> None:
    numbers = [await riding.card(Caller(f"citizen-{place}", BUDI.roles)) for place in range(200)]
    taken = riding.served.now
    riding.served.pass_time(hours=3)
    taps = [riding.tap(numbers[place % 200], taken + timedelta(seconds=place)) for place in range(LOAD)]
    first = await riding.upload(*taps, offline=True)
    second = await riding.upload(*reversed(taps), offline=True)
    assert (first.rides, first.repeated, second.rides, second.repeated) == (LOAD, 0, 0, LOAD)
    asked = await riding.asked()
    assert len(asked) == len({one.request for one in asked}) == LOAD
    pool = riding.served.runtime.pool
    assert await pool.fetchval("SELECT count(*) FROM ride") == LOAD
    assert await pool.fetchval("SELECT sum(due) FROM travel_card") == LOAD * 3500


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


async def test_the_risk_of_a_card_ends_at_the_citys_limit(riding: Riding) -> None:
    number = await riding.card()
    riding.served.pass_time(hours=1)
    assert (
        verdicts(await riding.upload(*[riding.tap(number) for _ in range(7)])) == ["accepted"] * 5 + ["over_limit"] * 2
    )
    assert await riding.denied() == {}, "who waits for the verdict is not let in, and owes no more than allowed"
    earlier = riding.served.now - timedelta(hours=1)
    offline = await riding.upload(riding.tap(number, earlier), riding.tap(number, earlier), offline=True)
    assert verdicts(offline) == ["over_limit"] * 2
    assert all(one.ride for one in offline.results), "they have ridden, so it is asked for"
    assert await riding.denied() == {number: True}
    riding.served.pass_time(minutes=1)
    assert verdicts(await riding.upload(riding.tap(number), offline=True)) == ["card_denied"], "the list had told"
    await riding.answer()
    assert await riding.denied() == {}
    assert (await riding.read(number)).due.units == 0


async def test_each_tap_has_a_verdict_of_its_own_and_a_bad_one_costs_the_others_nothing(riding: Riding) -> None:
    number, other = await riding.card(), await riding.card(BUDI)
    blocked = await riding.card(INSIDER)
    riding.served.pass_time(days=9)
    await riding.call(cards_pb2.BlockCardRequest(number=blocked, etag="1"), INSIDER)
    riding.served.pass_time(minutes=1)
    now = riding.served.now
    first = riding.tap(number)
    answer = await riding.upload(
        first,
        first,
        riding.tap(other, sequence=first.sequence),
        riding.tap("SMGK-0000000-00"),
        riding.tap(blocked),
        riding.tap(number, now + timedelta(minutes=6)),
        riding.tap(number, now - timedelta(days=8)),
        riding.tap(other),
    )
    assert verdicts(answer) == [
        "accepted", "repeated", "sequence_reused", "card_unknown", "card_denied", "time_invalid", "time_invalid",
        "accepted",
    ]  # fmt: skip
    assert (answer.rides, answer.repeated) == (2, 1)


async def test_a_ride_before_the_card_was_blocked_is_paid_and_one_after_is_not(riding: Riding) -> None:
    number, before = await riding.card(), riding.served.now
    riding.served.pass_time(hours=1)
    await riding.call(cards_pb2.BlockCardRequest(number=number, etag="1"), SITI)
    riding.served.pass_time(hours=1)
    found = await riding.upload(riding.tap(number, before), riding.tap(number), offline=True)
    assert verdicts(found) == ["accepted", "card_denied"]


async def test_only_a_colleague_gives_up_on_a_ride(riding: Riding) -> None:
    number, ride = await riding.refused(INSIDER)
    with refused("OWN_MATTER"):
        await write_off(riding, ride, INSIDER)
    assert (await write_off(riding, ride)).state == rides_pb2.RIDE_STATE_WRITTEN_OFF
    assert await riding.denied() == {}
    assert (await riding.read(number)).owed.units == 0
    with refused("INVALID_TRANSITION"):
        await write_off(riding, ride, etag="3")
    paid = await riding.ride(number)
    with refused("INVALID_TRANSITION"):
        await write_off(riding, paid, etag="1")


async def test_lists_hold_ones_own_and_the_office_sees_what_is_unpaid(riding: Riding) -> None:
    _, owed = await riding.refused()
    due = await riding.ride(await riding.card(BUDI))

    async def listed(caller: Any, **fields: Any) -> list[str]:
        return [one.id for one in (await riding.call(rides_pb2.ListRidesRequest(**fields), caller)).rides]

    assert (await listed(SITI), await listed(BUDI)) == ([owed], [due])
    assert (await listed(DISHUB), await listed(DISHUB, state=rides_pb2.RIDE_STATE_DUE)) == ([owed], [due])
    with refused("RIDE_NOT_FOUND"):
        await riding.state(owed, BUDI)


@pytest.mark.parametrize("caller", [AGENT, HELPER])
async def test_a_login_of_the_agency_is_not_its_office(riding: Riding, caller: Caller) -> None:
    number, ride = await riding.refused()
    concession = await riding.concession()
    for request, reason in (
        (cards_pb2.GetCardRequest(number=number), "CARD_NOT_FOUND"),
        (cards_pb2.BlockCardRequest(number=number, etag="2"), "CARD_NOT_FOUND"),
        (rides_pb2.GetRideRequest(id=ride), "RIDE_NOT_FOUND"),
        (rides_pb2.SettleCardRequest(number=number), "CARD_NOT_FOUND"),
        (concessions_pb2.GetConcessionRequest(id=concession), "CONCESSION_NOT_FOUND"),
    ):
        with refused(reason):
            await riding.call(request, caller)
    assert not (await riding.call(rides_pb2.ListRidesRequest(), caller)).rides
    assert not (await riding.call(concessions_pb2.ListConcessionsRequest(), caller)).concessions


async def test_lists_show_nobody_a_card_that_is_anothers(riding: Riding) -> None:
    number, _ = await riding.refused()
    for caller, shown in ((DISHUB, f"…{number[-5:]}"), (SITI, number)):
        (one,) = (await riding.call(rides_pb2.ListRidesRequest(), caller)).rides
        assert one.card == shown


async def test_a_system_of_the_agency_takes_taps_and_reads_what_is_denied(riding: Riding) -> None:
    number, _ = await riding.refused()
    other = await riding.card(BUDI)
    answer = await riding.upload(riding.tap(number), riding.tap(other), caller=AGENT)
    assert verdicts(answer) == ["card_denied", "accepted"]
    found = await riding.call(cards_pb2.ListDeniedCardsRequest(), AGENT)
    assert [one.number for one in found.cards] == [number]
    with refused("NOT_YOURS"):
        await riding.upload(riding.tap(other), caller=Caller("other-system", AGENT.roles, "dlh"))


async def test_nobody_burns_the_numbers_of_a_validator_of_another_login(riding: Riding) -> None:
    mine, other = await riding.card(), await riding.card(BUDI)
    burnt = riding.tap(other)
    assert verdicts(await riding.upload(burnt, caller=AGENT)) == ["accepted"]
    tap = riding.tap(mine, sequence=burnt.sequence)
    assert verdicts(await riding.upload(tap)) == ["accepted"]
    assert verdicts(await riding.upload(tap, caller=AGENT)) == ["repeated"], "the same tap by another login costs once"
    assert verdicts(await riding.upload(riding.tap(other, NOW - timedelta(minutes=1), sequence=burnt.sequence))) == [
        "sequence_reused"
    ]


async def test_a_thief_rides_at_nobodys_cost_while_the_card_was_denied_whatever_becomes_of_it(riding: Riding) -> None:
    number = await riding.card()
    riding.served.pass_time(hours=1)
    await riding.call(cards_pb2.BlockCardRequest(number=number, etag="1"), SITI)
    riding.served.pass_time(hours=1)
    stolen = riding.tap(number)
    riding.served.pass_time(hours=4)
    await riding.call(cards_pb2.UnblockCardRequest(number=number, etag="2"), DISHUB)
    after = riding.tap(number)
    riding.served.pass_time(hours=1)
    assert verdicts(await riding.upload(stolen, after, offline=True)) == ["card_denied", "accepted"]


async def test_who_waits_for_the_verdict_is_judged_by_what_the_card_is_now(riding: Riding) -> None:
    number, before = await riding.card(), riding.served.now
    riding.served.pass_time(minutes=1)
    await riding.call(cards_pb2.BlockCardRequest(number=number, etag="1"), SITI)
    riding.served.pass_time(minutes=-1)  # the clock of this replica is behind that of the one that wrote it
    assert verdicts(await riding.upload(riding.tap(number, before))) == ["card_denied"]


async def test_no_tap_is_older_than_its_card(riding: Riding) -> None:
    number = await riding.card()
    taps = [riding.tap(number, riding.served.now - timedelta(minutes=minutes)) for minutes in (6, 4)]
    assert verdicts(await riding.upload(*taps, offline=True)) == ["time_invalid", "accepted"]


async def test_taps_without_a_connection_drain_no_wallet_however_often_they_are_paid(riding: Riding) -> None:
    number = await riding.card()
    found: list[str] = []
    for _ in range(4):
        riding.served.pass_time(days=1)
        taken = riding.served.now - timedelta(minutes=1)
        found += verdicts(await riding.upload(*[riding.tap(number, taken) for _ in range(9)], offline=True))
        await riding.answer()
    charged = sum(one.amount.units for one in await riding.asked())
    assert (charged, found[-1]) == (28 * 3500, "over_limit"), "five times what a card may owe"
    assert verdicts(await riding.upload(riding.tap(number))) == ["accepted"], "with a connection it rides on"
    riding.served.pass_time(days=8)
    assert verdicts(await riding.upload(riding.tap(number), offline=True)) == ["accepted"]


def test_a_tap_of_another_century_reads_no_more_than_the_days_that_count() -> None:
    old = Tap("", "BUS-17", 1, "K1", "", NOW - timedelta(days=45_000))
    first, last = judging.days([old], UTC, NOW, 7, offline=False)
    assert (NOW.date() - first).days == 8
    assert last == (NOW - timedelta(days=7)).date()


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
    assert (await riding.read(lost)).number == lost
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


async def test_economy_is_not_told_where_somebody_rode(riding: Riding) -> None:
    await riding.ride(await riding.card(), route="F2")
    (asked,) = await riding.asked()
    assert b"F2" not in asked.SerializeToString()


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


async def test_the_days_takings_add_up_by_line_before_and_after_folding(riding: Riding) -> None:
    number = await riding.card()
    for route in ("K1", "K1", "F2"):
        await riding.ride(number, route=route)
    await riding.answer()
    await riding.ride(number, route="F2")
    await riding.answer("INSUFFICIENT_FUNDS")
    expected = [("F2", 2, 7000, 3500, 3500), ("K1", 2, 7000, 7000, 0)]
    for _ in range(2):
        found = await riding.call(rides_pb2.ListRideTakingsRequest(), DISHUB)
        assert found.day == "2026-11-24"
        assert [
            (one.route, one.rides, one.fares.units, one.paid.units, one.refused.units) for one in found.takings
        ] == expected
        await timers.fold_counters(riding.served.runtime)
    assert not (await riding.call(rides_pb2.ListRideTakingsRequest(day="2026-11-23"), DISHUB)).takings
    with refused("DAY_INVALID"):
        await riding.call(rides_pb2.ListRideTakingsRequest(day="2026-02-30"), DISHUB)


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


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"validator": "BUS 17"}, "VALIDATOR_INVALID"),
        ({"validator": ""}, "VALIDATOR_INVALID"),
        ({"sequence": 0}, "SEQUENCE_INVALID"),
        ({"sequence": -1}, "SEQUENCE_INVALID"),
        ({"route": ""}, "ROUTE_INVALID"),
        ({"card": ""}, "CARD_UNKNOWN"),
    ],
)
async def test_a_tap_that_is_none_is_refused_with_its_place(
    riding: Riding, fields: dict[str, Any], reason: str
) -> None:  # fmt: skip
    good = riding.tap("SMGK-0000000-00")
    bad = riding.tap(fields.pop("card", "SMGK-0000000-00"), **fields)
    with refused(reason) as caught:
        await riding.upload(good, bad)
    assert caught.value.metadata["field"].startswith("taps.1")


async def test_a_thousand_and_one_taps_are_too_many(riding: Riding) -> None:
    with refused("TOO_MANY_TAPS"):
        await riding.upload(*[riding.tap("SMGK-0000000-00")] * 1_001)
