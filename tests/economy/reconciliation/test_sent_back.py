"""Refunds, money in suspense and what was sent back of it, held against the bank's report."""

import pytest

from services.economy.captures.model import Notice
from smartcity.economy.v1 import payments_pb2 as pb
from tests.economy.conftest import OWNER, TREASURER_2, refused
from tests.economy.merchants.cases import NMID
from tests.economy.payments.cases import state as payment_state
from tests.economy.settlement.cases import Treasury, kind
from tests.fixtures.edge import stand_before
from tests.society.pages import reader, said


async def test_refunds_are_compared_as_well(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    paid = await treasury.city.paid(100_000, caller=OWNER, merchant=shop)
    refund = await treasury.city.refund(paid.id, 30_000, OWNER)
    payment = treasury.line(paid.code, 100_000)
    back = treasury.line(paid.code, 30_000, kind="refund", provider_reference=f"BACK-{refund.id}")
    treasury.reports(payment, back)
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 2, 0)
    treasury.reports(payment)
    assert await treasury.reconcile() == (1, 1, 1)
    treasury.reports(payment, back, treasury.line(paid.code, 5_000, kind="refund", provider_reference="BACK-X"))
    assert await treasury.reconcile() == (3, 2, 0)
    assert {(kind(one), one.bank.units, one.here.units, one.mended) for one in await treasury.differences()} == {
        ("refund", 0, 30_000, True),
        ("refund", 5_000, 0, True),
    }
    assert (await treasury.city.get(paid.id)).refunded.units == 35_000


async def test_a_refund_that_only_the_bank_has_is_booked_so_that_the_payee_is_not_paid_out_its_money(
    treasury: Treasury,
) -> None:
    shop = await treasury.city.business()
    paid = await treasury.city.paid(100_000, caller=OWNER, merchant=shop)
    lost = treasury.line(paid.code, 100_000, kind="refund", provider_reference="BACK-LOST")
    treasury.reports(lost, treasury.line(paid.code, 100_000))
    treasury.at(1, 0, 28)
    assert await treasury.reconcile() == (2, 1, 0)
    assert payment_state(await treasury.city.get(paid.id)) == "refunded"
    assert (await treasury.city.takings(shop), await treasury.city.adds_up()) == (0, True)
    assert [(kind(one), one.mended) for one in await treasury.differences()] == [("refund", True)]
    assert await treasury.reconcile() == (2, 2, 0)
    treasury.at(1, 0, 29)
    assert await treasury.reconcile("2026-11-28") == (0, 0, 0), "booked then, and in the report of an earlier day"


@pytest.mark.parametrize(
    ("language", "words"), [("id", "Bank mengembalikannya sendiri"), ("en", "The bank gave this back")]
)
async def test_the_payee_reads_in_their_language_that_the_bank_gave_money_back_by_itself(
    treasury: Treasury, language: str, words: str
) -> None:
    shop = await treasury.city.business()
    paid = await treasury.city.paid(100_000, caller=OWNER, merchant=shop)
    asked = await treasury.city.refund(paid.id, 30_000, OWNER)
    lost = treasury.line(paid.code, 20_000, kind="refund", provider_reference="BACK-LOST")
    treasury.reports(lost, treasury.line(paid.code, 100_000))
    treasury.at(1, 0)
    await treasury.reconcile()
    (made,) = [each for each in await treasury.city.refunds(pb.REFUND_STATE_DONE) if each.by_bank]
    async with stand_before(treasury.economy.served) as stand:
        owner = await reader(stand, OWNER, language)
        async with owner.client:
            page = await owner.page(f"/usaha/{shop}/bayar/{paid.id}")
    assert words in said(page, f"refund-{made.id}")
    assert "given back by the bank" not in page.text_content()
    assert asked.reason in said(page, f"refund-{asked.id}")


async def test_a_refund_that_only_the_bank_has_is_owed_until_the_payee_holds_the_money(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    paid = await treasury.city.paid(100_000, caller=OWNER, merchant=shop)
    lost = treasury.line(paid.code, 100_000, kind="refund", provider_reference="BACK-LOST")
    treasury.reports(treasury.line(paid.code, 100_000), lost)
    treasury.at(0, 10)
    await treasury.close()
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 1, 1)
    (owed,) = await treasury.differences()
    assert (owed.payment_code, owed.bank.units, owed.mended) == (paid.code, 100_000, False)
    await treasury.city.paid(150_000, caller=OWNER, merchant=shop)
    assert await treasury.reconcile() == (2, 1, 0)
    assert await treasury.city.takings(shop) == 50_000


async def test_what_may_be_money_in_suspense_that_the_bank_sent_back_is_not_booked_as_a_refund(
    treasury: Treasury,
) -> None:
    paid = await treasury.city.paid()
    await treasury.city.notice(Notice("REF-TWICE", paid.code, 50_000, "IDR"))
    lost = treasury.line(paid.code, kind="refund", provider_reference="BACK-LOST")
    treasury.reports(treasury.line(paid.code), treasury.line(paid.code, provider_reference="REF-TWICE"), lost)
    treasury.at(1, 0)
    assert await treasury.reconcile() == (3, 2, 1)
    assert payment_state(await treasury.city.get(paid.id)) == "captured"


@pytest.mark.parametrize("proposed", [False, True])
async def test_late_money_that_the_bank_gave_back_by_itself_goes_to_nobody_else(
    treasury: Treasury, proposed: bool
) -> None:
    city = treasury.city
    shown = await city.shown()
    await city.cancel(shown)
    await city.notice(treasury.bank.pay(shown.code))
    (item,) = await city.suspense()
    if proposed:
        await city.propose(item, await city.counter())
    back = treasury.line(shown.code, kind="refund", provider_reference="BACK-OWN")
    treasury.reports(treasury.line(shown.code), back)
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 1, 0)
    assert [(kind(one), one.mended) for one in await treasury.differences()] == [("refund", True)]
    assert (await city.suspense(), await city.balance("suspense"), await city.adds_up()) == ([], 0, True)
    assert [one.returned for one in (await city.get(shown.id)).put_aside] == [True], "so reads the payer"
    assert await treasury.reconcile() == (2, 2, 0)
    treasury.at(1, 0, 26)
    treasury.reports()
    assert await treasury.reconcile("2026-11-25") == (0, 0, 0), "it was in the report before"


async def test_money_sent_back_out_of_suspense_is_known(treasury: Treasury) -> None:
    shown = await treasury.city.shown()
    await treasury.city.cancel(shown)
    await treasury.city.notice(treasury.bank.pay(shown.code))
    (item,) = await treasury.city.suspense()
    proposed = await treasury.city.propose(item)
    await treasury.city.release(proposed, TREASURER_2)
    back = treasury.line(shown.code, kind="refund", provider_reference=f"BACK-{item.id}")
    treasury.reports(treasury.line(shown.code), back)
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 2, 0)
    treasury.reports(treasury.line(shown.code), back, treasury.line(shown.code, kind="refund", provider_reference="B2"))
    assert await treasury.reconcile() == (3, 2, 1)


async def test_money_in_suspense_that_the_bank_does_not_have_is_found_and_goes_to_nobody(treasury: Treasury) -> None:
    city = treasury.city
    await city.notice(Notice("REF-GHOST", "", 70_000, "IDR"))
    (item,) = await city.suspense()
    proposed = await city.propose(item, await city.business())
    treasury.at(1, 0)
    assert await treasury.reconcile() == (0, 0, 1)
    (found,) = await treasury.differences()
    assert (kind(found), found.here.units, found.HasField("bank")) == ("only_here", 70_000, False)
    for act in (city.propose, city.release):
        with refused("BANK_DIFFERS"):
            await act(proposed, caller=TREASURER_2)
    treasury.reports(treasury.line("", 70_000, provider_reference="REF-GHOST"))
    assert await treasury.reconcile() == (1, 1, 0)
    assert payment_state(await city.release(proposed, TREASURER_2)) == "released"


async def test_money_that_a_report_brought_into_suspense_is_not_missing_in_that_of_the_day_it_was_brought(
    treasury: Treasury,
) -> None:
    treasury.reports(treasury.line("", 7_000, provider_reference="STATIC-1"))
    treasury.at(1, 0)
    await treasury.reconcile()
    treasury.at(1, 0, 26)
    assert await treasury.reconcile("2026-11-25") == (0, 0, 0)


async def test_money_sent_back_out_of_suspense_that_the_bank_does_not_have_is_found(treasury: Treasury) -> None:
    shown = await treasury.city.shown()
    await treasury.city.cancel(shown)
    await treasury.city.notice(treasury.bank.pay(shown.code))
    (item,) = await treasury.city.suspense()
    await treasury.city.release(await treasury.city.propose(item), TREASURER_2)
    treasury.reports(treasury.line(shown.code))
    treasury.at(1, 0)
    assert await treasury.reconcile() == (1, 1, 1)
    (found,) = await treasury.differences()
    assert (kind(found), found.here.units, found.payment_code) == ("refund", 50_000, shown.code)


async def test_a_refund_of_the_banks_own_does_not_pass_for_our_return_of_the_same_amount(treasury: Treasury) -> None:
    city = treasury.city
    await city.business()
    await city.notice(Notice("S-1", "", 20_000, "IDR", NMID, static=True))
    await city.notice(Notice("S-2", "", 20_000, "IDR", "ID9999999999999", static=True))
    (item,) = await city.suspense()
    await city.release(await city.propose(item), TREASURER_2)
    treasury.reports(
        treasury.line("", 20_000, provider_reference="S-1"),
        treasury.line("", 20_000, provider_reference="S-2"),
        treasury.line("", 20_000, kind="refund", provider_reference="TOOK-BACK-S-1"),
    )
    treasury.at(1, 0)
    assert await treasury.reconcile() == (3, 2, 2)
    assert {
        (kind(one), one.provider_reference, one.bank.units, one.here.units) for one in await treasury.differences()
    } == {
        ("refund", "TOOK-BACK-S-1", 20_000, 0),
        ("refund", f"BACK-{item.id}", 0, 20_000),
    }


async def test_money_that_we_sent_back_days_after_the_bank_booked_it_is_no_difference(treasury: Treasury) -> None:
    city = treasury.city
    shown = await city.shown()
    await city.cancel(shown)
    await city.notice(treasury.bank.pay(shown.code))
    (item,) = await city.suspense()
    treasury.bank.away = {"refund late"}
    await city.release(await city.propose(item), TREASURER_2)
    back = treasury.line(shown.code, kind="refund", provider_reference=f"BACK-{item.id}")
    treasury.reports(treasury.line(shown.code), back)
    treasury.at(9, 0, 27)
    treasury.bank.away = set()
    await city.tick(seconds=1)
    assert await treasury.reconcile() == (2, 2, 0)


async def test_money_sent_back_under_no_known_reference_is_known_by_code_and_amount(treasury: Treasury) -> None:
    city = treasury.city
    shown = await city.shown()
    await city.cancel(shown)
    await city.notice(treasury.bank.pay(shown.code))
    (item,) = await city.suspense()
    await city.release(await city.propose(item), TREASURER_2)
    await treasury.economy.served.admin.execute("UPDATE economy.suspense SET return_reference = ''")
    back = treasury.line(shown.code, kind="refund", provider_reference="BACK-1")
    treasury.reports(treasury.line(shown.code), back)
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 2, 0)
