"""An acquirer in memory that keeps to the protocol, for what a test wants to happen at a certain moment.

The simulated bank, which signs for real, is met in the tests of providers.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from services.economy.captures.model import Notice
from services.economy.providers.model import (
    ProviderAwayError,
    ProviderRefusedError,
    Qr,
    QrRequest,
    RefundRequest,
    ReportLine,
    Status,
)
from services.economy.qris.model import Initiation, Qris, Template, encode

WIB = ZoneInfo("Asia/Jakarta")


@dataclass
class Deal:
    """What the bank knows of a QRIS."""

    order: QrRequest
    qr: Qr
    state: Any = "pending"
    amount: int = 0


@dataclass
class Bank:
    """An acquirer in memory. ``away`` calls do not answer; ``lies`` makes QRIS over another amount."""

    name: str = "bank-in-memory"
    reports: bool = False
    zone: ZoneInfo = WIB
    deals: dict[str, Deal] = field(default_factory=dict)
    refunds: dict[str, RefundRequest] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    lies: bool = False
    refuses_refunds: bool = False
    calls: list[str] = field(default_factory=list)

    def pay(self, code: str, amount: int | None = None) -> Notice:
        """Somebody pays a QRIS; the notice of it, which nobody has been sent."""
        deal = self.deals[code]
        deal.state, deal.amount = "paid", amount or deal.order.amount
        return Notice(deal.qr.provider_reference, code, deal.amount, "IDR", deal.order.nmid)

    async def generate(self, order: QrRequest) -> Qr:
        """Makes a QRIS, once for a code."""
        self._call("generate")
        if order.code not in self.deals:
            amount = order.amount + (1 if self.lies else 0)
            deal = Deal(order, Qr(qris(order.nmid, amount), f"REF-{order.code}"))
            if self.lies:
                return deal.qr
            self.deals[order.code] = deal
        self._lose("generate late")
        return self.deals[order.code].qr

    async def query(self, code: str, provider_reference: str, created: datetime) -> Status:
        """What became of it."""
        self._call("query")
        deal = self.deals.get(code)
        if deal is None:
            return Status("unknown", 0, "")
        return Status(deal.state, deal.amount, deal.qr.provider_reference)

    async def cancel(self, code: str, provider_reference: str, created: datetime) -> None:
        """Makes it unpayable."""
        self._call("cancel")
        deal = self.deals[code]
        if deal.state == "paid":
            raise ProviderRefusedError("4047700", "Transaction has been paid")
        deal.state = "cancelled"

    async def refund(self, order: RefundRequest) -> str:
        """Sends money back, once for an id."""
        self._call("refund")
        if self.refuses_refunds:
            raise ProviderRefusedError("4037814", "Insufficient Funds")
        assert self.refunds.setdefault(order.id, order) == order
        self._lose("refund late")
        return f"BACK-{order.id}"

    async def report(self, day: date) -> list[ReportLine] | None:
        """None here."""
        return None

    def _call(self, name: str) -> None:
        self.calls.append(name)
        self._lose(name)

    def _lose(self, name: str) -> None:
        if name in self.away:
            raise ProviderAwayError(name)


def qris(nmid: str, amount: int) -> str:
    """A dynamic QRIS."""
    account = (("00", "ID.CO.CONTOH.WWW"), ("01", "9360000000001017"), ("02", nmid), ("03", "UMI"))
    national = (("00", "ID.CO.QRIS.WWW"), ("02", nmid), ("03", "UMI"))
    return encode(
        Qris(
            initiation=Initiation.DYNAMIC,
            accounts={"26": Template(account), "51": Template(national)},
            mcc="9399",
            currency="IDR",
            country="ID",
            name="PEMKOT RETRIBUSI PASAR",
            city="SEMARANG",
            amount=Decimal(amount),
            postal_code="50139",
        )
    )
