"""Calls to the pillars: a channel each, the caller's assertion, a deadline, one retry policy.

answer = await pillars.call(pillars.complaints.GetComplaint, GetComplaintRequest(code=code), caller)
"""

import asyncio
import random
import secrets
from dataclasses import dataclass
from typing import TypeVar

import grpc
import grpc.aio
from google.protobuf.descriptor import ServiceDescriptor

from gateway.assertions import Assertions
from gateway.channels import Channels
from gateway.settings import GatewaySettings
from observability.grpc import call as traced_call
from observability.grpc import measured_call
from services.kit import faults
from services.kit.caller import ANONYMOUS, Caller
from services.kit.certificates import Files
from smartcity.branding.v1 import overview_pb2 as branding_overview
from smartcity.branding.v1.overview_pb2_grpc import OverviewServiceStub as BrandingOverview
from smartcity.economy.v1 import (
    indicators_pb2,
    ledger_pb2,
    levies_pb2,
    merchants_pb2,
    payments_pb2,
    settlement_pb2,
    snap_pb2,
    wallets_pb2,
)
from smartcity.economy.v1 import overview_pb2 as economy_overview
from smartcity.economy.v1.indicators_pb2_grpc import IndicatorServiceStub
from smartcity.economy.v1.ledger_pb2_grpc import LedgerServiceStub
from smartcity.economy.v1.levies_pb2_grpc import LevyServiceStub
from smartcity.economy.v1.merchants_pb2_grpc import MerchantServiceStub
from smartcity.economy.v1.overview_pb2_grpc import OverviewServiceStub as EconomyOverview
from smartcity.economy.v1.payments_pb2_grpc import PaymentServiceStub
from smartcity.economy.v1.settlement_pb2_grpc import SettlementServiceStub
from smartcity.economy.v1.snap_pb2_grpc import SnapServiceStub
from smartcity.economy.v1.wallets_pb2_grpc import WalletServiceStub
from smartcity.environment.v1 import cleanups_pb2
from smartcity.environment.v1 import overview_pb2 as environment_overview
from smartcity.environment.v1.cleanups_pb2_grpc import CleanupServiceStub
from smartcity.environment.v1.overview_pb2_grpc import OverviewServiceStub as EnvironmentOverview
from smartcity.governance.v1 import complaints_pb2, contacts_pb2, photos_pb2, receipts_pb2, routing_pb2
from smartcity.governance.v1 import overview_pb2 as governance_overview
from smartcity.governance.v1.complaints_pb2_grpc import ComplaintServiceStub
from smartcity.governance.v1.contacts_pb2_grpc import ContactServiceStub
from smartcity.governance.v1.overview_pb2_grpc import OverviewServiceStub as GovernanceOverview
from smartcity.governance.v1.photos_pb2_grpc import PhotoServiceStub
from smartcity.governance.v1.receipts_pb2_grpc import ReceiptServiceStub
from smartcity.governance.v1.routing_pb2_grpc import RoutingServiceStub
from smartcity.living.v1 import overview_pb2 as living_overview
from smartcity.living.v1.overview_pb2_grpc import OverviewServiceStub as LivingOverview
from smartcity.society.v1 import overview_pb2 as society_overview
from smartcity.society.v1.overview_pb2_grpc import OverviewServiceStub as SocietyOverview

PILLARS = ("governance", "economy", "living", "environment", "society", "branding")
READS = ("Get", "List", "Check", "Suggest", "Simulate")
"""Verbs of calls that change nothing; all others get the longer deadline."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.5
"""Seconds between attempts while a pillar restarts; doubling, with jitter."""

AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
"""How a pillar answers that is not there, or that ended as the call came in: CANCELLED, without having begun it."""

_UNSAMPLED = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"

Request = TypeVar("Request")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Rpc:
    """What the gateway knows of an RPC."""

    pillar: str
    name: str
    seconds: float


class Pillars:
    """The pillars' services as typed stubs, and ``call``, which every call goes through."""

    def __init__(self, settings: GatewaySettings, assertions: Assertions) -> None:
        """Opens a channel per pillar (it connects on first use). Needs the running event loop."""
        if missing := sorted(set(PILLARS) - settings.targets.keys()):
            raise ValueError(f"SMARTCITY_TARGETS lacks {', '.join(missing)}: give the gRPC target of each pillar")
        self._settings = settings
        self._assertions = assertions
        self._rpcs: dict[object, _Rpc] = {}
        targets = {name: settings.targets[name] for name in PILLARS}
        self.channels = Channels(targets, _files(settings), settings.write_seconds)
        governance, environment = self.channels["governance"], self.channels["environment"]
        economy = self.channels["economy"]

        self.complaints = ComplaintServiceStub(governance)
        self.contacts = ContactServiceStub(governance)
        self.photos = PhotoServiceStub(governance)
        self.receipts = ReceiptServiceStub(governance)
        self.routing = RoutingServiceStub(governance)
        self.cleanups = CleanupServiceStub(environment)
        self.ledger = LedgerServiceStub(economy)
        self.merchants = MerchantServiceStub(economy)
        self.payments = PaymentServiceStub(economy)
        self.wallets = WalletServiceStub(economy)
        self.snap = SnapServiceStub(economy)
        self.levies = LevyServiceStub(economy)
        self.settlement = SettlementServiceStub(economy)
        self.indicators = IndicatorServiceStub(economy)
        self.governance_overview = GovernanceOverview(governance)
        self.environment_overview = EnvironmentOverview(environment)
        self.economy_overview = EconomyOverview(economy)
        self.living_overview = LivingOverview(self.channels["living"])
        self.society_overview = SocietyOverview(self.channels["society"])
        self.branding_overview = BrandingOverview(self.channels["branding"])

        for stub, service in (
            (self.complaints, complaints_pb2.DESCRIPTOR.services_by_name["ComplaintService"]),
            (self.contacts, contacts_pb2.DESCRIPTOR.services_by_name["ContactService"]),
            (self.photos, photos_pb2.DESCRIPTOR.services_by_name["PhotoService"]),
            (self.receipts, receipts_pb2.DESCRIPTOR.services_by_name["ReceiptService"]),
            (self.routing, routing_pb2.DESCRIPTOR.services_by_name["RoutingService"]),
            (self.cleanups, cleanups_pb2.DESCRIPTOR.services_by_name["CleanupService"]),
            (self.ledger, ledger_pb2.DESCRIPTOR.services_by_name["LedgerService"]),
            (self.merchants, merchants_pb2.DESCRIPTOR.services_by_name["MerchantService"]),
            (self.payments, payments_pb2.DESCRIPTOR.services_by_name["PaymentService"]),
            (self.wallets, wallets_pb2.DESCRIPTOR.services_by_name["WalletService"]),
            (self.snap, snap_pb2.DESCRIPTOR.services_by_name["SnapService"]),
            (self.levies, levies_pb2.DESCRIPTOR.services_by_name["LevyService"]),
            (self.settlement, settlement_pb2.DESCRIPTOR.services_by_name["SettlementService"]),
            (self.indicators, indicators_pb2.DESCRIPTOR.services_by_name["IndicatorService"]),
            (self.governance_overview, governance_overview.DESCRIPTOR.services_by_name["OverviewService"]),
            (self.environment_overview, environment_overview.DESCRIPTOR.services_by_name["OverviewService"]),
            (self.economy_overview, economy_overview.DESCRIPTOR.services_by_name["OverviewService"]),
            (self.living_overview, living_overview.DESCRIPTOR.services_by_name["OverviewService"]),
            (self.society_overview, society_overview.DESCRIPTOR.services_by_name["OverviewService"]),
            (self.branding_overview, branding_overview.DESCRIPTOR.services_by_name["OverviewService"]),
        ):
            self._register(stub, service)

    def _register(self, stub: object, service: ServiceDescriptor) -> None:
        pillar = service.full_name.split(".")[1]
        for method in service.methods:
            reading = method.name.startswith(READS)
            seconds = self._settings.read_seconds if reading else self._settings.write_seconds
            self._rpcs[getattr(stub, method.name)] = _Rpc(pillar, f"{service.full_name}/{method.name}", seconds)

    async def call(
        self,
        method: "grpc.aio.UnaryUnaryMultiCallable[Request, Answer]",
        request: Request,
        caller: Caller,
        *,
        within: float | None = None,
        retry: bool = True,
    ) -> Answer:
        """Calls a pillar for ``caller`` and answers, or raises ``grpc.aio.AioRpcError`` (which answers as a problem).

        The deadline is that of reads or writes, or ``within`` seconds. A pillar that is not there is tried again until
        the deadline, so that its restart does not surface; that is safe because every write carries a request id. What
        a page can do without is better not retried.
        """
        rpc = self._rpcs[method]
        with measured_call(rpc.pillar, rpc.name):
            return await self._insist(method, rpc, request, caller, within or rpc.seconds, retry=retry)

    async def _insist(
        self,
        method: "grpc.aio.UnaryUnaryMultiCallable[Request, Answer]",
        rpc: _Rpc,
        request: Request,
        caller: Caller,
        within: float,
        *,
        retry: bool,
    ) -> Answer:
        clock = asyncio.get_running_loop().time
        deadline = clock() + within
        pause = FIRST_PAUSE
        while True:
            metadata = (("authorization", self._assertions.bearer(caller, rpc.pillar)),)
            try:
                faults.point("gateway.before-call")
                answer = await traced_call(method, rpc.name, request, timeout=deadline - clock(), metadata=metadata)
                faults.point("gateway.answered")
                return answer
            except grpc.aio.AioRpcError as error:
                wait = pause * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
                if not retry or error.code() not in AWAY or clock() + wait >= deadline:
                    raise
            await asyncio.sleep(wait)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def look(
        self, method: "grpc.aio.UnaryUnaryMultiCallable[Request, Answer]", request: Request, *, within: float
    ) -> Answer:
        """Reads what everybody may see, for the gateway itself: one attempt, no trace.

        Nobody acts when the gateway refreshes what it shows, so these calls would bury the traces of people; the
        ``traceparent`` tells the pillar not to record its side either.
        """
        metadata = (
            ("authorization", self._assertions.bearer(ANONYMOUS, self._rpcs[method].pillar)),
            ("traceparent", _UNSAMPLED),
        )
        return await method(request, timeout=within, metadata=grpc.aio.Metadata(*metadata))

    async def close(self) -> None:
        """Closes the channels; calls under way get the grace of one writing deadline."""
        await self.channels.close()


def _files(settings: GatewaySettings) -> Files | None:
    if not settings.grpc_tls:
        return None
    return Files(settings.grpc_ca_file, settings.grpc_certificate_file, settings.grpc_key_file)
