"""Tills that are called otherwise, over the real server."""

from typing import Any

from services.kit.caller import Caller
from smartcity.economy.v1 import merchants_pb2 as pb
from smartcity.economy.v1 import payments_pb2
from tests.economy.conftest import BUSINESS_OFFICE, CITIZEN, OWNER, Economy, refused, request_id
from tests.economy.merchants.cases import active, add_terminal, move
from tests.economy.payments.cases import rupiah


async def changed(
    economy: Economy, merchant: pb.Merchant, label: str, to: str, caller: Caller = OWNER, place: str = ""
) -> list[tuple[str, str]]:
    """The tills once one is called otherwise."""
    request = pb.UpdateTerminalRequest(
        request_id=request_id(), merchant=merchant.id, label=label, terminal=pb.Terminal(label=to, place=place)
    )
    answer: Any = await economy.call("MerchantService.UpdateTerminal", request, caller)
    return [(each.label, each.place) for each in answer.merchant.terminals]


async def test_a_till_is_called_otherwise_and_payments_of_before_keep_what_they_said(economy: Economy) -> None:
    merchant = await active(economy)
    await add_terminal(economy, merchant.id, "T01")
    asked = payments_pb2.CreatePaymentRequest(
        request_id=request_id(), merchant=merchant.id, amount=rupiah(9_000), terminal="T01"
    )
    made = (await economy.call("PaymentService.CreatePayment", asked, OWNER)).payment
    assert await changed(economy, merchant, "T01", "KASIR1", place="Los  B 12 ") == [("KASIR1", "Los B 12")]
    read = await economy.call("PaymentService.GetPayment", payments_pb2.GetPaymentRequest(id=made.id), OWNER)
    assert read.payment.terminal == "T01"


async def test_the_label_of_another_till_is_not_taken(economy: Economy) -> None:
    merchant = await active(economy)
    for label in ("T01", "T02"):
        await add_terminal(economy, merchant.id, label)
    with refused("TERMINAL_EXISTS"):
        await changed(economy, merchant, "T01", "T02")
    with refused("TERMINAL_NOT_FOUND"):
        await changed(economy, merchant, "T03", "T04")


async def test_only_the_merchant_itself_changes_its_tills_and_none_of_one_that_ended(economy: Economy) -> None:
    merchant = await active(economy)
    await add_terminal(economy, merchant.id, "T01")
    with refused("NOT_YOURS"):
        await changed(economy, merchant, "T01", "T02", BUSINESS_OFFICE)
    with refused("MERCHANT_NOT_FOUND"):
        await changed(economy, merchant, "T01", "T02", CITIZEN)
    await move(economy, "Close", merchant, OWNER)
    with refused("MERCHANT_CLOSED"):
        await changed(economy, merchant, "T01", "T02")
