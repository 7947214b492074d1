"""Merchants: micro businesses and the city's counters, their tills, takings and printed QR code."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from gateway import qr
from gateway.gateway import Gateway
from gateway.rest import examples, sheets
from gateway.rest.answers import (
    CHANGES,
    PRIVATE,
    READS,
    WRITES,
    answer,
    answer_tagged,
    created,
    documented,
    documented_file,
)
from gateway.rest.requests import (
    Body,
    FirstDay,
    Identifier,
    Key,
    LastDay,
    Name,
    PageSize,
    PageToken,
    Parts,
    RequiredKey,
    Version,
    Who,
    Words,
    example,
)
from services.kit.caller import Caller
from smartcity.economy.v1 import merchants_pb2 as pb2
from smartcity.economy.v1 import merchants_views as views

router = APIRouter(tags=["Merchants"], prefix="/v1/merchants")

Till = Annotated[
    str, Query(max_length=16, pattern=r"^[A-Za-z0-9]*$", description="Label of the till; none when left out.")
]


class BankAccount(Body):
    """Where the money goes."""

    model_config = example({"bank": "008", "number": "1360012345678"})

    bank: Name
    """Bank code, three digits."""
    number: Name
    """Account number."""


class NewMerchant(Body):
    """A business that wants to be paid cashless."""

    model_config = example(
        {
            "name": "Lumpia Bu Sri",
            "mcc": "5814",
            "sector": "food",
            "size": "umi",
            "area": "33.74.01.1007",
            "settlement_account": {"bank": "008", "number": "1360012345678"},
        }
    )

    name: Annotated[Words, Field(max_length=100)]
    """Name as it stands on the QRIS: 3 to 25 characters of printable ASCII."""
    mcc: Name
    """Merchant category code (ISO 18245), four digits."""
    sector: Name
    """Sector that it is counted in, one of the city's."""
    size: views.BusinessSize
    """Size of the business; the fee depends on it."""
    area: Name
    """Kemendagri code of the kelurahan or desa."""
    settlement_account: BankAccount
    """Where the money goes."""


class Activation(Body):
    """What the acquirer gave the merchant."""

    model_config = example({"nmid": "ID1020304050607", "pan": "9360000812345678905"})

    nmid: Name = ""
    """National merchant id: ID and 13 digits; may be left out when a suspended merchant is taken back."""
    pan: Name = ""
    """Merchant PAN: 16 to 19 digits; may be left out when a suspended merchant is taken back."""


class Suspension(Body):
    """Why a merchant is stopped."""

    model_config = example({"reason": "Alamat usaha tidak sesuai, mohon perbarui data."})

    reason: Annotated[Words, Field(min_length=10, max_length=500)]
    """Why; shown to the owner."""


class NewTerminal(Body):
    """A till."""

    model_config = example({"label": "T02", "place": "Los B 12"})

    label: Name
    """Label, unique within the merchant: 1 to 16 letters and digits."""
    place: Annotated[Words, Field(max_length=100)] = ""
    """Where it stands, in words."""


@router.post(
    "",
    summary="Apply as a merchant",
    operation_id="createMerchant",
    **documented("Merchant", status=201, etag=True, problems=WRITES, example=examples.MERCHANT),
)
async def create(body: NewMerchant, key: RequiredKey, parts: Parts, who: Who) -> Response:
    """Applies as a merchant; you become its owner. It can be paid once the city has taken it on."""
    message = pb2.CreateMerchantRequest(
        request_id=key,
        name=body.name,
        mcc=body.mcc,
        sector=body.sector,
        size=views.BUSINESS_SIZE_NUMBERS[body.size],
        area=body.area,
        settlement_account=pb2.SettlementAccount(
            bank=body.settlement_account.bank, number=body.settlement_account.number
        ),
    )
    found = (await parts.pillars.call(parts.pillars.merchants.CreateMerchant, message, who)).merchant
    return created(views.merchant(found), f"/v1/merchants/{found.id}", found.etag)


@router.get(
    "",
    summary="List merchants",
    operation_id="listMerchants",
    **documented("ListMerchantsResponse", problems=READS),
)
async def list_merchants(
    parts: Parts,
    who: Who,
    mine: Annotated[bool, Query(description="Only your own, also when you may see all.")] = False,
    state: Annotated[
        list[views.MerchantState], Query(max_length=4, description="Only these states; all but closed if left out.")
    ] = [],  # noqa: B006 - FastAPI copies defaults
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """Lists your merchants, all of them for the agencies for micro business and treasury, oldest application first."""
    message = pb2.ListMerchantsRequest(
        page_size=page_size,
        page_token=page_token,
        states=[views.MERCHANT_STATE_NUMBERS[each] for each in state],
        mine=mine,
    )
    found = await parts.pillars.call(parts.pillars.merchants.ListMerchants, message, who)
    return answer(views.list_merchants_response(found), headers=dict(PRIVATE))


@router.get(
    "/{id}",
    summary="Read a merchant",
    operation_id="getMerchant",
    **documented("Merchant", etag=True, problems=READS, example=examples.MERCHANT),
)
async def read(id: Identifier, parts: Parts, who: Who) -> Response:  # noqa: A002 - the path's word
    """Reads a merchant by its id or NMID, as its owner, its agency, or the agencies for micro business and treasury."""
    found = await parts.pillars.call(parts.pillars.merchants.GetMerchant, pb2.GetMerchantRequest(id=id), who)
    return _merchant(found.merchant)


@router.post(
    "/{id}/activation",
    summary="Take a merchant on",
    operation_id="activateMerchant",
    **documented("Merchant", etag=True, problems=CHANGES),
)
async def activate(
    id: Identifier,  # noqa: A002
    body: Activation,
    version: Version,
    key: Key,
    parts: Parts,
    who: Who,
) -> Response:
    """Takes a merchant on with what the acquirer gave it, or takes a suspended one back."""
    message = pb2.ActivateMerchantRequest(request_id=key, id=id, etag=version, nmid=body.nmid, pan=body.pan)
    found = await parts.pillars.call(parts.pillars.merchants.ActivateMerchant, message, who)
    return _merchant(found.merchant)


@router.post(
    "/{id}/suspension",
    summary="Suspend a merchant",
    operation_id="suspendMerchant",
    **documented("Merchant", etag=True, problems=CHANGES),
)
async def suspend(
    id: Identifier,  # noqa: A002
    body: Suspension,
    version: Version,
    key: Key,
    parts: Parts,
    who: Who,
) -> Response:
    """Stops a merchant for the time being: it cannot be paid."""
    message = pb2.SuspendMerchantRequest(request_id=key, id=id, etag=version, reason=body.reason)
    found = await parts.pillars.call(parts.pillars.merchants.SuspendMerchant, message, who)
    return _merchant(found.merchant)


@router.post(
    "/{id}/closure",
    summary="Close a merchant",
    operation_id="closeMerchant",
    **documented("Merchant", etag=True, problems=CHANGES),
)
async def close(id: Identifier, version: Version, key: Key, parts: Parts, who: Who) -> Response:  # noqa: A002
    """Ends a merchant whose account is empty."""
    message = pb2.CloseMerchantRequest(request_id=key, id=id, etag=version)
    found = await parts.pillars.call(parts.pillars.merchants.CloseMerchant, message, who)
    return _merchant(found.merchant)


@router.post(
    "/{id}/terminals",
    summary="Add a till",
    operation_id="createTerminal",
    **documented("Merchant", etag=True, problems=WRITES),
)
async def add_terminal(id: Identifier, body: NewTerminal, key: Key, parts: Parts, who: Who) -> Response:  # noqa: A002
    """Adds a till to a merchant."""
    terminal = pb2.Terminal(label=body.label, place=body.place)
    message = pb2.CreateTerminalRequest(request_id=key, merchant=id, terminal=terminal)
    found = await parts.pillars.call(parts.pillars.merchants.CreateTerminal, message, who)
    return _merchant(found.merchant)


@router.get(
    "/{id}/takings",
    summary="Takings by day",
    operation_id="listTakings",
    **documented("ListTakingsResponse", problems=READS),
)
async def takings(
    id: Identifier,  # noqa: A002
    parts: Parts,
    who: Who,
    first_day: FirstDay = "",
    last_day: LastDay = "",
) -> Response:
    """Lists the days on which something was paid or given back, newest first; the last 30 when no days are given."""
    found = await _takings(parts, who, id, first_day, last_day)
    return answer(views.list_takings_response(found), headers=dict(PRIVATE))


@router.get(
    "/{id}/takings.csv",
    summary="Takings as CSV",
    operation_id="getTakingsCsv",
    **documented_file("text/csv", "A line per day, amounts in whole units.", problems=READS),
)
async def takings_csv(
    id: Identifier,  # noqa: A002
    parts: Parts,
    who: Who,
    first_day: FirstDay = "",
    last_day: LastDay = "",
) -> Response:
    """The takings for a spreadsheet."""
    found = await _takings(parts, who, id, first_day, last_day)
    columns = ("day", "payments", "gross", "cash", "fees", "refunded", "net", "currency")
    return sheets.sheet(f"takings-{id}", columns, _lines(found))


@router.get(
    "/{id}/qr.svg",
    summary="Printed QRIS as SVG",
    operation_id="getMerchantQrSvg",
    **documented_file("image/svg+xml", "The QR code, to scale.", problems=(*READS, 409)),
)
async def qr_svg(id: Identifier, parts: Parts, who: Who, terminal: Till = "") -> Response:  # noqa: A002
    """Draws the merchant's static QRIS, into which the payer types the amount."""
    return qr.answer(await _static(parts, who, id, terminal), "svg", f"qris-{id}")


@router.get(
    "/{id}/qr.png",
    summary="Printed QRIS as PNG",
    operation_id="getMerchantQrPng",
    **documented_file("image/png", "The QR code, to print.", problems=(*READS, 409)),
)
async def qr_png(id: Identifier, parts: Parts, who: Who, terminal: Till = "") -> Response:  # noqa: A002
    """Draws the merchant's static QRIS, into which the payer types the amount."""
    return qr.answer(await _static(parts, who, id, terminal), "png", f"qris-{id}")


def _merchant(merchant: pb2.Merchant) -> Response:
    return answer_tagged(views.merchant(merchant), merchant.etag)


async def _takings(parts: Gateway, who: Caller, merchant: str, first: str, last: str) -> pb2.ListTakingsResponse:
    message = pb2.ListTakingsRequest(merchant=merchant, first_day=first, last_day=last)
    return await parts.pillars.call(parts.pillars.merchants.ListTakings, message, who)


def _lines(found: pb2.ListTakingsResponse) -> Iterator[tuple[sheets.Cell, ...]]:
    for each in found.days:
        amounts = (each.gross, each.cash, each.fees, each.refunded, each.net)
        yield (each.day, each.payments, *(amount.units for amount in amounts), each.gross.currency)


async def _static(parts: Gateway, who: Caller, merchant: str, terminal: str) -> str:
    message = pb2.GetStaticQrRequest(merchant=merchant, terminal=terminal)
    return (await parts.pillars.call(parts.pillars.merchants.GetStaticQr, message, who)).payload
