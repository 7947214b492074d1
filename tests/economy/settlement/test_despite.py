"""Payouts in spite of differences with the bank's report: one person asks, another confirms what the first saw."""

import asyncio
from collections.abc import Awaitable

import asyncpg
import pytest

from services.economy.captures.model import Notice
from services.kit.caller import Caller
from smartcity.economy.v1 import merchants_pb2
from smartcity.economy.v1 import settlement_pb2 as pb
from tests.economy.account_changes.asking import Asking
from tests.economy.conftest import ADMIN, BUSINESS_OFFICE, OWNER, TREASURER, TREASURER_2, RefusedError, refused
from tests.economy.settlement.cases import TODAY, Treasury, a_sale, closed_and_compared, differing, state

WHY = "Bank membenarkan uangnya lewat surat; laporannya menyusul."


async def again(treasury: Treasury, batch: pb.Batch, caller: Caller = TREASURER) -> pb.Batch:
    """The batch as it is now."""
    return (await treasury.get(batch.id, caller)).batch


async def payouts(treasury: Treasury) -> int:
    """How many payouts the books have."""
    found = await treasury.economy.served.admin.fetchval("SELECT count(*) FROM economy.transfer WHERE kind = 'payout'")
    return int(found)


async def acts(treasury: Treasury) -> list[tuple[str, str, str]]:
    """What was done about payouts today: what, by whom, on whose asking."""
    day = treasury.economy.now.astimezone(treasury.economy.runtime.city.timezone).date().isoformat()
    found = (await treasury.call("ListActs", pb.ListActsRequest(day=day))).acts
    told = [(pb.ActKind.Name(each.what).removeprefix("ACT_KIND_").lower(), each.doer, each.asker) for each in found]
    return [each for each in told if each[0].startswith("payout_")]


async def outcome(call: Awaitable[pb.Batch]) -> str:
    """The state that a payout led to, or why it was refused."""
    try:
        return state(await call)
    except RefusedError as error:
        return error.reason


async def test_a_batch_that_differs_is_paid_out_once_a_second_person_has_confirmed_the_reason_of_the_first(
    treasury: Treasury,
) -> None:
    batch = await differing(treasury)
    assert (batch.differences, batch.lacking.units, batch.HasField("despite")) == (1, 77_000, False)
    asked = await treasury.confirm(batch, despite=f"  {WHY}\n")
    told = asked.despite
    assert (state(asked), told.reason, told.own, told.differences, told.lacking.units) == (
        "closed", WHY, True, 1, 77_000,
    )  # fmt: skip
    assert await payouts(treasury) == 0
    seen = await again(treasury, batch, TREASURER_2)
    assert (seen.despite.reason, seen.despite.own, seen.etag) == (WHY, False, asked.etag)
    paid = await treasury.confirm(seen, TREASURER_2, despite=WHY)
    assert (state(paid), paid.despite.reason, paid.despite.own, paid.differences) == ("paid", WHY, False, 0)
    assert (await payouts(treasury), await treasury.city.balance("payouts")) == (1, 0)
    assert await treasury.city.adds_up()
    assert await acts(treasury) == [
        ("payout_asked", TREASURER.subject, ""),
        ("payout_confirmed", TREASURER_2.subject, TREASURER.subject),
    ]


async def test_without_a_reason_it_is_refused_and_the_refusal_names_the_way(treasury: Treasury) -> None:
    batch = await differing(treasury)
    with refused("BANK_DIFFERS") as told:
        await treasury.confirm(batch)
    assert "`despite`" in told.value.message
    with refused("BANK_DIFFERS"):
        await treasury.confirm(batch, despite=" \u200b ")
    await treasury.confirm(batch, despite=WHY)
    with refused("BANK_DIFFERS"):
        await treasury.confirm(await again(treasury, batch), TREASURER_2)
    assert await payouts(treasury) == 0


@pytest.mark.parametrize("why", ["terlalu", "x" * 501])
async def test_a_reason_that_is_too_short_or_too_long_is_refused(treasury: Treasury, why: str) -> None:
    batch = await differing(treasury)
    with refused("REASON_REQUIRED"):
        await treasury.confirm(batch, despite=why)


async def test_a_reason_where_nothing_differs_is_refused_and_not_kept(treasury: Treasury) -> None:
    sale = await treasury.city.get(await a_sale(treasury, 77_000, await treasury.city.business()))
    treasury.reports(treasury.line(sale.code, 77_000))
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    with refused("NOTHING_DIFFERS"):
        await treasury.confirm(batch, despite=WHY)
    assert state(await treasury.confirm(batch)) == "paid"


async def test_a_stale_page_writes_no_reason_once_its_difference_was_put_right(treasury: Treasury) -> None:
    sale = await treasury.city.get(await a_sale(treasury, 77_000, await treasury.city.business()))
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    asked = await treasury.confirm(batch, despite=WHY)
    treasury.reports(treasury.line(sale.code, 77_000))
    await treasury.reconcile()
    with refused("NOTHING_DIFFERS"):
        await treasury.confirm(asked, TREASURER_2, despite=WHY)
    mended = await again(treasury, batch)
    assert (state(mended), mended.HasField("despite"), mended.differences) == ("closed", False, 0)
    paid = await treasury.confirm(mended)
    assert (state(paid), paid.HasField("despite")) == ("paid", False), "as any other, by one person"


async def test_what_one_wished_stands_no_more_once_a_difference_came_meanwhile(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    await a_sale(treasury, 77_000, shop)
    second = await treasury.city.get(await a_sale(treasury, 20_000, shop))
    treasury.reports(treasury.line(second.code, 20_000))
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    asked = await treasury.confirm(batch, despite=WHY)
    treasury.reports()
    await treasury.reconcile()
    with refused("STALE_ETAG"):
        await treasury.confirm(asked, TREASURER_2, despite=WHY)
    more = await again(treasury, batch)
    assert (more.differences, more.lacking.units, more.HasField("despite")) == (2, 97_000, False)
    assert state(await treasury.confirm(more, TREASURER_2, despite=WHY)) == "closed", "which asks anew"
    assert await payouts(treasury) == 0
    now = await again(treasury, batch)
    assert (now.despite.own, state(await treasury.confirm(now, despite=WHY))) == (False, "paid")


async def test_a_difference_of_another_amount_than_was_seen_is_another_one(treasury: Treasury) -> None:
    sale = await treasury.city.get(await a_sale(treasury, 77_000, await treasury.city.business()))
    twice = [treasury.line(sale.code, 7_000)] * 2
    treasury.reports(*twice)
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    assert (batch.differences, batch.lacking.units) == (1, 63_000)
    asked = await treasury.confirm(batch, despite=WHY)
    await treasury.economy.served.admin.execute("UPDATE economy.difference SET bank = 8000")
    with refused("STALE_ETAG"):
        await treasury.confirm(asked, TREASURER_2, despite=WHY)
    assert not (await again(treasury, batch)).HasField("despite")


async def test_nobody_asks_on_differences_that_they_did_not_see(treasury: Treasury) -> None:
    batch = await differing(treasury)
    batch.etag = batch.etag.partition(".")[0]
    with refused("STALE_ETAG"):
        await treasury.confirm(batch, despite=WHY)
    with refused("ETAG_REQUIRED"):
        await treasury.confirm(pb.Batch(id=batch.id), despite=WHY)


@pytest.mark.parametrize("role", [TREASURER, Caller(TREASURER.subject, frozenset({"admin"}))])
async def test_nobody_confirms_their_own_wish_in_whatever_role(treasury: Treasury, role: Caller) -> None:
    batch = await differing(treasury)
    asked = await treasury.confirm(batch, despite=WHY)
    with refused("SECOND_PERSON_REQUIRED"):
        await treasury.confirm(asked, role, despite=WHY)
    with refused("STALE_ETAG"):  # from another tab, in which nothing was asked yet
        await treasury.confirm(batch, role, despite=WHY)
    assert await payouts(treasury) == 0


async def test_two_who_ask_at_once_do_not_confirm_each_other(treasury: Treasury) -> None:
    batch = await differing(treasury)
    asking = (treasury.confirm(batch, who, despite=WHY) for who in (TREASURER, TREASURER_2))
    assert sorted(await asyncio.gather(*map(outcome, asking))) == ["STALE_ETAG", "closed"]
    assert await payouts(treasury) == 0


async def test_two_second_persons_at_once_pay_it_out_once(treasury: Treasury) -> None:
    asked = await treasury.confirm(await differing(treasury), despite=WHY)
    confirming = (treasury.confirm(asked, who, despite=WHY) for who in (TREASURER_2, ADMIN))
    assert sorted(await asyncio.gather(*map(outcome, confirming))) == ["STALE_ETAG", "paid"]
    assert (await payouts(treasury), await treasury.city.adds_up()) == (1, True)


async def test_the_same_call_twice_is_answered_as_the_first(treasury: Treasury) -> None:
    batch = await differing(treasury)
    asked = await treasury.confirm(batch, key="a-key-of-the-first-person", despite=WHY)
    assert await treasury.confirm(batch, key="a-key-of-the-first-person", despite=WHY) == asked
    paid = await treasury.confirm(asked, TREASURER_2, key="a-key-of-the-second", despite=WHY)
    assert await treasury.confirm(asked, TREASURER_2, key="a-key-of-the-second", despite=WHY) == paid
    assert await treasury.confirm(batch, key="a-key-of-the-first-person", despite=WHY) == asked
    with refused("IDEMPOTENCY_KEY_REUSED"):
        await treasury.confirm(asked, TREASURER_2, key="a-key-of-the-second", despite=f"{WHY} Lagi.")
    assert (len(await acts(treasury)), await payouts(treasury)) == (2, 1)


async def test_another_reason_takes_the_place_of_the_first_whoever_gives_it(treasury: Treasury) -> None:
    asked = await treasury.confirm(await differing(treasury), despite=WHY)
    other = await treasury.confirm(asked, despite="Ternyata suratnya dari cabang bank yang lain.")
    with refused("STALE_ETAG"):
        await treasury.confirm(asked, TREASURER_2, despite=WHY)
    third = await treasury.confirm(other, TREASURER_2, despite=WHY)
    assert (state(third), third.despite.own) == ("closed", True)
    with refused("SECOND_PERSON_REQUIRED"):
        await treasury.confirm(third, TREASURER_2, despite=WHY)
    assert state(await treasury.confirm(third, despite=WHY)) == "paid"
    assert [what for what, *_ in await acts(treasury)] == ["payout_asked"] * 3 + ["payout_confirmed"]


async def test_the_owner_of_the_business_neither_asks_nor_confirms(treasury: Treasury) -> None:
    batch = await differing(treasury)
    owner = Caller(OWNER.subject, frozenset({"officer"}), "bpkad")
    with refused("OWN_MATTER"):
        await treasury.confirm(batch, owner, despite=WHY)
    asked = await treasury.confirm(batch, despite=WHY)
    with refused("OWN_MATTER"):
        await treasury.confirm(asked, owner, despite=WHY)
    assert (await again(treasury, batch, owner)).despite.own


async def test_only_the_treasury_is_told_of_it(treasury: Treasury) -> None:
    batch = await differing(treasury)
    await treasury.confirm(batch, despite=WHY)
    for other in (OWNER, BUSINESS_OFFICE):
        (seen,) = await treasury.batches(other)
        assert (seen.differences, seen.HasField("lacking"), seen.HasField("despite")) == (0, False, False)
        assert "." not in seen.etag
        listed = await treasury.call("ListBatches", pb.ListBatchesRequest(), other)
        assert not listed.to_confirm
    with refused("TREASURY_ONLY"):
        await treasury.confirm(batch, BUSINESS_OFFICE, despite=WHY)


async def test_what_waits_for_a_second_person_is_listed_whatever_the_list_is_filtered_by(treasury: Treasury) -> None:
    batch = await differing(treasury)
    listing = pb.ListBatchesRequest(day="2026-01-01")
    assert not (await treasury.call("ListBatches", listing)).to_confirm
    await treasury.confirm(batch, despite=WHY)
    answer = await treasury.call("ListBatches", listing, TREASURER_2)
    assert [(each.id, each.despite.reason, each.despite.own) for each in answer.to_confirm] == [(batch.id, WHY, False)]
    await treasury.confirm(answer.to_confirm[0], TREASURER_2, despite=WHY)
    assert not (await treasury.call("ListBatches", listing)).to_confirm


async def test_another_account_that_holds_meanwhile_ends_the_wish(treasury: Treasury) -> None:
    batch = await differing(treasury)
    asked = await treasury.confirm(batch, despite=WHY)
    asking = Asking(treasury.economy.served)
    treasury.economy.pass_time(seconds=1)
    await asking.approve(await asking.asked(merchants_pb2.Merchant(id=batch.merchant)))
    with refused("STALE_ETAG"):
        await treasury.confirm(asked, TREASURER_2, despite=WHY)
    moved = await again(treasury, batch, TREASURER_2)
    assert not moved.HasField("despite")
    former = await treasury.confirm(moved, TREASURER_2, to_former=True, despite=WHY)
    assert (state(former), former.despite.to_former_account) == ("closed", True)
    other = await treasury.confirm(former, despite=WHY)
    assert (state(other), other.despite.to_former_account) == ("closed", False), "to another account, so it asks anew"
    paid = await treasury.confirm(
        await treasury.confirm(other, TREASURER_2, to_former=True, despite=WHY), to_former=True, despite=WHY
    )
    assert (state(paid), paid.settlement_account) == ("paid", moved.former_account)


async def test_a_difference_that_was_paid_out_in_spite_of_stays_open_and_says_so_until_the_report_is_right(
    treasury: Treasury,
) -> None:
    sale = await treasury.city.get(await a_sale(treasury, 77_000, await treasury.city.business()))
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    (found,) = await treasury.differences()
    assert found.paid_batch == ""
    asked = await treasury.confirm(batch, despite=WHY)
    assert [each.paid_batch for each in await treasury.differences()] == [""], "nobody has paid it out yet"
    await treasury.confirm(asked, TREASURER_2, despite=WHY)
    (found,) = await treasury.differences()
    assert (found.mended, found.paid_batch) == (False, batch.id)
    assert await treasury.reconcile() == (0, 0, 1)
    treasury.reports(treasury.line(sale.code, 77_000))
    assert await treasury.reconcile() == (1, 1, 0)
    (found,) = await treasury.differences()
    assert (found.mended, found.paid_batch) == (True, batch.id)


async def test_money_out_of_suspense_that_the_report_lacks_is_paid_out_by_two_people_as_well(
    treasury: Treasury,
) -> None:
    city = treasury.city
    await city.notice(Notice("REF-1", "", 27_000, "IDR"))
    (item,) = await city.suspense()
    await city.release(await city.propose(item, await city.business()), TREASURER_2)
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    asked = await treasury.confirm(batch, despite=WHY)
    assert state(await treasury.confirm(asked, TREASURER_2, despite=WHY)) == "paid"
    assert await city.adds_up()


async def test_a_confirmation_that_races_with_the_difference_being_put_right_pays_at_most_once(
    treasury: Treasury,
) -> None:
    sale = await treasury.city.get(await a_sale(treasury, 77_000, await treasury.city.business()))
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    asked = await treasury.confirm(batch, despite=WHY)
    treasury.reports(treasury.line(sale.code, 77_000))
    found, _ = await asyncio.gather(
        outcome(treasury.confirm(asked, TREASURER_2, despite=WHY)), treasury.reconcile(TODAY)
    )
    assert found in {"paid", "NOTHING_DIFFERS"}
    assert await payouts(treasury) == (found == "paid")
    assert [each.mended for each in await treasury.differences()] == [True]
    assert await treasury.city.adds_up()


async def test_the_database_takes_no_second_person_who_is_the_first(treasury: Treasury) -> None:
    await treasury.confirm(await differing(treasury), despite=WHY)
    pool = treasury.economy.runtime.pool
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute("UPDATE payout_despite SET approved_by = asked_by, approved_at = now()")
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute(
            "INSERT INTO act (id, day, at, what, doer, agency, asker, currency)"
            " VALUES (gen_random_uuid(), now(), now(), 'payout_confirmed', 'one', '', 'one', 'IDR')"
        )


async def test_no_event_tells_why_or_who(treasury: Treasury) -> None:
    asked = await treasury.confirm(await differing(treasury), despite=WHY)
    before = len(await treasury.economy.outbox())
    await treasury.confirm(asked, TREASURER_2, despite=WHY)
    told = [bytes(row["payload"]) for row in await treasury.economy.outbox()]
    assert len(told) == before
    assert not [each for each in told if WHY.encode() in each or TREASURER.subject.encode() in each]
