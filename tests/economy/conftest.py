"""The economy pillar at work in this process: real gRPC in, real PostgreSQL below, time in the test's hand."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import grpc.aio
import pytest
from joserfc.jwk import OKPKey

from services.economy.pillar import PILLAR
from services.kit.caller import ANONYMOUS, Caller
from services.kit.events import Event
from services.kit.runtime import Runtime
from smartcity.economy.v1 import (
    indicators_pb2_grpc,
    ledger_pb2_grpc,
    levies_pb2_grpc,
    merchants_pb2_grpc,
    overview_pb2_grpc,
    payments_pb2_grpc,
    settlement_pb2_grpc,
    snap_pb2_grpc,
    wallets_pb2_grpc,
)
from tests.fixtures.pillars import Served, Standing, own_database, standing
from tests.governance.conftest import RefusedError, officer, refused, request_id

__all__ = ["ANONYMOUS", "RefusedError", "officer", "refused", "request_id"]

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A Tuesday, 09:00 in Semarang."""
CITIZEN = Caller("citizen-1", frozenset({"citizen"}))
OWNER = Caller("owner-1", frozenset({"citizen"}))
MARKETS = officer("disdag")
BUSINESS_OFFICE = officer("dinkop-um")
TREASURER = Caller("treasurer-1", frozenset({"officer"}), "bpkad")
TREASURER_2 = Caller("treasurer-2", frozenset({"officer"}), "bpkad")
ADMIN = Caller("admin-1", frozenset({"admin"}))
RECEIPT_KEY = json.dumps(OKPKey.generate_key("Ed25519", {"kid": "test"}, auto_kid=False).as_dict(private=True))

_STUBS = {
    "IndicatorService": indicators_pb2_grpc.IndicatorServiceStub,
    "LedgerService": ledger_pb2_grpc.LedgerServiceStub,
    "LevyService": levies_pb2_grpc.LevyServiceStub,
    "MerchantService": merchants_pb2_grpc.MerchantServiceStub,
    "OverviewService": overview_pb2_grpc.OverviewServiceStub,
    "PaymentService": payments_pb2_grpc.PaymentServiceStub,
    "SettlementService": settlement_pb2_grpc.SettlementServiceStub,
    "SnapService": snap_pb2_grpc.SnapServiceStub,
    "WalletService": wallets_pb2_grpc.WalletServiceStub,
}


@dataclass
class Economy:
    """The running pillar."""

    served: Served
    settled: int = 0
    """Position in the outbox up to which the pillar has heard its own events."""

    @property
    def runtime(self) -> Runtime:
        """What the pillar has."""
        return self.served.runtime

    @property
    def now(self) -> datetime:
        """The pillar's time."""
        return self.served.now

    def pass_time(self, **amount: float) -> None:
        """Moves the pillar's clock on."""
        self.served.pass_time(**amount)

    async def call(self, rpc: str, request: Any, caller: Caller = CITIZEN) -> Any:
        """Calls `Service.Rpc` over gRPC. Raises RefusedError."""
        service, _, name = rpc.partition(".")
        try:
            return await self.served.call(_STUBS[service], name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def outbox(self) -> list[Any]:
        """What was emitted, oldest first."""
        return await self.served.outbox()

    async def settle_events(self) -> None:
        """Lets the pillar hear its own events that it has not heard yet, and what follows from them.

        As the consumer does: all reactions to an event in one transaction, in the order declared.
        """
        heard = {one.event.DESCRIPTOR.full_name: one.event for one in PILLAR.reactions}
        while fresh := [row for row in await self.outbox() if row["position"] > self.settled]:
            for row in fresh:
                if row["type"] in heard:
                    await self._hear(row, heard[row["type"]])
                self.settled = row["position"]

    async def _hear(self, row: Any, message: type[Any]) -> None:
        event: Event[Any] = Event(
            id=row["id"],
            type=row["type"],
            source="/smartcity/semarang/economy",
            time=row["recorded_at"],
            aggregate=row["aggregate"],
            version=row["version"],
            correlation=row["correlation"],
            causation=row["causation"],
            exercise=row["exercise"],
            traceparent=row["traceparent"],
            message=message.FromString(row["payload"]),
        )
        async with self.runtime.transaction() as tx:
            tx.causation = event.id
            for one in PILLAR.reactions:
                if one.event is message:
                    await one.handle(tx, event)


@pytest.fixture(scope="session")
async def economy_database(postgres: str) -> str:
    """A database with economy's schema."""
    return await own_database(postgres, PILLAR)


@pytest.fixture(scope="session")
async def economy_stand(economy_database: str) -> AsyncIterator[Standing]:
    """The pillar's server."""
    async with standing(PILLAR, economy_database, {"receipt_key": RECEIPT_KEY}) as stand:
        yield stand


@pytest.fixture
async def economy(economy_stand: Standing) -> AsyncIterator[Economy]:
    """The pillar with empty tables."""
    async with economy_stand.fresh(NOW) as served:
        yield Economy(served)
