"""Batches of events of several kinds lock payments before accounts, as whoever pays does."""

import asyncio
from collections import defaultdict
from typing import Any, cast

import pytest

from services.economy.ledger import actions as ledger
from services.economy.payments import store
from services.economy.pillar import PILLAR
from services.kit.events import Event
from services.kit.events.consumer import Consumer, Letter
from services.kit.ids import uuid7
from smartcity.types.v1.payments_pb2 import PaymentRequested
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.economy.conftest import CITIZEN, OWNER
from tests.economy.payments.cases import City, rupiah, state
from tests.economy.payments.test_requested import asking, created, withdrawing


def _gives_back(city: City, request: str) -> Event[Any]:
    message = PaymentRefundRequested(refund="BACK-1", request=request, amount=rupiah(75_000), reason="Tidak jadi")
    return Event(
        id=uuid7(), type=PaymentRefundRequested.DESCRIPTOR.full_name, source="/smartcity/semarang/environment",
        time=city.economy.now, aggregate=request, version=1, correlation="x", causation=None, exercise=False,
        traceparent=None, message=message,
    )  # fmt: skip


def _consumer(city: City) -> Consumer:
    """As the pillar reads a stream, without a bus."""
    handlers, nothing = defaultdict(list), cast("Any", None)
    for one in PILLAR.reactions:
        handlers[one.event].append(one.handle)
    before = {one.event: one.before for one in PILLAR.reactions if one.before is not None}
    return Consumer(city.economy.runtime, nothing, "environment", handlers, before)


@pytest.mark.parametrize("kind", [PaymentRefundRequested, PaymentRequested])
async def test_one_that_is_withdrawn_in_a_batch_with_one_that_moves_money_ends_nobody_as_a_deadlock(
    city: City, kind: type[Any]
) -> None:
    wallet, runtime = await city.wallet(100_000, OWNER), city.economy.runtime
    waits, _ = await created(city, payer=CITIZEN.subject)
    if kind is PaymentRefundRequested:
        paid, _ = await created(city, request="PICKUP-2", payer=OWNER.subject)
        await city.pay(paid.id, OWNER)
        moves = _gives_back(city, "PICKUP-2")
    else:
        moves = asking(city, request="PICKUP-2", payer=OWNER.subject, from_wallet=True)
    begun = asyncio.Event()

    async def paying() -> None:
        async with runtime.transaction() as tx:
            found = await store.by_code(tx, waits.code)
            assert found is not None
            await store.by_id(tx, found.id, lock=True)
            begun.set()
            await asyncio.sleep(0.5)
            await ledger.lock(tx, [wallet])

    other = asyncio.create_task(paying())
    await begun.wait()
    letters = [Letter({}, b"", one) for one in (moves, withdrawing(city))]
    await _consumer(city)._handle(letters, cast("Any", None), careful=False)
    await other
    assert state(await city.get(waits.id)) == "cancelled"
