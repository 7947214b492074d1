"""Who sees rides, uploads taps and gives up on what is owed: by office, never by a mere login of the agency."""

from datetime import timedelta
from typing import Any

import pytest

from services.kit.caller import Caller
from services.living.rides import timers
from smartcity.living.v1 import cards_pb2, concessions_pb2, rides_pb2
from tests.governance.conftest import refused
from tests.living.rides.riding import AGENT, BUDI, DISHUB, HELPER, INSIDER, NOW, SITI, Riding, verdicts, write_off


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
    assert await listed(DISHUB, own=True) == [], "an officer who rides is shown what is theirs"
    mine = concessions_pb2.ListConcessionsRequest(own=True)
    await riding.concession()
    assert list((await riding.call(mine, DISHUB)).concessions) == []
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


async def test_nobody_is_shown_a_card_that_is_anothers_and_the_office_names_it_by_its_id(riding: Riding) -> None:
    number, ride = await riding.refused()
    for caller, shown in ((DISHUB, f"…{number[-5:]}"), (SITI, number)):
        (listed,) = (await riding.call(rides_pb2.ListRidesRequest(), caller)).rides
        one = (await riding.call(rides_pb2.GetRideRequest(id=ride), caller)).ride
        card = await riding.read(one.card_id, caller)
        assert [listed.card, one.card, card.number] == [shown] * 3
    with refused("CARD_NOT_FOUND"):
        await riding.read(one.card_id, BUDI)
    assert (await riding.read(number)).id == one.card_id, "who is told the number still finds it"
    blocked = await riding.call(cards_pb2.BlockCardRequest(number=one.card_id, etag=card.etag), DISHUB)
    assert blocked.card.state == cards_pb2.CARD_STATE_BLOCKED
    assert number not in str(blocked)


async def test_what_is_being_asked_for_is_not_payable_once_more(riding: Riding) -> None:
    number, _ = await riding.refused()
    assert (await riding.read(number)).payable
    asked = (await riding.call(rides_pb2.SettleCardRequest(number=number))).card
    assert (asked.payable, asked.owed.units > 0) == (False, True)
    await riding.answer("WALLET_MISSING")
    assert (await riding.read(number)).payable


async def test_what_nobody_has_answered_for_an_hour_is_payable(riding: Riding) -> None:
    number = await riding.card()
    taken = riding.served.now
    riding.served.pass_time(minutes=5)
    await riding.upload(*[riding.tap(number, taken) for _ in range(6)], offline=True)
    riding.served.pass_time(minutes=55)
    card = await riding.read(number)
    assert (card.state, card.payable) == (cards_pb2.CARD_STATE_OWING, False)
    riding.served.pass_time(minutes=6)
    assert (await riding.read(number)).payable
    again = (await riding.call(rides_pb2.SettleCardRequest(number=number))).card
    assert (again.payable, len(await riding.asked())) == (False, 12)


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


async def test_the_days_takings_add_up_as_a_fare_is_asked_for_refused_and_given_up(riding: Riding) -> None:
    async def takings() -> tuple[int, int, int, int, int]:
        (one,) = (await riding.call(rides_pb2.ListRideTakingsRequest(), DISHUB)).takings
        parts = one.fares, one.paid, one.due, one.refused, one.written_off
        fares, paid, due, refused_, given_up = (each.units for each in parts)
        return fares, paid, due, refused_, given_up

    number = await riding.card()
    ride = await riding.ride(number)
    assert await takings() == (3500, 0, 3500, 0, 0)
    await riding.answer("INSUFFICIENT_FUNDS")
    assert await takings() == (3500, 0, 0, 3500, 0)
    await write_off(riding, ride)
    assert await takings() == (3500, 0, 0, 0, 3500)
    await timers.fold_counters(riding.served.runtime)
    await riding.ride(number)
    await riding.answer()
    assert await takings() == (7000, 3500, 0, 0, 3500)


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
