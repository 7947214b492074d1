"""The page of a refund says why one is not possible now, and when it will be; what the treasury is offered."""

from typing import Any

import pytest
from grpc import StatusCode
from grpc.aio import AioRpcError, Metadata

from services.kit.caller import Caller
from smartcity.economy.v1 import payments_pb2 as pb
from tests.economy.conftest import MARKETS, OWNER, TREASURER, TREASURER_2, refused
from tests.economy.payments.cases import City, state
from tests.fixtures.edge import stand_before
from tests.society.pages import reader, said


async def test_what_the_account_does_not_hold_is_said_with_how_much_it_holds_and_when_it_works_again(
    city: City,
) -> None:
    shop = await city.business()
    paid = await city.paid(600_000, caller=OWNER, merchant=shop)
    async with stand_before(city.economy.served) as stand:
        owner = await reader(stand, OWNER)
        told = said(await owner.page(f"/usaha/{shop}/kembalikan/{paid.id}"), "check")
        assert "holds no more than IDR 598,200; IDR 600,000 are to go back" in told
        assert "as soon as more is taken" in told
        await owner.client.aclose()


async def test_the_treasury_is_offered_to_reject_what_it_asked_for_and_nothing_that_is_a_matter_of_its_own(
    city: City,
) -> None:
    both = Caller(TREASURER.subject, frozenset({"officer", "citizen"}), TREASURER.agency)
    await city.wallet(0, both)
    await city.cash((await city.top_up(900_000, both)).id, TREASURER_2)
    bought, sold = await city.pay((await city.ask(900_000)).id, both), await city.paid(900_000)
    theirs = await city.refund(bought.id, caller=MARKETS)
    asked = await city.refund(sold.id, caller=both)
    told = {each.id: (each.own, each.own_matter) for each in await city.refunds(caller=both)}
    assert told == {theirs.id: (True, True), asked.id: (True, False)}
    async with stand_before(city.economy.served) as stand:
        desk = await reader(stand, both)
        async with desk.client:
            page = await desk.page("/petugas/kas")
    for refund, offered in ((theirs, 0), (asked, 1)):
        assert "somebody else" in said(page, f"own-{refund.id}")
        assert len(page.xpath(f"//form[@id='reject-{refund.id}']")) == offered
    with refused("OWN_MATTER"):
        await city.reject(theirs, both)
    assert state(await city.reject(asked, both)) == "rejected"


async def test_a_refund_whose_answer_was_lost_is_given_once_when_it_is_sent_again(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await city.business()
    paid = await city.paid(50_000, caller=OWNER, merchant=shop)
    path = f"/usaha/{shop}/kembalikan/{paid.id}?amount=20000"
    async with stand_before(city.economy.served) as stand:
        pillars, owner = stand.gateway.pillars, await reader(stand, OWNER)
        call = pillars.call

        async def lost(asked: Any, caller: Caller, **more: Any) -> Any:
            answer = await call(asked, caller, **more)
            if isinstance(asked, pb.CreateRefundRequest):
                raise AioRpcError(StatusCode.DEADLINE_EXCEEDED, Metadata(), Metadata())
            return answer

        async with owner.client:
            with monkeypatch.context() as away:
                away.setattr(pillars, "call", lost)
                page = await owner.send(path, "refund-form", reason="Satu lumpia habis")
            (form,) = page.xpath("//form[@id='refund-form']")
            assert not (await owner.submit(form)).xpath("//form[@id='refund-form']"), "it was done, and is told so"
    assert (await city.get(paid.id)).refunded.units == 20_000


async def test_the_treasury_sees_what_the_bank_refused_until_as_much_is_given_back_or_nothing_is_left(
    city: City,
) -> None:
    paid, other = await city.paid(50_000), await city.paid(50_000)
    city.bank.refuses_refunds = True
    refused_ones = [await city.refund(paid.id, 20_000), await city.refund(other.id, 20_000)]
    city.bank.refuses_refunds = False
    async with stand_before(city.economy.served) as stand:
        desk = await reader(stand, TREASURER)

        async def shown() -> list[bool]:
            page = await desk.page("/petugas/kas")
            return [bool(page.xpath(f"//*[@id='sent-{each.id}']")) for each in refused_ones]

        async with desk.client:
            for payment, amount, left in (
                (paid, 5_000, [True, True]),
                (paid, 20_000, [False, True]),
                (paid, 1_000, [False, True]),
                (other, 30_000, [False, True]),
                (other, 0, [False, False]),
            ):
                city.economy.pass_time(seconds=1)
                await city.refund(payment.id, amount)
                assert await shown() == left
