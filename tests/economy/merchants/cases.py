"""Merchants for tests: applications, and businesses that were taken on."""

from typing import Any
from uuid import UUID, uuid4

from services.kit.caller import Caller
from smartcity.economy.v1 import merchants_pb2 as pb
from tests.economy.conftest import BUSINESS_OFFICE, OWNER, Economy, request_id

SEKAYU = "33.74.01.1007"
NMID, PAN = "ID1020304050607", "9360000001234567896"
REASON = "Papan nama tidak ada di alamatnya."
SECRET = "1234567890"
"""The account number in applications."""


def application(**fields: Any) -> pb.CreateMerchantRequest:
    """A good application, unless other fields are given."""
    good = {
        "request_id": request_id(),
        "name": "Lumpia Bu Sri",
        "mcc": "5814",
        "sector": "food",
        "size": pb.BUSINESS_SIZE_UMI,
        "area": SEKAYU,
        "settlement_account": pb.SettlementAccount(bank="008", number=SECRET),
    }
    return pb.CreateMerchantRequest(**{**good, **fields})


async def applied(economy: Economy, owner: Caller = OWNER, **fields: Any) -> pb.Merchant:
    """A business that applied."""
    answer = await economy.call("MerchantService.CreateMerchant", application(**fields), owner)
    merchant: pb.Merchant = answer.merchant
    return merchant


async def active(economy: Economy, owner: Caller = OWNER, nmid: str = NMID, pan: str = PAN) -> pb.Merchant:
    """A business that was taken on."""
    return await move(economy, "Activate", await applied(economy, owner), nmid=nmid, pan=pan)


async def move(
    economy: Economy, verb: str, merchant: pb.Merchant, caller: Caller = BUSINESS_OFFICE, **fields: Any
) -> pb.Merchant:
    """Activate, Suspend or Close with the etag of the merchant, and a reason where one is needed."""
    if verb == "Suspend":
        fields.setdefault("reason", REASON)
    request = getattr(pb, f"{verb}MerchantRequest")
    good = {"request_id": request_id(), "id": merchant.id, "etag": merchant.etag}
    answer = await economy.call(f"MerchantService.{verb}Merchant", request(**{**good, **fields}), caller)
    moved: pb.Merchant = answer.merchant
    return moved


async def rested(economy: Economy, merchant: pb.Merchant, permit: str, caller: Caller = OWNER) -> pb.Merchant:
    """It on another permit."""
    request = pb.UpdateMerchantPermitRequest(
        request_id=request_id(), id=merchant.id, etag=merchant.etag, permit=permit
    )  # fmt: skip
    answer = await economy.call("MerchantService.UpdateMerchantPermit", request, caller)
    moved: pb.Merchant = answer.merchant
    return moved


async def get(economy: Economy, id_: str, caller: Caller = OWNER) -> pb.Merchant:
    """Reads a merchant."""
    answer = await economy.call("MerchantService.GetMerchant", pb.GetMerchantRequest(id=id_), caller)
    merchant: pb.Merchant = answer.merchant
    return merchant


async def counter(economy: Economy, agency: str) -> pb.Merchant:
    """The counter of an agency."""
    sql = "SELECT id FROM merchant WHERE agency = $1"
    return await get(economy, str(await economy.runtime.pool.fetchval(sql, agency)), Caller("a", frozenset({"admin"})))


async def add_terminal(economy: Economy, id_: str, label: str, caller: Caller = OWNER, place: str = "") -> pb.Merchant:
    """Adds a till."""
    request = pb.CreateTerminalRequest(
        request_id=request_id(), merchant=id_, terminal=pb.Terminal(label=label, place=place)
    )
    answer = await economy.call("MerchantService.CreateTerminal", request, caller)
    merchant: pb.Merchant = answer.merchant
    return merchant


async def paid(economy: Economy, merchant: pb.Merchant, amount: int, at: str, **fields: Any) -> UUID:
    """Writes a captured payment into the table, as another room would: what is read of it is what counts here."""
    id_ = uuid4()
    row = {
        "id": id_,
        "code": f"SMGP-{id_.hex[:9]}",
        "version": 3,
        "state": "captured",
        "method": "qris_dynamic",
        "merchant": UUID(merchant.id),
        "payee": UUID(merchant.account),
        "currency": "IDR",
        "amount": amount,
        "fee": 0,
        "purpose": "sale",
        "correlation": str(id_),
        "created_at": economy.now,
        "updated_at": economy.now,
        "expires_at": economy.now,
        **fields,
    }
    await _insert(economy, "payment", row)
    await economy.served.admin.execute(
        "UPDATE economy.payment SET captured_at = $2::text::timestamptz WHERE id = $1", id_, at
    )
    return id_


async def refunded(economy: Economy, merchant: pb.Merchant, payment: UUID, amount: int, at: str, state: str) -> None:
    """Writes a refund into the table."""
    id_ = uuid4()
    row = {
        "id": id_,
        "version": 1,
        "payment": payment,
        "merchant": UUID(merchant.id),
        "state": state,
        "way": "bank",
        "amount": amount,
        "reason": "Salah pesan",
        "requested_by": "owner-1",
        "created_at": economy.now,
        "updated_at": economy.now,
    }
    await _insert(economy, "refund", row)
    await economy.served.admin.execute(
        "UPDATE economy.refund SET updated_at = $2::text::timestamptz WHERE id = $1", id_, at
    )


async def _insert(economy: Economy, table: str, row: dict[str, Any]) -> None:
    places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
    await economy.served.admin.execute(
        f"INSERT INTO economy.{table} ({', '.join(row)}) VALUES ({places})", *row.values()
    )
