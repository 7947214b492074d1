"""A notice of a QRIS of ours under a code that is not its payment's, and the bank's later, true word."""

from dataclasses import replace

import pytest

from services.economy.captures.model import Notice, Outcome
from smartcity.economy.v1 import payments_pb2 as pb
from tests.economy.conftest import CITIZEN, MARKETS, OWNER, TREASURER, refused
from tests.economy.payments.cases import City, freeze, state


async def mistold(city: City, amount: int = 50_000, code: str = "") -> tuple[pb.Payment, Notice]:
    """A payment whose QRIS was paid and told of under another code, and what the bank should have told."""
    shown = await city.shown(amount)
    truth = city.bank.pay(shown.code)
    assert await city.notice(replace(truth, code=code or f"{shown.code}X")) is Outcome.SUSPENDED
    return shown, truth


async def only(city: City) -> tuple[str, str, str]:
    """Reason, payment and state of the one item in suspense."""
    (item,) = await city.suspense()
    return pb.SuspenseReason.Name(item.reason).removeprefix("SUSPENSE_REASON_").lower(), item.payment, state(item)


@pytest.mark.parametrize("of", ["nothing", "another payment"])
async def test_money_that_is_told_of_under_another_code_is_shown_at_the_payment_whose_qris_was_used(
    city: City, of: str
) -> None:
    other = await city.shown()
    shown, _ = await mistold(city, code=other.code if of == "another payment" else "")
    assert await only(city) == ("unlinked", shown.id, "open")
    (aside,) = (await city.get(shown.id)).put_aside
    assert (aside.amount.units, aside.by_qris) == (50_000, True)
    assert list((await city.get(other.id)).put_aside) == []
    assert {state(await city.get(each.id)) for each in (shown, other)} == {"pending"}
    assert await city.adds_up()


async def test_who_ordered_what_money_was_told_of_under_another_code_does_not_decide_on_it(city: City) -> None:
    shop = await city.business()
    shown = await city.shown(caller=OWNER, merchant=shop)
    await city.notice(replace(city.bank.pay(shown.code), code=f"{shown.code}X"))
    (item,) = await city.suspense()
    owning = replace(TREASURER, subject=OWNER.subject)
    assert [each.own_matter for each in await city.suspense(caller=owning)] == [True]
    with refused("OWN_MATTER"):
        await city.propose(item, shop, owning)


async def test_what_was_told_of_under_another_code_is_captured_once_the_bank_is_asked(city: City) -> None:
    shown, truth = await mistold(city)
    await city.tick(seconds=25)
    assert state(await city.get(shown.id)) == "captured"
    assert (await city.suspense(), await city.balance("suspense"), await city.takings()) == ([], 0, 50_000)
    assert (list((await city.get(shown.id)).put_aside), await city.balance("clearing")) == ([], -50_000)
    assert await city.notice(truth) is Outcome.REPEATED
    assert await city.adds_up()


async def test_what_was_told_of_under_another_code_is_captured_by_the_right_notice(city: City) -> None:
    shown, truth = await mistold(city)
    assert [await city.notice(truth), await city.notice(truth)] == [Outcome.CAPTURED, Outcome.REPEATED]
    assert state(await city.get(shown.id)) == "captured"
    assert (await city.suspense(), await city.takings(), await city.adds_up()) == ([], 50_000, True)


async def test_what_was_told_of_under_no_code_of_ours_is_captured_by_the_right_notice_whatever_was_proposed(
    city: City,
) -> None:
    shown = await city.ask()
    assert await city.notice(Notice("REF-OTHER", "cut off", 50_000, "IDR", "ID9999999999999")) is Outcome.SUSPENDED
    (item,) = await city.suspense()
    await city.propose(item, await city.counter("dlh"))
    assert await city.notice(Notice("REF-OTHER", shown.code, 50_000, "IDR")) is Outcome.CAPTURED
    assert state(await city.get(shown.id)) == "captured"
    (item,) = await city.suspense(pb.SUSPENSE_STATE_RELEASED)
    assert (item.payment, item.target, item.nmid) == (shown.id, "", "")
    assert (await city.takings(), await city.balance("suspense"), await city.adds_up()) == (50_000, 0, True)


async def test_a_notice_alone_captures_no_other_amount_than_is_in_suspense(city: City) -> None:
    shown = await city.shown(50_000)
    truth = city.bank.pay(shown.code)
    await city.notice(replace(truth, code="cut off", amount=5_000))
    assert await city.notice(truth) is Outcome.REPEATED
    assert (state(await city.get(shown.id)), await city.balance("suspense")) == ("pending", 5_000)
    assert await city.notice(replace(truth, checked=True)) is Outcome.CAPTURED
    assert (await city.takings(), await city.balance("suspense"), await city.adds_up()) == (50_000, 0, True)


async def test_what_comes_to_its_payment_too_late_stays_in_suspense_for_that_reason(city: City) -> None:
    shown, truth = await mistold(city)
    await city.cash(shown.id)
    assert [await city.notice(truth), await city.notice(truth)] == [Outcome.CORRECTED, Outcome.REPEATED]
    assert await only(city) == ("paid_before", shown.id, "open")
    assert (await city.balance("suspense"), await city.adds_up()) == (50_000, True)


async def test_what_the_payee_cannot_take_stays_in_suspense_for_that_reason(city: City) -> None:
    shown, truth = await mistold(city)
    await freeze(city, await city.counter())
    assert [await city.notice(truth), await city.notice(truth)] == [Outcome.CORRECTED, Outcome.REPEATED]
    assert await only(city) == ("refused", shown.id, "open")
    assert (await city.balance("suspense"), await city.adds_up()) == (50_000, True)


@pytest.mark.parametrize("given", ["to a merchant", "back"])
async def test_what_two_people_gave_away_is_not_captured_any_more(city: City, given: str) -> None:
    shown, truth = await mistold(city)
    (item,) = await city.suspense()
    proposed = await city.propose(item, await city.counter("dlh") if given == "to a merchant" else "")
    await city.release(proposed, replace(TREASURER, subject="another"))
    assert await city.notice(replace(truth, checked=True)) is Outcome.REPEATED
    assert (state(await city.get(shown.id)), await city.balance("suspense")) == ("pending", 0)
    assert await city.adds_up()


async def test_a_bill_whose_money_was_told_of_under_another_code_is_not_paid_twice(city: City) -> None:
    bill = "SMGT-AAAAAAA-00"
    shown, _ = await mistold(city)
    await city.economy.served.admin.execute("UPDATE economy.payment SET bill = $1 WHERE code = $2", bill, shown.code)
    with refused("PAID_OTHERWISE"):
        await city.cash(shown.id, MARKETS)
    with refused("PAID_OTHERWISE"):
        await city.present(shown.id, CITIZEN)
