"""The fee of a permit that somebody of the city applied for themselves, and one that was given back."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.economy.payments import timers
from services.economy.permit_kinds import profile
from services.economy.personal import reactions
from services.kit.caller import Caller
from smartcity.economy.v1 import payments_pb2
from smartcity.economy.v1 import permits_pb2 as pb
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.economy.conftest import Economy, refused, request_id
from tests.economy.permits.applying import (
    LURAH,
    ROADS,
    SRI,
    Applying,
)
from tests.fixtures.edge import stand_before
from tests.fixtures.personal import asked
from tests.society.pages import reader

OFFICER = Caller("officer-own", frozenset({"citizen", "officer"}), "dishub")


@pytest.fixture
def applying(economy: Economy) -> Applying:
    """The pillar, which hears its own events."""
    return Applying(economy.served)


async def _payable(applying: Applying, economy: Economy, caller: Caller) -> pb.Permit:
    """One that is granted and waits for its fee."""
    sent = await applying.sent("bongkar-muat", caller)
    await applying.move(await applying.move(sent, "check", LURAH), "grant", ROADS)
    await economy.settle_events()
    return await applying.get(sent, caller)


async def _take(economy: Economy, payment: str, caller: Caller) -> payments_pb2.Payment:
    request = payments_pb2.RecordCashRequest(request_id=request_id(), id=payment)
    taken: payments_pb2.Payment = (await economy.call("PaymentService.RecordCash", request, caller)).payment
    return taken


async def _cash(economy: Economy, payment: str, caller: Caller) -> payments_pb2.Payment:
    taken = await _take(economy, payment, caller)
    await economy.settle_events()
    return taken


def _forgets_next_day(applying: Applying, folder: Path) -> None:
    """Whose a permit was the city forgets a day after its end."""
    runtime = applying.served.runtime
    folder = Path(shutil.copytree(runtime.city.folder, folder / "city"))
    file = folder / profile.FILE
    file.write_text(file.read_text().replace("kept_days = 365", "kept_days = 1"))
    runtime.city = replace(runtime.city, folder=folder)


async def _over(applying: Applying, economy: Economy) -> str:
    """The payment of an officer's own, which was paid and then withdrawn."""
    one = await _payable(applying, economy, OFFICER)
    paid = await _cash(economy, one.payment, ROADS)
    await applying.move(await applying.get(one, OFFICER), "withdraw", OFFICER, "")
    return paid.id


async def _refund(economy: Economy, payment: str, caller: Caller) -> None:
    request = payments_pb2.CreateRefundRequest(request_id=request_id(), payment=payment, reason="Salah bayar.")
    await economy.call("PaymentService.CreateRefund", request, caller)
    await economy.settle_events()


async def test_the_payer_of_a_fee_reads_what_it_is_for_in_either_language(applying: Applying, economy: Economy) -> None:
    one = await _payable(applying, economy, SRI)
    read = await economy.call("PaymentService.GetPayment", payments_pb2.GetPaymentRequest(id=one.payment), SRI)
    said = read.payment.description, read.payment.description_en
    assert [text.rpartition(", ")[2] for text in said] == [one.code] * 2
    assert len(set(said)) == 2


async def test_a_fee_that_was_paid_in_time_counts_though_the_news_of_it_comes_late(
    applying: Applying, economy: Economy
) -> None:
    one = await _payable(applying, economy, SRI)
    last = applying.served.now + timedelta(seconds=1)
    await applying.served.runtime.pool.execute("UPDATE permit SET wake_at = $1", last)
    await _take(economy, one.payment, ROADS)
    await applying.due(hours=1)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_PAYABLE
    await economy.settle_events()
    assert (await applying.get(one)).state == pb.PERMIT_STATE_GRANTED
    assert "PaymentRefundRequested" not in await applying.told()


async def test_no_officer_takes_or_gives_back_the_fee_of_their_own_permit(applying: Applying, economy: Economy) -> None:
    one = await _payable(applying, economy, OFFICER)
    with refused("OWN_MATTER"):
        await _cash(economy, one.payment, OFFICER)
    paid = await _cash(economy, one.payment, ROADS)
    assert (await applying.get(one, OFFICER)).state == pb.PERMIT_STATE_GRANTED
    with refused("OWN_MATTER"):
        await _refund(economy, paid.id, OFFICER)


async def test_no_officer_gives_back_the_fee_of_their_own_permit_after_having_their_data_erased(
    applying: Applying, economy: Economy
) -> None:
    payment = await _over(applying, economy)
    assert (await asked(economy.served, reactions, OFFICER.subject, erase=True))["permits"] == (1, 1, "")
    with refused("OWN_MATTER"):
        await _refund(economy, payment, OFFICER)
    await _refund(economy, payment, ROADS)


async def test_whose_fee_it_was_is_told_them_and_forgotten_once_it_was_given_back(
    applying: Applying, economy: Economy
) -> None:
    payment = await _over(applying, economy)
    for held in ((1, 0, "refund"), (1, 0, "refund")):
        assert (await asked(economy.served, reactions, OFFICER.subject, erase=True))["permit_fees"] == held
    await _refund(economy, payment, ROADS)
    for held in ((1, 1, ""), (0, 0, "")):
        assert (await asked(economy.served, reactions, OFFICER.subject, erase=True))["permit_fees"] == held


async def test_whose_fee_it_was_is_forgotten_once_no_money_of_it_goes_back_any_more(
    applying: Applying, economy: Economy
) -> None:
    await _over(applying, economy)
    await asked(economy.served, reactions, OFFICER.subject, erase=True)
    for days, kept in ((31, 1), (8, 0)):
        economy.pass_time(days=days)
        await timers.forget_buyers(economy.runtime)
        assert (await asked(economy.served, reactions, OFFICER.subject))["permit_fees"][0] == kept


async def test_no_officer_gives_back_the_fee_of_their_own_permit_whose_time_is_over_while_its_money_can_go_back(
    applying: Applying, economy: Economy, tmp_path: Path
) -> None:
    _forgets_next_day(applying, tmp_path)
    payment = await _over(applying, economy)
    await applying.due(days=1, minutes=1)
    assert not (await asked(economy.served, reactions, OFFICER.subject))["permits"][0]
    with refused("OWN_MATTER"):
        await _refund(economy, payment, OFFICER)
    await _refund(economy, payment, ROADS)


async def test_of_a_fee_that_no_money_goes_back_of_any_more_nobody_is_remembered_by_an_erasure(
    applying: Applying, economy: Economy
) -> None:
    await _over(applying, economy)
    economy.pass_time(days=39)
    told = await asked(economy.served, reactions, OFFICER.subject, erase=True)
    assert (told["permits"], told["permit_fees"]) == ((1, 1, ""), (0, 0, ""))


async def test_no_officer_hands_themselves_the_cash_that_lies_ready_of_their_own_permit(
    applying: Applying, economy: Economy
) -> None:
    one = await _payable(applying, economy, OFFICER)
    await _take(economy, one.payment, ROADS)  # what the permit has not heard of when it is withdrawn
    await applying.move(one, "withdraw", OFFICER, "")
    await economy.settle_events()
    assert (await applying.get(one, OFFICER)).cash_ready.units == 50_000
    counter = (await economy.runtime.pool.fetchval("SELECT id FROM merchant WHERE agency = 'dishub'")).hex
    asked = payments_pb2.ListRefundsRequest(merchant=counter)
    (ready,) = (await economy.call("PaymentService.ListRefunds", asked, ROADS)).refunds
    for officer, may in ((OFFICER, False), (ROADS, True)):
        request = payments_pb2.ApproveRefundRequest(request_id=request_id(), id=ready.id, etag=ready.etag)
        if may:
            await economy.call("PaymentService.ApproveRefund", request, officer)
        else:
            with refused("OWN_MATTER"):
                await economy.call("PaymentService.ApproveRefund", request, officer)


async def test_a_permit_whose_fee_was_given_back_holds_and_says_so_to_its_agency(
    applying: Applying, economy: Economy
) -> None:
    one = await _payable(applying, economy, SRI)
    paid = await _cash(economy, one.payment, ROADS)
    assert "refund" not in [each.act for each in (await applying.get(one, ROADS)).steps]
    await _refund(economy, paid.id, ROADS)
    found = await applying.get(one, ROADS)
    assert (found.state, found.steps[-1].act, found.steps[-1].note) == (pb.PERMIT_STATE_GRANTED, "refund", paid.code)


async def test_nobody_is_asked_for_the_fee_of_what_was_withdrawn(applying: Applying, economy: Economy) -> None:
    one = await _payable(applying, economy, SRI)
    await applying.move(one, "withdraw", SRI, "")
    await economy.settle_events()
    with refused("PAYMENT_CANCELLED"):
        await _take(economy, one.payment, ROADS)


async def test_nobody_is_asked_for_a_fee_any_more_that_an_earlier_payment_of_it_paid(
    applying: Applying, economy: Economy
) -> None:
    one = await _payable(applying, economy, SRI)
    wanted = payments_pb2.GetPaymentRequest(id=one.payment)
    first = (await economy.call("PaymentService.GetPayment", wanted, ROADS)).payment
    gone = payments_pb2.CancelPaymentRequest(request_id=request_id(), id=first.id, etag=first.etag)
    await economy.call("PaymentService.CancelPayment", gone, ROADS)
    await economy.settle_events()
    await applying.call(pb.RequestPermitPaymentRequest(code=one.code))
    await economy.settle_events()
    second = (await applying.get(one)).payment
    assert second not in ("", one.payment)
    await applying.paid(one, "captured", asked=1)  # its QRIS was paid before the bank took it back
    await economy.settle_events()
    assert (await applying.get(one)).state == pb.PERMIT_STATE_GRANTED
    with refused("PAYMENT_CANCELLED"):
        await _take(economy, second, ROADS)


async def test_a_fee_that_is_first_asked_for_when_its_permit_is_withdrawn_is_called_off(
    applying: Applying, economy: Economy
) -> None:
    sent = await applying.sent("bongkar-muat", SRI)
    one = await applying.move(await applying.move(sent, "check", LURAH), "grant", ROADS)
    await applying.move(one, "withdraw", SRI, "")
    await economy.settle_events()
    states = await economy.runtime.pool.fetch("SELECT state FROM payment WHERE purpose = 'permit'")
    assert [row["state"] for row in states] == ["cancelled"]


async def test_who_has_paid_a_fee_is_led_to_their_permits(applying: Applying, economy: Economy) -> None:
    one = await _payable(applying, economy, SRI)
    await _cash(economy, one.payment, ROADS)
    async with stand_before(applying.served) as stand:
        sri = await reader(stand, SRI)
        async with sri.client:
            page = await sri.page(f"/bayar/{one.payment}/qris")
    assert page.xpath("//a[@id='own-permits']/@href") == ["/izin/saya"]


async def test_a_fee_is_asked_for_paid_and_only_then_it_holds(applying: Applying) -> None:
    one = await applying.granted("bongkar-muat", ROADS)
    assert (one.state, one.has_paper) == (pb.PERMIT_STATE_PAYABLE, False)
    assert (await applying.told())[-1] == "PaymentRequested"
    await applying.paid(one, "created")
    assert (await applying.get(one)).payment == "SMGP-7K4P-92"
    again = pb.RequestPermitPaymentRequest(code=one.code)
    with refused("PERMIT_PAYMENT_OPEN"):
        await applying.call(again)
    await applying.paid(one, "expired")
    await applying.call(pb.RequestPermitPaymentRequest(code=one.code))
    for _ in range(2):
        await applying.paid(one, "captured", asked=2)
    done = await applying.get(one)
    assert (done.state, [each.act for each in done.steps].count("pay")) == (pb.PERMIT_STATE_GRANTED, 1)
    assert (await applying.paper(one)).validity == pb.PERMIT_VALIDITY_VALID


async def test_a_fee_that_is_not_waited_for_is_given_back(applying: Applying) -> None:
    one = await applying.granted("bongkar-muat", ROADS)
    await applying.call(pb.RequestPermitPaymentRequest(code=one.code))  # before the first payment was there
    for _ in range(2):
        await applying.paid(one, "captured", asked=1)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_GRANTED, "it was paid, whichever time it was asked for"
    assert "PaymentRefundRequested" not in await applying.told()
    await applying.paid(one, "captured", asked=2)
    other = await applying.move(await applying.granted("bongkar-muat", ROADS), "withdraw", SRI, "")
    await applying.paid(other, "captured")
    assert (await applying.told()).count("PaymentRefundRequested") == 2
    asked = [
        PaymentRefundRequested.FromString(row["payload"])
        for row in await applying.served.outbox()
        if row["type"].endswith("PaymentRefundRequested")
    ]
    assert [(each.request, each.amount.units) for each in asked] == [
        (f"{one.code}/2", 50_000), (f"{other.code}/1", 50_000),
    ]  # fmt: skip


async def test_for_days_that_are_over_nobody_pays(applying: Applying) -> None:
    one = await applying.granted("bongkar-muat", ROADS)
    await applying.due(days=1)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_LAPSED
