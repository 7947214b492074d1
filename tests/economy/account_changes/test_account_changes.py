"""Another account of a business: asked for by its owner, checked by the agency, and not in force before."""

import asyncio

import pytest

from services.economy.account_changes import actions
from services.kit.caller import Caller, Scope
from smartcity.economy.v1 import account_changes_pb2 as pb
from smartcity.economy.v1 import own_records_pb2, settlement_pb2
from tests.economy.account_changes.asking import NUMBER, WHY, Asking, with_takings
from tests.economy.conftest import (
    ADMIN,
    BUSINESS_OFFICE,
    CITIZEN,
    MARKETS,
    OWNER,
    TREASURER,
    Economy,
    RefusedError,
    refused,
)
from tests.economy.merchants import cases
from tests.economy.merchants.cases import SECRET
from tests.economy.settlement.cases import TODAY
from tests.fixtures.meanwhile import meanwhile

EVERY = [pb.AccountChangeState.Value(name) for name in pb.AccountChangeState.keys()[1:]]


@pytest.fixture
def asking(economy: Economy) -> Asking:
    """The running pillar."""
    return Asking(economy.served)


async def test_the_account_before_is_in_force_until_the_office_lets_the_new_one_hold(asking: Asking) -> None:
    business = await asking.applied()
    asked = await asking.asked(business)
    assert (asked.state, asked.merchant_name) == (pb.ACCOUNT_CHANGE_STATE_REQUESTED, "Lumpia Bu Sri")
    assert (asked.settlement_account.number, asked.former_account.number) == ("*********5678", "******7890")
    assert await asking.account(business) == ("008", "******7890")
    (waiting,) = await asking.listed(BUSINESS_OFFICE)
    assert (waiting.id, asked.own, waiting.own) == (asked.id, True, False)
    held = await asking.approve(asked)
    assert (held.state, await asking.account(business)) == (
        pb.ACCOUNT_CHANGE_STATE_APPROVED, ("014", "*********5678")
    )  # fmt: skip
    assert await asking.listed(BUSINESS_OFFICE) == [], "what waits"
    assert [one.id for one in await asking.listed(merchant=business.id, states=EVERY)] == [held.id]


async def test_a_refusal_says_why_and_leaves_the_account_as_it_was(asking: Asking) -> None:
    business = await asking.applied()
    refusal = await asking.reject(await asking.asked(business))
    assert (refusal.state, refusal.refusal) == (pb.ACCOUNT_CHANGE_STATE_REJECTED, WHY)
    assert await asking.account(business) == ("008", "******7890")
    for decide in (asking.approve, asking.reject, asking.cancel):
        with refused("ACCOUNT_CHANGE_OVER"):
            await decide(refusal)
    await asking.approve(await asking.asked(business))
    assert await asking.account(business) == ("014", "*********5678")


async def test_one_change_waits_at_a_time_also_of_those_asked_for_at_once(asking: Asking) -> None:
    business = await asking.applied()
    answers = await asyncio.gather(
        *(asking.asked(business, number=f"100200{last}") for last in range(3)), return_exceptions=True
    )
    assert [one.reason for one in answers if isinstance(one, RefusedError)] == ["ACCOUNT_CHANGE_OPEN"] * 2
    (first,) = (one for one in answers if isinstance(one, pb.AccountChange))
    await asking.cancel(first)
    await asking.asked(business)


async def test_only_its_owner_asks_and_takes_back_and_only_the_office_decides(asking: Asking) -> None:
    business = await asking.applied()
    for caller, reason in ((CITIZEN, "MERCHANT_NOT_FOUND"), (BUSINESS_OFFICE, "ROLE_NOT_ALLOWED")):
        with refused(reason):
            await asking.asked(business, caller)
    asked = await asking.asked(business)
    for caller in (MARKETS, TREASURER):
        with refused("BUSINESS_OFFICE_ONLY"):
            await asking.approve(asked, caller)
    with refused("ROLE_NOT_ALLOWED"):
        await asking.approve(asked, OWNER)
    with refused("ACCOUNT_CHANGE_NOT_FOUND"):
        await asking.cancel(asked, CITIZEN)
    assert await asking.listed(CITIZEN, merchant=business.id) == await asking.listed(MARKETS) == []
    for found in (await asking.listed(TREASURER), await asking.listed(OWNER, merchant=business.id)):
        assert [one.id for one in found] == [asked.id]


async def test_nobody_decides_on_the_account_of_their_own_business(asking: Asking) -> None:
    both = Caller(BUSINESS_OFFICE.subject, frozenset({"officer", "citizen"}), BUSINESS_OFFICE.agency)
    asked = await asking.asked(await asking.applied(both), both)
    assert [one.own for one in await asking.listed(both)] == [True]
    for decide in (asking.approve, asking.reject):
        with refused("OWN_MATTER"):
            await decide(asked, both)
    assert not (await asking.approve(asked, ADMIN)).own


@pytest.mark.parametrize(
    ("bank", "number", "reason", "field"),
    [
        ("8", NUMBER, "BANK_INVALID", "settlement_account.bank"),
        ("014", "12 345", "BANK_NUMBER_INVALID", "settlement_account.number"),
        ("014", "", "BANK_NUMBER_INVALID", "settlement_account.number"),
        ("008", SECRET, "ACCOUNT_SAME", "settlement_account.number"),
    ],
)
async def test_an_account_that_is_none_or_no_other_is_refused_by_name(
    asking: Asking, bank: str, number: str, reason: str, field: str
) -> None:
    business = await asking.applied()
    with refused(reason) as caught:
        await asking.asked(business, bank=bank, number=number)
    assert (caught.value.metadata["field"], number in caught.value.message if number else False) == (field, False)


async def test_the_day_tells_who_decided_of_which_business_and_events_tell_no_account(
    economy: Economy, asking: Asking
) -> None:
    business = await asking.applied()
    await asking.reject(await asking.asked(business))
    await asking.approve(await asking.asked(business))
    acts = await asking.call(settlement_pb2.ListActsRequest(day=TODAY), TREASURER)
    assert [(one.what, one.doer, one.asker, one.about) for one in acts.acts] == [
        (what, BUSINESS_OFFICE.subject, "", business.id)
        for what in (
            settlement_pb2.ACT_KIND_PAYOUT_ACCOUNT_REFUSED,
            settlement_pb2.ACT_KIND_PAYOUT_ACCOUNT_CHANGED,
        )
    ]
    for row in await economy.outbox():
        assert NUMBER.encode() not in row["payload"]


async def test_what_waits_goes_to_the_new_account_and_what_was_paid_out_went_to_the_one_before(
    economy: Economy, asking: Asking
) -> None:
    """Who saw where a payout was to go looks again once that has changed."""
    treasury, business = await with_takings(economy, asking)
    (batch,) = await treasury.batches()
    assert batch.settlement_account.number == "******7890"
    await asking.approve(await asking.asked(business))
    with refused("STALE_ETAG"):
        await treasury.confirm(batch)
    (batch,) = await treasury.batches()
    assert (await treasury.confirm(batch)).settlement_account.number == "*********5678"
    economy.pass_time(seconds=1)
    await asking.approve(await asking.asked(business, bank="008", number="1002003004"))
    paid = (await treasury.get(batch.id, OWNER)).batch.settlement_account
    assert (paid.bank, paid.number) == ("014", "*********5678"), "it went there"


async def test_what_the_bank_paid_before_another_account_held_stays_in_the_books_under_the_one_it_went_to(
    economy: Economy, asking: Asking
) -> None:
    treasury, business = await with_takings(economy, asking)
    (batch,) = await treasury.batches()
    economy.pass_time(seconds=1)
    with refused("NO_FORMER_ACCOUNT"):
        await treasury.confirm(batch, to_former=True)
    await asking.approve(await asking.asked(business))
    (batch,) = await treasury.batches()
    assert (batch.settlement_account.number, batch.former_account.number) == ("*********5678", "******7890")
    (owned,) = await treasury.batches(OWNER)
    assert not owned.HasField("former_account"), "it is the treasury's to say"
    paid = await treasury.confirm(batch, to_former=True)
    assert (paid.settlement_account.bank, paid.settlement_account.number) == ("008", "******7890")
    assert not paid.HasField("former_account")
    assert (await treasury.get(batch.id, OWNER)).batch.settlement_account.number == "******7890"


async def test_what_waits_while_two_others_are_let_hold_may_have_been_paid_to_the_first(
    economy: Economy, asking: Asking
) -> None:
    treasury, business = await with_takings(economy, asking)
    for bank, number in (("014", NUMBER), ("009", "1002003004")):
        economy.pass_time(seconds=1)
        await asking.approve(await asking.asked(business, bank=bank, number=number))
    (batch,) = await treasury.batches()
    paid = await treasury.confirm(batch, to_former=True)
    assert batch.former_account == paid.settlement_account
    assert (paid.settlement_account.bank, paid.settlement_account.number) == ("008", "******7890")


async def test_what_waits_while_another_is_let_hold_and_the_first_again_may_have_been_paid_to_the_other(
    economy: Economy, asking: Asking
) -> None:
    treasury, business = await with_takings(economy, asking)
    for bank, number in (("014", NUMBER), ("008", "1234567890")):
        economy.pass_time(seconds=1)
        await asking.approve(await asking.asked(business, bank=bank, number=number))
    (batch,) = await treasury.batches()
    assert (batch.settlement_account.bank, batch.former_account.bank) == ("008", "014")


async def test_an_account_that_held_before_the_day_was_closed_is_none_that_the_bank_may_have_paid_to(
    economy: Economy, asking: Asking
) -> None:
    treasury, business = await with_takings(economy, asking, changed=True)
    (batch,) = await treasury.batches()
    assert (batch.merchant, batch.HasField("former_account")) == (business.id, False)
    with refused("NO_FORMER_ACCOUNT"):
        await treasury.confirm(batch, to_former=True)


async def test_what_was_paid_out_while_another_account_was_being_let_hold_went_to_the_one_that_was_seen(
    economy: Economy, asking: Asking
) -> None:
    treasury, business = await with_takings(economy, asking)
    asked, (batch,) = await asking.asked(business), await treasury.batches()
    async with economy.runtime.transaction(BUSINESS_OFFICE, Scope.OWN_AGENCY) as tx:
        economy.pass_time(seconds=1)
        assert (await treasury.confirm(batch)).settlement_account.number == "******7890"
        await actions.approve(tx, asked.id, asked.etag)
    paid = (await treasury.get(batch.id, OWNER)).batch.settlement_account
    assert (paid.bank, paid.number) == ("008", "******7890"), "it went there"


async def test_a_batch_of_before_went_to_the_account_that_was_in_force_then(economy: Economy, asking: Asking) -> None:
    treasury, business = await with_takings(economy, asking)
    (batch,) = await treasury.batches()
    await treasury.confirm(batch)
    async with economy.runtime.transaction() as tx:
        await tx.execute("UPDATE batch SET bank = NULL, bank_number = NULL")
    economy.pass_time(seconds=1)
    await asking.approve(await asking.asked(business))
    assert (await treasury.get(batch.id, OWNER)).batch.settlement_account.number == "******7890"


async def test_an_account_that_is_let_hold_while_another_business_takes_over_the_numbers_of_one_that_ended_is_kept(
    economy: Economy, asking: Asking
) -> None:
    ended = await cases.active(economy)
    asked = await asking.asked(ended)
    await cases.move(economy, "Close", ended, OWNER)
    next_ = await asking.applied()
    async with economy.runtime.transaction(BUSINESS_OFFICE, Scope.OWN_AGENCY) as tx:
        await actions.approve(tx, asked.id, asked.etag)
        taking = await meanwhile(tx, cases.move(economy, "Activate", next_, nmid=cases.NMID, pan=cases.PAN))
    assert (await taking).nmid == cases.NMID
    assert ((await cases.get(economy, ended.id)).nmid, await asking.account(ended)) == ("", ("014", "*********5678"))


async def test_its_owner_is_given_what_is_kept_of_accounts_that_they_asked_for(asking: Asking) -> None:
    business = await asking.applied()
    await asking.approve(await asking.asked(business))
    found = await asking.call(own_records_pb2.ListOwnRecordsRequest(), OWNER)
    (one,) = (each for each in found.records if each.kind == "account_changes")
    told = {each.name: each.value for each in one.fields}
    assert (told["bank_number"], told["former_number"], told["state"]) == (NUMBER, SECRET, "approved")
    assert "money_acts" not in {each.kind for each in found.records}, "nothing was done by them in office"
