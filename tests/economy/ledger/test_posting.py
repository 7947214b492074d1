"""Moving and reserving money in the database: what is refused changes nothing, what is repeated happens once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.economy.ledger import actions, timers
from services.economy.ledger.model import Transfer
from services.kit.errors import DomainError
from services.kit.ids import uuid7
from tests.economy.conftest import Economy
from tests.economy.ledger.cases import CASH, TREASURY, adds_up, books, move, opened, post, reserved

HUGE = 2**63


async def unchanged(economy: Economy, before: Sequence[Any]) -> None:
    after = await books(economy.runtime.pool)
    assert after == before
    assert adds_up(after)


@pytest.mark.parametrize("amount", [0, -1, -HUGE, HUGE])
async def test_an_amount_that_is_none_is_refused(economy: Economy, amount: int) -> None:
    wallet = await opened(economy.runtime, 1_000)
    before = await books(economy.runtime.pool)
    verdict = await post(economy.runtime, move(wallet, TREASURY, amount))
    assert verdict.refusal == "AMOUNT_INVALID"
    await unchanged(economy, before)


async def test_what_a_transfer_lacks_is_refused_each_for_its_own_reason(economy: Economy) -> None:
    runtime = economy.runtime
    wallet, limited, frozen = await opened(runtime, 1_000), await opened(runtime, most=500), await opened(runtime, 1)
    closed = await opened(runtime)
    async with runtime.transaction() as tx:
        await tx.execute("UPDATE account SET status = 'frozen' WHERE id = $1", frozen)
        await tx.execute("UPDATE account SET status = 'closed' WHERE id = $1", closed)
    mine, others = await reserved(runtime, wallet, 100), await reserved(runtime, await opened(runtime, 50), 50)
    before = await books(runtime.pool)
    cases: dict[str, list[Transfer]] = {
        "SAME_ACCOUNT": [move(wallet, wallet, 1)],
        "ACCOUNT_UNKNOWN": [move(wallet, uuid7(), 1), move(uuid7(), wallet, 1)],
        "ACCOUNT_FROZEN": [move(wallet, frozen, 1), move(frozen, wallet, 1)],
        "ACCOUNT_CLOSED": [move(wallet, closed, 1)],
        "CURRENCY_DIFFERS": [move(wallet, TREASURY, 1, currency="USD")],
        "INSUFFICIENT_FUNDS": [move(wallet, TREASURY, 901), move(wallet, TREASURY, 10**18)],
        "LIMIT_EXCEEDED": [move(wallet, limited, 501)],
        "HOLD_UNKNOWN": [move(wallet, TREASURY, 1, hold=uuid7()), move(wallet, TREASURY, 1, hold=others)],
        "HOLD_TOO_SMALL": [move(wallet, TREASURY, 101, hold=mine)],
    }
    for reason, transfers in cases.items():
        for transfer in transfers:
            assert (await post(runtime, transfer)).refusal == reason
    await unchanged(economy, before)


async def test_a_group_with_one_transfer_too_many_leaves_nothing_behind(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    before = await books(economy.runtime.pool)
    verdict = await post(economy.runtime, move(wallet, TREASURY, 600), move(wallet, TREASURY, 600))
    assert verdict.refusal == "INSUFFICIENT_FUNDS"
    await unchanged(economy, before)


async def test_groups_of_one_post_stand_and_fall_alone(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    async with economy.runtime.transaction() as tx:
        groups = [[move(wallet, TREASURY, 600)], [move(wallet, TREASURY, 600)], [move(wallet, TREASURY, 400)]]
        verdicts = await actions.post(tx, groups)
    assert [verdict.refusal for verdict in verdicts] == [None, "INSUFFICIENT_FUNDS", None]
    assert adds_up(await books(economy.runtime.pool))


async def test_the_refusal_of_a_transfer_tells_no_amount(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 123_456)
    with pytest.raises(DomainError) as caught:
        async with economy.runtime.transaction() as tx:
            await actions.transfer(tx, move(wallet, TREASURY, 234_567))
    assert caught.value.reason == "INSUFFICIENT_FUNDS"
    assert not any(digit in caught.value.message for digit in "0123456789")


async def test_fifty_callers_with_one_transfer_post_it_once(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    transfer = move(wallet, TREASURY, 100)
    verdicts = await asyncio.gather(*(post(economy.runtime, transfer) for _ in range(50)))
    assert [verdict.refusal for verdict in verdicts] == [None] * 50
    assert sum(not verdict.repeated for verdict in verdicts) == 1
    rows = {row["id"]: row["balance"] for row in await books(economy.runtime.pool)}
    assert (rows[wallet], rows[TREASURY]) == (900, 100)


async def test_a_transfer_s_identifier_with_other_content_is_refused(economy: Economy) -> None:
    wallet, other = await opened(economy.runtime, 1_000), await opened(economy.runtime, 1_000)
    transfer = move(wallet, TREASURY, 100, reference="SMGP-1")
    await post(economy.runtime, transfer)
    before = await books(economy.runtime.pool)
    for changed in (
        move(wallet, TREASURY, 101, id=transfer.id, reference="SMGP-1"),
        move(other, TREASURY, 100, id=transfer.id, reference="SMGP-1"),
        move(wallet, TREASURY, 100, id=transfer.id, reference="SMGP-2"),
        move(wallet, TREASURY, 100, id=transfer.id, reference="SMGP-1", exercise=True),
    ):
        assert (await post(economy.runtime, changed)).refusal == "TRANSFER_REUSED"
    more = await post(economy.runtime, transfer, move(wallet, TREASURY, 1))
    assert more.refusal == "TRANSFER_REUSED", "a group is what it was when it was posted"
    await unchanged(economy, before)


async def test_one_identifier_between_other_accounts_at_the_same_moment_is_posted_once(economy: Economy) -> None:
    runtime, id_ = economy.runtime, uuid7()
    pairs = [(await opened(runtime, 100), await opened(runtime)) for _ in range(8)]
    done = await asyncio.gather(*(post(runtime, move(*pair, 100, id=id_)) for pair in pairs), return_exceptions=True)
    assert sum(not isinstance(each, BaseException) and each.refusal is None for each in done) == 1
    assert adds_up(await books(runtime.pool))


async def test_opposite_transfers_at_the_same_time_do_not_deadlock(economy: Economy) -> None:
    runtime = economy.runtime
    wallets = [await opened(runtime, 1_000) for _ in range(4)]
    pairs = [(one, other) for one in wallets for other in wallets if one != other]
    verdicts = await asyncio.gather(*(post(runtime, move(*pair, 1)) for pair in pairs * 5))
    assert all(verdict.refusal is None for verdict in verdicts)
    assert adds_up(await books(runtime.pool))


async def test_what_is_reserved_cannot_be_spent_but_by_its_capture(economy: Economy) -> None:
    runtime = economy.runtime
    wallet = await opened(runtime, 1_000)
    hold = await reserved(runtime, wallet, 700)
    assert (await post(runtime, move(wallet, TREASURY, 301))).refusal == "INSUFFICIENT_FUNDS"
    assert (await post(runtime, move(wallet, TREASURY, 500, hold=hold))).refusal is None
    assert (await post(runtime, move(wallet, TREASURY, 1, hold=hold))).refusal == "HOLD_UNKNOWN"
    async with runtime.transaction() as tx:
        after = await actions.account(tx, wallet)
    assert (after.balance, after.held, after.available) == (500, 0, 500), "what the capture left is free again"


async def test_a_hold_is_made_once_and_released_once(economy: Economy) -> None:
    runtime = economy.runtime
    wallet = await opened(runtime, 1_000)
    hold = await reserved(runtime, wallet, 700)
    async with runtime.transaction() as tx:
        await actions.reserve(tx, hold, wallet, 700, "RESERVATION-1")
        with pytest.raises(DomainError, match="under this identifier"):
            await actions.reserve(tx, hold, wallet, 600, "RESERVATION-1")
    for _ in range(2):
        async with runtime.transaction() as tx:
            await actions.release(tx, hold)
    async with runtime.transaction() as tx:
        assert (await actions.account(tx, wallet)).available == 1_000


async def test_no_more_is_reserved_than_there_is(economy: Economy) -> None:
    runtime = economy.runtime
    wallet = await opened(runtime, 1_000)
    made = await asyncio.gather(*(reserved(runtime, wallet, 300) for _ in range(5)), return_exceptions=True)
    refusals = [each.reason for each in made if isinstance(each, DomainError)]
    assert refusals == ["INSUFFICIENT_FUNDS"] * 2
    assert adds_up(await books(runtime.pool))


async def test_a_hold_ends_by_itself_when_its_time_is_over(economy: Economy) -> None:
    runtime = economy.runtime
    wallet = await opened(runtime, 1_000)
    hold = await reserved(runtime, wallet, 700, expires_at=economy.now + timedelta(minutes=5))
    await timers.expire(runtime)
    assert (await post(runtime, move(wallet, TREASURY, 301))).refusal == "INSUFFICIENT_FUNDS"
    economy.pass_time(minutes=5)
    assert (await post(runtime, move(wallet, TREASURY, 700, hold=hold))).refusal == "HOLD_UNKNOWN"
    await timers.expire(runtime)
    assert (await post(runtime, move(wallet, TREASURY, 1_000))).refusal is None


async def test_cash_goes_below_zero_by_what_lies_in_the_tills(economy: Economy) -> None:
    await opened(economy.runtime, 5_000)
    async with economy.runtime.transaction() as tx:
        assert (await actions.account(tx, CASH)).balance == -5_000


async def test_opening_an_account_again_changes_nothing(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    async with economy.runtime.transaction() as tx:
        assert await actions.open_account(tx, "wallet", "somebody else", id=wallet) == wallet
        await actions.ensure_city_accounts(tx)
        found = await actions.account(tx, wallet)
    assert (found.owner, found.balance) == ("", 1_000)
