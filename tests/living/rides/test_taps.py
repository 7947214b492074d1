"""Taps over the real server: a verdict each, offline ones once, and what a card may owe."""

from datetime import UTC, timedelta
from typing import Any

import pytest

from services.kit.caller import Caller
from services.living.rides import judging
from services.living.rides.model import Tap
from smartcity.living.v1 import cards_pb2
from tests.governance.conftest import refused
from tests.living.rides.riding import BUDI, DISHUB, INSIDER, NOW, SITI, Riding, verdicts

LOAD = 1_000


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


async def test_a_ride_before_the_card_was_blocked_is_paid_and_one_after_is_not(riding: Riding) -> None:
    number, before = await riding.card(), riding.served.now
    riding.served.pass_time(hours=1)
    await riding.call(cards_pb2.BlockCardRequest(number=number, etag="1"), SITI)
    riding.served.pass_time(hours=1)
    found = await riding.upload(riding.tap(number, before), riding.tap(number), offline=True)
    assert verdicts(found) == ["accepted", "card_denied"]


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
