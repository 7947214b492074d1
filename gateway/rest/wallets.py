"""Wallets: a citizen's own, where the city has them."""

from fastapi import APIRouter
from starlette.responses import Response

from gateway.rest import examples
from gateway.rest.answers import PRIVATE, READS, WRITES, answer, created, documented
from gateway.rest.requests import Amount, Body, Key, Parts, RequiredKey, Who, example
from smartcity.economy.v1 import payments_views
from smartcity.economy.v1 import wallets_pb2 as pb2
from smartcity.economy.v1 import wallets_views as views

router = APIRouter(tags=["Wallets"], prefix="/v1/wallets")


class TopUp(Body):
    """How much is put in."""

    model_config = example({"amount": {"currency": "IDR", "units": 50000}})

    amount: Amount
    """How much."""


@router.post(
    "",
    summary="Open your wallet",
    operation_id="createWallet",
    **documented("Wallet", problems=WRITES),
)
async def create(key: Key, parts: Parts, who: Who) -> Response:
    """Opens your wallet; opened before, it is the same one."""
    found = await parts.pillars.call(parts.pillars.wallets.CreateWallet, pb2.CreateWalletRequest(request_id=key), who)
    return answer(views.wallet(found.wallet), headers={"cache-control": "no-store"})


@router.get(
    "/me",
    summary="Read your wallet",
    operation_id="getWallet",
    **documented("Wallet", problems=(*READS, 409), example=examples.WALLET),
)
async def read(parts: Parts, who: Who) -> Response:
    """Reads your wallet. Its statement is that of its ledger account."""
    found = await parts.pillars.call(parts.pillars.wallets.GetWallet, pb2.GetWalletRequest(), who)
    return answer(views.wallet(found.wallet), headers=dict(PRIVATE))


@router.post(
    "/me/top-ups",
    summary="Top your wallet up",
    operation_id="topUpWallet",
    **documented("Payment", status=201, etag=True, problems=WRITES),
)
async def top_up(body: TopUp, key: RequiredKey, parts: Parts, who: Who) -> Response:
    """Creates a payment into your wallet; pay it by QRIS, or in cash at a counter."""
    message = pb2.TopUpWalletRequest(request_id=key, amount=body.amount.message())
    found = (await parts.pillars.call(parts.pillars.wallets.TopUpWallet, message, who)).payment
    return created(payments_views.payment(found), f"/v1/payments/{found.id}", found.etag)
