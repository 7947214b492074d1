"""What the bank tells: captured once, or put aside; never lost, never doubled."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from services.economy.captures import actions
from services.economy.captures.model import Notice, Outcome
from services.kit.errors import DomainError
from smartcity.economy.v1 import payments_pb2 as pb
from tests.economy.conftest import MARKETS, OWNER, TREASURER
from tests.economy.merchants import cases as merchants
from tests.economy.payments.cases import NMID, City, freeze, state


async def only(city: City) -> pb.SuspenseItem:
    """The one item in suspense."""
    (item,) = await city.suspense()
    return item


def reason(item: pb.SuspenseItem) -> str:
    """Why it is there."""
    return pb.SuspenseReason.Name(item.reason).removeprefix("SUSPENSE_REASON_").lower()


async def test_a_notice_captures_the_payment_that_it_names(city: City) -> None:
    shown = await city.shown(50_000)
    assert await city.notice(city.bank.pay(shown.code)) is Outcome.CAPTURED
    paid = await city.get(shown.id, MARKETS)
    assert (state(paid), paid.method, paid.qr) == ("captured", pb.PAYMENT_METHOD_QRIS_DYNAMIC, "")
    assert (await city.takings(), await city.balance("clearing"), await city.adds_up()) == (50_000, -50_000, True)
    assert await city.events(shown.id) == ["PaymentCreated", "PaymentCaptured"]


async def test_a_notice_without_our_code_is_linked_by_the_banks_reference(city: City) -> None:
    shown = await city.shown()
    assert await city.notice(replace(city.bank.pay(shown.code), code="")) is Outcome.CAPTURED
    assert state(await city.get(shown.id)) == "captured"


async def test_the_fee_is_taken_from_a_business_by_size_and_amount(city: City) -> None:
    shop = await city.business()
    for amount, fee in ((500_000, 0), (500_001, 1500), (1_000_000, 3000)):
        before = await city.takings(shop)
        shown = await city.shown(amount, caller=OWNER, merchant=shop)
        assert await city.notice(city.bank.pay(shown.code)) is Outcome.CAPTURED
        paid = await city.get(shown.id, OWNER)
        assert paid.fee.units == fee
        assert await city.takings(shop) - before == amount - fee
    assert await city.balance("fees") == 4500
    assert await city.adds_up()


async def test_the_same_notice_again_changes_nothing(city: City) -> None:
    shown = await city.shown()
    notice = city.bank.pay(shown.code)
    assert [await city.notice(notice) for _ in range(3)] == [Outcome.CAPTURED, Outcome.REPEATED, Outcome.REPEATED]
    assert await city.takings() == 50_000


@pytest.mark.parametrize("kind", ["dynamic", "static", "unlinked"])
async def test_the_same_notice_twenty_times_at_once_counts_once(city: City, kind: str) -> None:
    shown = await city.shown()
    notices = {
        "dynamic": city.bank.pay(shown.code),
        "static": Notice("REF-STATIC", "", 50_000, "IDR", NMID, static=True),
        "unlinked": Notice("REF-UNKNOWN", "", 50_000, "IDR"),
    }
    outcomes = await asyncio.gather(*(city.notice(notices[kind]) for _ in range(20)))
    first = Outcome.SUSPENDED if kind == "unlinked" else Outcome.CAPTURED
    assert sorted(outcome.value for outcome in outcomes) == sorted([first.value] + ["repeated"] * 19)
    assert await city.balance("clearing") == -50_000
    assert await city.adds_up()


async def test_other_money_for_the_same_payment_at_once_is_captured_once_and_suspended(city: City) -> None:
    shown = await city.shown()
    notice = city.bank.pay(shown.code)
    others = [replace(notice, provider_reference=f"OTHER-{number}") for number in range(7)]
    outcomes = await asyncio.gather(*(city.notice(each) for each in (notice, *others)))
    assert sorted(outcome.value for outcome in outcomes) == ["captured"] + ["suspended"] * 7
    assert {reason(item) for item in await city.suspense()} == {"paid_before"}
    assert (await city.takings(), await city.balance("suspense")) == (50_000, 350_000)
    assert await city.adds_up()


async def test_another_amount_than_asked_is_put_aside(city: City) -> None:
    shown = await city.shown(50_000)
    notice = city.bank.pay(shown.code, 49_000)
    assert await city.notice(notice) is Outcome.SUSPENDED
    assert await city.notice(notice) is Outcome.REPEATED
    item = await only(city)
    assert (reason(item), item.amount.units, item.payment) == ("amount", 49_000, shown.id)
    assert item.payment_code == shown.code
    assert state(await city.get(shown.id)) == "pending"
    assert (await city.balance("suspense"), await city.takings()) == (49_000, 0)
    (event,) = [row for row in await city.economy.outbox() if row["type"].endswith("MoneySuspended")]
    assert (event["correlation"], event["aggregate"]) == (shown.id, item.id)


async def test_money_that_comes_late_is_put_aside(city: City) -> None:
    shown = await city.shown()
    await city.tick(minutes=16)
    assert state(await city.get(shown.id)) == "expired"
    assert await city.notice(city.bank.pay(shown.code)) is Outcome.SUSPENDED
    assert reason(await only(city)) == "late"
    assert state(await city.get(shown.id)) == "expired"


async def test_money_for_what_was_cancelled_is_put_aside(city: City) -> None:
    payment = await city.ask()
    await city.cancel(payment)
    assert await city.notice(Notice("REF-1", payment.code, 50_000, "IDR")) is Outcome.SUSPENDED
    assert reason(await only(city)) == "late"


async def test_money_for_what_was_paid_in_cash_is_put_aside(city: City) -> None:
    shown = await city.shown()
    await city.cash(shown.id)
    notice = city.bank.pay(shown.code)
    assert [await city.notice(notice), await city.notice(notice)] == [Outcome.SUSPENDED, Outcome.REPEATED]
    assert reason(await only(city)) == "paid_before"
    assert await city.takings() == 50_000


@pytest.mark.parametrize("code", ["", "SMGP-AAAAAAA-AA", "an order of yours"])
async def test_money_that_names_nothing_known_is_put_aside(city: City, code: str) -> None:
    assert await city.notice(Notice("REF-1", code, 7_000, "IDR")) is Outcome.SUSPENDED
    item = await only(city)
    assert (reason(item), item.payment, item.provider_reference) == ("unlinked", "", "REF-1")
    assert await city.adds_up()


async def test_code_and_reference_of_different_payments_are_not_guessed_at(city: City) -> None:
    first, second = await city.shown(), await city.shown()
    notice = replace(city.bank.pay(first.code), code=second.code)
    assert await city.notice(notice) is Outcome.SUSPENDED
    assert reason(await only(city)) == "unlinked"
    assert {state(await city.get(each.id)) for each in (first, second)} == {"pending"}


async def test_a_printed_qris_makes_a_payment_that_is_captured_at_once(city: City) -> None:
    shop = await merchants.active(city.economy)
    await merchants.add_terminal(city.economy, shop.id, "T01")
    for number, terminal in enumerate(("T01", "T99")):
        notice = Notice(f"REF-{number}", "", 15_000, "IDR", merchants.NMID, terminal, static=True)
        assert [await city.notice(notice), await city.notice(notice)] == [Outcome.CAPTURED, Outcome.REPEATED]
    request = pb.ListPaymentsRequest(merchant=shop.id)
    found = (await city.economy.call("PaymentService.ListPayments", request, OWNER)).payments
    assert {each.method for each in found} == {pb.PAYMENT_METHOD_QRIS_STATIC}
    assert {each.terminal for each in found} == {"T01", ""}
    assert await city.takings(shop.id) == 30_000
    assert await city.events(found[0].id) == ["PaymentCreated", "PaymentCaptured"]


async def test_a_printed_qris_of_nobody_or_of_a_stopped_merchant_is_put_aside(city: City) -> None:
    shop = await merchants.active(city.economy)
    await merchants.move(city.economy, "Suspend", shop)
    nobody = Notice("REF-1", "", 15_000, "IDR", "ID9999999999999", static=True)
    stopped = Notice("REF-2", "", 15_000, "IDR", merchants.NMID, static=True)
    assert [await city.notice(nobody), await city.notice(stopped)] == [Outcome.SUSPENDED] * 2
    assert {(reason(item), item.nmid, item.nmid_name) for item in await city.suspense()} == {
        ("unlinked", "ID9999999999999", ""),
        ("stopped", merchants.NMID, "Lumpia Bu Sri"),
    }


async def test_what_a_stopped_merchants_qris_brought_is_kept_in_a_word_that_the_version_before_can_read(
    city: City,
) -> None:
    shop = await merchants.active(city.economy)
    await merchants.move(city.economy, "Suspend", shop)
    await city.notice(Notice("REF-1", "", 15_000, "IDR", merchants.NMID, static=True))
    assert await city.economy.served.admin.fetchval("SELECT reason FROM economy.suspense") == "refused"
    assert reason(await only(city)) == "stopped"


async def test_what_a_frozen_account_cannot_take_is_put_aside(city: City) -> None:
    shown = await city.shown()
    await freeze(city, await city.counter())
    assert await city.notice(city.bank.pay(shown.code)) is Outcome.SUSPENDED
    assert reason(await only(city)) == "refused"
    assert await city.adds_up()


async def test_a_top_up_that_does_not_fit_any_more_is_put_aside(city: City) -> None:
    wallet = await city.wallet()
    both = [await city.present((await city.top_up(1_500_000)).id) for _ in range(2)]
    outcomes = [await city.notice(city.bank.pay(each.code)) for each in both]
    assert outcomes == [Outcome.CAPTURED, Outcome.SUSPENDED]
    assert (await city.balance(wallet), reason(await only(city))) == (1_500_000, "refused")
    assert await city.adds_up()


async def test_an_amount_that_was_told_wrongly_is_put_right_and_captured_once_the_bank_is_asked(city: City) -> None:
    shown = await city.shown(50_000)
    told = replace(city.bank.pay(shown.code), amount=500_000)
    assert await city.notice(told) is Outcome.SUSPENDED
    await city.tick(seconds=25)
    assert state(await city.get(shown.id)) == "captured"
    assert (await city.suspense(), await city.balance("suspense"), await city.takings()) == ([], 0, 50_000)
    assert (await city.balance("clearing"), await city.adds_up()) == (-50_000, True)
    assert list((await city.get(shown.id)).put_aside) == []
    assert await city.notice(told) is Outcome.REPEATED


async def test_an_amount_that_was_told_wrongly_for_what_cannot_be_captured_is_put_right_in_suspense(city: City) -> None:
    shown = await city.shown(50_000)
    truth = city.bank.pay(shown.code)
    await city.notice(replace(truth, amount=500_000))
    await city.propose(await only(city), await city.counter())
    await city.cash(shown.id)
    assert await city.notice(replace(truth, checked=True)) is Outcome.CORRECTED
    item = await only(city)
    assert (state(item), item.amount.units, reason(item), item.target) == ("open", 50_000, "paid_before", "")
    assert (await city.balance("suspense"), await city.adds_up()) == (50_000, True)
    assert await city.notice(replace(truth, amount=60_000, checked=True)) is Outcome.CORRECTED
    assert (await city.balance("suspense"), await city.adds_up()) == (60_000, True)


async def test_what_a_frozen_account_cannot_take_stays_in_suspense_with_its_right_amount(city: City) -> None:
    shown = await city.shown(50_000)
    truth = city.bank.pay(shown.code)
    await city.notice(replace(truth, amount=500_000))
    await freeze(city, await city.counter())
    assert await city.notice(replace(truth, checked=True)) is Outcome.CORRECTED
    assert ((await only(city)).amount.units, await city.balance("suspense")) == (50_000, 50_000)
    assert await city.adds_up()


BAD = [
    ("REFERENCE_MISSING", {"provider_reference": ""}),
    ("AMOUNT_INVALID", {"amount": 0}),
    ("AMOUNT_INVALID", {"amount": -5}),
    ("CURRENCY_UNKNOWN", {"currency": "USD"}),
]


@pytest.mark.parametrize(("why", "fields"), BAD)
async def test_a_notice_that_makes_no_sense_is_refused(city: City, why: str, fields: dict[str, object]) -> None:
    shown = await city.shown()
    notice = replace(city.bank.pay(shown.code), **fields)  # type: ignore[arg-type]
    with pytest.raises(DomainError) as caught:
        await city.notice(notice)
    assert caught.value.reason == why
    assert await city.suspense() == []


async def test_a_kill_before_the_commit_leaves_nothing_and_the_notice_can_come_again(city: City) -> None:
    shown = await city.shown()
    notice = city.bank.pay(shown.code)
    with pytest.raises(RuntimeError, match="killed"):
        await _killed_while_capturing(city, notice)
    assert (state(await city.get(shown.id)), await city.takings()) == ("pending", 0)
    assert await city.notice(notice) is Outcome.CAPTURED
    assert await city.notice(notice) is Outcome.REPEATED
    assert await city.takings() == 50_000
    assert await city.suspense(caller=TREASURER) == []


async def _killed_while_capturing(city: City, notice: Notice) -> None:
    async with city.economy.runtime.transaction() as tx:
        assert await actions.capture(tx, notice) is Outcome.CAPTURED
        raise RuntimeError("killed")


async def test_putting_an_amount_right_and_another_capture_of_the_payee_do_not_lock_each_other_out(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await city.business()
    wrong, other = [await city.shown(50_000, caller=OWNER, merchant=shop) for _ in range(2)]
    truth = city.bank.pay(wrong.code)
    await city.notice(replace(truth, amount=500_000))
    taking, captured = actions._take, list[asyncio.Task[Outcome]]()  # between its two postings

    async def take(*given: Any) -> bool:
        if not captured:
            captured.append(asyncio.create_task(city.notice(city.bank.pay(other.code))))
            await asyncio.sleep(0.5)
        return await taking(*given)

    monkeypatch.setattr(actions, "_take", take)
    assert await city.notice(replace(truth, checked=True)) is Outcome.CAPTURED
    assert await captured[0] is Outcome.CAPTURED
    assert await city.adds_up()
