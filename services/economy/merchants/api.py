"""MerchantService over gRPC: proto -> action -> proto."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from services.economy import money
from services.economy.merchants import actions, listing, store
from services.economy.merchants.model import Application, Kind, Merchant, Size, State, Takings, Terminal
from services.kit import etag as etags
from services.kit import protos
from services.kit.caller import Access, Scope
from services.kit.database import Transaction
from services.kit.errors import invalid
from services.kit.idempotency import once
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.economy.v1 import merchants_pb2 as pb
from smartcity.economy.v1 import merchants_pb2_grpc

M = TypeVar(
    "M",
    pb.CreateMerchantResponse,
    pb.ActivateMerchantResponse,
    pb.SuspendMerchantResponse,
    pb.CloseMerchantResponse,
    pb.CreateTerminalResponse,
)
_Write = (
    pb.CreateMerchantRequest
    | pb.ActivateMerchantRequest
    | pb.SuspendMerchantRequest
    | pb.CloseMerchantRequest
    | pb.CreateTerminalRequest
)

_DESK = {"citizen": Scope.OWN, "officer": Scope.OWN_AGENCY, "admin": Scope.ANY}
_OFFICE = {"officer": Scope.OWN_AGENCY, "admin": Scope.ANY}
_OWNER = {"citizen": Scope.OWN}

ACCESS: Access = {
    "CreateMerchant": _OWNER,
    "GetMerchant": _DESK,
    "ListMerchants": _DESK,
    "ActivateMerchant": _OFFICE,
    "SuspendMerchant": _OFFICE,
    "CloseMerchant": _DESK,
    "CreateTerminal": _DESK,
    "ListTakings": _DESK,
    "GetStaticQr": _DESK,
}

_LIVE = (State.APPLIED, State.ACTIVE, State.SUSPENDED)


class MerchantService(merchants_pb2_grpc.MerchantServiceServicer):
    """Takes businesses on, and shows a merchant's desk."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime

    async def CreateMerchant(self, request: pb.CreateMerchantRequest, context: Any) -> pb.CreateMerchantResponse:
        """Applies as a merchant."""
        wanted = Application(
            name=request.name,
            mcc=request.mcc,
            sector=request.sector,
            size=_size(request.size),
            area=request.area,
            bank=request.settlement_account.bank,
            bank_number=request.settlement_account.number,
        )
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(tx, request, pb.CreateMerchantResponse, lambda: actions.apply(tx, wanted))

    async def GetMerchant(self, request: pb.GetMerchantRequest, context: Any) -> pb.GetMerchantResponse:
        """Reads a merchant."""
        async with current_call().snapshot(self._runtime) as tx:
            merchant = await actions.get(tx, request.id)
            terminals = await store.terminals(tx, merchant.id)
        return pb.GetMerchantResponse(merchant=self._view(merchant, terminals))

    async def ListMerchants(self, request: pb.ListMerchantsRequest, context: Any) -> pb.ListMerchantsResponse:
        """Lists merchants, the oldest application first."""
        states = tuple(sorted({_state(value) for value in request.states})) or _LIVE
        async with current_call().snapshot(self._runtime) as tx:
            found, token = await listing.page(tx, states, request.mine, request.page_size, request.page_token)
            terminals = await store.terminals_of(tx, [one.id for one in found])
        views = [self._view(one, terminals[one.id]) for one in found]
        return pb.ListMerchantsResponse(merchants=views, next_page_token=token)

    async def ActivateMerchant(self, request: pb.ActivateMerchantRequest, context: Any) -> pb.ActivateMerchantResponse:
        """Takes a merchant on."""
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx,
                request,
                pb.ActivateMerchantResponse,
                lambda: actions.activate(tx, request.id, request.etag, request.nmid, request.pan),
            )

    async def SuspendMerchant(self, request: pb.SuspendMerchantRequest, context: Any) -> pb.SuspendMerchantResponse:
        """Stops a merchant for the time being."""
        reason = _clean(request.reason)
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx,
                request,
                pb.SuspendMerchantResponse,
                lambda: actions.suspend(tx, request.id, request.etag, reason),
            )

    async def CloseMerchant(self, request: pb.CloseMerchantRequest, context: Any) -> pb.CloseMerchantResponse:
        """Ends a merchant."""
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx, request, pb.CloseMerchantResponse, lambda: actions.close(tx, request.id, request.etag)
            )

    async def CreateTerminal(self, request: pb.CreateTerminalRequest, context: Any) -> pb.CreateTerminalResponse:
        """Adds a till."""
        terminal = Terminal(request.terminal.label, request.terminal.place)
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx,
                request,
                pb.CreateTerminalResponse,
                lambda: actions.add_terminal(tx, request.merchant, terminal),
            )

    async def ListTakings(self, request: pb.ListTakingsRequest, context: Any) -> pb.ListTakingsResponse:
        """Reads the takings by day."""
        async with current_call().snapshot(self._runtime) as tx:
            days = await actions.takings(tx, request.merchant, request.first_day, request.last_day)
        return pb.ListTakingsResponse(days=[self._takings(day) for day in days])

    async def GetStaticQr(self, request: pb.GetStaticQrRequest, context: Any) -> pb.GetStaticQrResponse:
        """Reads the static QRIS."""
        async with current_call().snapshot(self._runtime) as tx:
            payload = await actions.static_qr(tx, request.merchant, request.terminal)
        return pb.GetStaticQrResponse(payload=payload)

    async def _once(
        self, tx: Transaction, request: _Write, answer: type[M], action: Callable[[], Awaitable[Merchant]]
    ) -> M:
        async def act() -> M:
            merchant = await action()
            return answer(merchant=self._view(merchant, await store.terminals(tx, merchant.id)))

        return await once(tx, request.request_id, request, act, answer)

    def _view(self, merchant: Merchant, terminals: list[Terminal]) -> pb.Merchant:
        view = pb.Merchant(
            id=str(merchant.id),
            kind=pb.MerchantKind.Value(f"MERCHANT_KIND_{merchant.kind.name}"),
            state=pb.MerchantState.Value(f"MERCHANT_STATE_{merchant.state.name}"),
            name=merchant.name,
            mcc=merchant.mcc,
            sector=merchant.sector,
            size=pb.BusinessSize.Value(f"BUSINESS_SIZE_{merchant.size.name}"),
            area=protos.area(self._runtime.city, merchant.area),
            nmid=merchant.nmid,
            pan=merchant.pan,
            agency=merchant.agency,
            terminals=[pb.Terminal(label=each.label, place=each.place) for each in terminals],
            account=str(merchant.account),
            create_time=protos.timestamp(merchant.created_at),
            etag=etags.of(merchant.version),
            reason=merchant.reason,
        )
        if merchant.kind is Kind.BUSINESS:
            hidden = pb.SettlementAccount(bank=merchant.bank, number=merchant.hidden_number)
            view.settlement_account.CopyFrom(hidden)
        return view

    def _takings(self, day: Takings) -> pb.Takings:
        currency = self._runtime.city.currency
        return pb.Takings(
            day=day.day.isoformat(),
            payments=day.payments,
            gross=money.to_proto(day.gross, currency),
            cash=money.to_proto(day.cash, currency),
            fees=money.to_proto(day.fees, currency),
            refunded=money.to_proto(day.refunded, currency),
            net=money.to_proto(day.net, currency),
        )


def _clean(text: str) -> str:
    """Text without what cannot be stored or seen: control characters other than line breaks and tabs; trimmed."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n")).strip()


def _size(value: "pb.BusinessSize.ValueType") -> Size:
    try:
        return Size(pb.BusinessSize.Name(value).removeprefix("BUSINESS_SIZE_").lower())
    except ValueError as error:
        message = f"Give the size of the business, out of: {', '.join(Size)}."
        raise invalid("SIZE_REQUIRED", message, field="size") from error


def _state(value: "pb.MerchantState.ValueType") -> State:
    try:
        return State(pb.MerchantState.Name(value).removeprefix("MERCHANT_STATE_").lower())
    except ValueError as error:
        raise invalid("STATE_UNKNOWN", f"Name states out of: {', '.join(State)}.", field="states") from error
