"""Who owes for rides with a card that they blocked rides no further with the one that they opened after it."""

from datetime import timedelta

from services.living.rides import actions, timers
from smartcity.living.v1 import cards_pb2
from tests.living.rides.riding import BUDI, DISHUB, SITI, Riding, settle, verdicts

_HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"


async def block(riding: Riding, number: str) -> None:
    """Blocks a card of Siti's, as lost."""
    await riding.call(cards_pb2.BlockCardRequest(number=number, etag=(await riding.read(number)).etag), SITI)


async def opened_after(riding: Riding, taps: int = 1) -> tuple[str, str]:
    """A card that was blocked, and the one that its owner opened then: only after that its taps without a connection
    come in.
    """
    first = await riding.card()
    riding.served.pass_time(hours=1)
    await block(riding, first)
    second = await riding.card()
    await ride_before(riding, first, taps)
    return first, second


async def ride_before(riding: Riding, number: str, taps: int = 1) -> None:
    """Taps of a card from before it was blocked come in."""
    taken = riding.served.now - timedelta(hours=1)
    late = await riding.upload(*[riding.tap(number, taken) for _ in range(taps)], offline=True)
    assert all(one.ride for one in late.results), verdicts(late)


async def test_who_owes_for_a_blocked_card_rides_with_no_other_until_that_is_paid(riding: Riding) -> None:
    first, second = await opened_after(riding)
    other = await riding.card(BUDI)
    await riding.answer("INSUFFICIENT_FUNDS")
    assert (await riding.read(second)).state == cards_pb2.CARD_STATE_OWING
    assert await riding.denied() == {first: True, second: True}
    both = [riding.tap(number) for number in (second, other)]
    assert verdicts(await riding.upload(*both)) == ["card_denied", "accepted"]
    await settle(riding, first)
    assert (await riding.denied())[second], "asking pays nothing"
    await riding.answer()
    assert await riding.denied() == {first: True}
    assert verdicts(await riding.upload(riding.tap(second))) == ["accepted"]


async def test_what_is_asked_for_with_a_card_before_counts_into_what_may_be_owed(riding: Riding) -> None:
    _, second = await opened_after(riding, taps=4)
    assert verdicts(await riding.upload(riding.tap(second), riding.tap(second))) == ["accepted", "over_limit"]
    await riding.answer()
    assert verdicts(await riding.upload(riding.tap(second))) == ["accepted"]


async def test_validators_hear_of_a_card_whose_owner_owes_too_much_with_the_one_before(riding: Riding) -> None:
    first, second = await opened_after(riding)
    await riding.upload(riding.tap(second))
    assert await riding.denied() == {first: True}
    await ride_before(riding, first, taps=4)
    assert await riding.denied() == {first: True, second: True}
    await riding.answer()
    assert await riding.denied() == {first: True}


async def test_what_is_unpaid_with_both_cards_denies_the_second_until_both_are_paid(riding: Riding) -> None:
    first, second = await opened_after(riding)
    await riding.ride(second)
    await riding.answer("INSUFFICIENT_FUNDS")
    since = await _denied_since(riding, second)
    riding.served.pass_time(minutes=5)
    await settle(riding, second)
    await riding.answer()
    assert (await riding.denied())[second]
    assert await _denied_since(riding, second) == since, "it never left the list"
    await settle(riding, first)
    await riding.answer()
    assert await riding.denied() == {first: True}


async def test_a_card_that_the_office_lets_be_used_again_is_denied_while_another_owes(riding: Riding) -> None:
    _, second = await opened_after(riding)
    await block(riding, second)
    await riding.answer("INSUFFICIENT_FUNDS")
    etag = (await riding.read(second)).etag
    back = (await riding.call(cards_pb2.UnblockCardRequest(number=second, etag=etag), DISHUB)).card
    assert back.state == cards_pb2.CARD_STATE_OWING


async def test_a_card_from_before_its_owner_was_asked_about_is_refused_and_comes_to_the_list(riding: Riding) -> None:
    """As pods of before left it, which looked at each card by itself."""
    first, second = await opened_after(riding)
    await riding.answer("INSUFFICIENT_FUNDS")
    await riding.served.admin.execute(
        "UPDATE living.travel_card SET denied = false, denied_at = NULL WHERE number = $1", second
    )
    assert verdicts(await riding.upload(riding.tap(second))) == ["card_denied"]
    await riding.upload(riding.tap(second), offline=True)
    assert await riding.denied() == {first: True, second: True}


async def test_a_card_that_was_left_denied_with_nothing_owed_is_free_again_soon(riding: Riding) -> None:
    """As a pod of before leaves it that takes the answer of the other card, and looks at that card by itself."""
    first, second = await opened_after(riding)
    await riding.answer("INSUFFICIENT_FUNDS")
    assert await riding.denied() == {first: True, second: True}
    await settle(riding, first)
    await riding.answer()
    await _left_denied(riding, second)
    await timers.free(riding.served.runtime)
    assert await riding.denied() == {first: True}
    assert (await riding.read(second)).state == cards_pb2.CARD_STATE_ACTIVE


async def test_a_card_stays_denied_while_its_owner_owes_with_another(riding: Riding) -> None:
    first, second = await opened_after(riding)
    await riding.answer("INSUFFICIENT_FUNDS")
    await timers.free(riding.served.runtime)
    assert await riding.denied() == {first: True, second: True}


async def test_taps_do_not_wait_while_cards_to_free_are_looked_for_in_vain(riding: Riding) -> None:
    await opened_after(riding)
    await riding.answer("INSUFFICIENT_FUNDS")
    async with riding.served.runtime.transaction() as tx:
        assert not await actions.free(tx)
        assert await tx.fetchval(_HELD) == 0


async def _left_denied(riding: Riding, number: str) -> None:
    await riding.served.admin.execute(
        "UPDATE living.travel_card SET denied = true, denied_at = $2, change = 1 WHERE number = $1",
        number,
        riding.served.now,
    )


async def _denied_since(riding: Riding, number: str) -> object:
    return await riding.served.admin.fetchval("SELECT denied_at FROM living.travel_card WHERE number = $1", number)
