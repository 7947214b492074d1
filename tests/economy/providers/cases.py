"""Payments with a QRIS of the bank, and requests that the bank signs."""

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.economy.merchants import store as merchants
from services.economy.payments import actions, store
from services.economy.payments.model import Payment
from services.economy.providers.model import Qr, QrRequest
from tests.economy.providers.conftest import Town
from tests.fixtures.bank import BANK

AMOUNT = 4000
ZONE = ZoneInfo("Asia/Jakarta")
NOTIFY, TOKEN = "/v1.0/qr/qr-mpm-notify", "/v1.0/access-token/b2b"


async def payment(town: Town, amount: int = AMOUNT) -> Payment:
    """A payment to the counter of the markets."""
    async with town.runtime.transaction() as tx:
        counter = await merchants.counter_of(tx, "disdag")
        assert counter is not None
        return await actions.create(tx, merchant=counter, amount=amount, purpose="levy", description="Retribusi pasar")


async def order(town: Town, made: Payment) -> QrRequest:
    """What the pillar orders for it."""
    async with town.runtime.snapshot() as tx:
        merchant = await actions.merchant_of(tx, made)
    assert merchant is not None
    return QrRequest(
        made.code,
        made.amount,
        made.currency,
        merchant.nmid,
        merchant.pan,
        merchant.name,
        made.terminal,
        made.expires_at,
    )


async def presented(town: Town, amount: int = AMOUNT) -> tuple[Payment, Qr]:
    """A payment and its QRIS."""
    made = await payment(town, amount)
    return made, await town.provider.generate(await order(town, made))


async def state(town: Town, made: Payment) -> str:
    """Where the payment stands now."""
    async with town.runtime.snapshot() as tx:
        found = await store.by_id(tx, made.id)
    assert found is not None
    return found.state.value


async def suspended(town: Town) -> list[tuple[str, int]]:
    """Reason and amount of what lies in suspense."""
    rows = await town.runtime.pool.fetch("SELECT reason, amount FROM suspense ORDER BY created_at, id")
    return [(row["reason"], row["amount"]) for row in rows]


async def everything(town: Town) -> list[list[Any]]:
    """All that a notification could change."""
    tables = ("account", "transfer", "payment", "suspense", "notification", "outbox")
    found = [await town.served.admin.fetch(f"SELECT * FROM economy.{name}") for name in tables]
    return [sorted(str(tuple(row)) for row in rows) for rows in found]


def news(made: Payment, reference: str = "20261124000000000001", **changes: Any) -> dict[str, Any]:
    """What the bank tells of a payment."""
    told = {
        "originalReferenceNo": reference,
        "originalPartnerReferenceNo": made.code,
        "latestTransactionStatus": "00",
        "transactionStatusDesc": "Success",
        "amount": {"value": f"{made.amount}.00", "currency": "IDR"},
        "additionalInfo": {"merchantId": "ID0000000000101", "terminalId": ""},
    }
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


async def token(town: Town) -> str:
    """A token of the pillar's, asked for as the bank asks."""
    at = moment(town.now)
    headers = {"x-client-key": BANK, "x-timestamp": at, "x-signature": town.bank.keys.sign_token_request(BANK, at)}
    status, body = await town.snap("POST", TOKEN, headers, b'{"grantType":"client_credentials"}')
    assert status == 200, body
    return str(json.loads(body)["accessToken"])


def moment(time: datetime, **earlier: float) -> str:
    """A timestamp as the bank writes it."""
    return (time - timedelta(**earlier)).astimezone(ZONE).isoformat(timespec="seconds")


async def tell(
    town: Town, content: dict[str, Any] | bytes, *, at: str = "", signature: str = "", **changes: str
) -> tuple[int, dict[str, Any]]:
    """Notifies as the bank does, but for the changes (headers with _ for -; an empty one is left out)."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    at, given = at or moment(town.now), changes.pop("token", "") or await token(town)
    headers = {
        "authorization": f"Bearer {given}",
        "content-type": "application/json",
        "x-timestamp": at,
        "x-signature": signature or town.bank.keys.sign_call("POST", NOTIFY, given, body, at),
        "x-partner-id": BANK,
        "x-external-id": "1",
        "channel-id": "95221",
    }
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    status, answer = await town.snap("POST", NOTIFY, {name: value for name, value in headers.items() if value}, body)
    return status, json.loads(answer)
