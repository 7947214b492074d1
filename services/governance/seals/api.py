"""ReceiptService over gRPC, what is published: the seals."""

from datetime import date

from services.governance.seals import store, views
from services.kit import signing
from services.kit.database import Transaction
from services.kit.errors import invalid, not_found
from services.kit.rpc import rpc
from smartcity.governance.v1 import receipts_pb2 as pb

_PAGE = 30


@rpc
async def read_seal(tx: Transaction, request: pb.GetSealRequest) -> pb.GetSealResponse:
    """Errors: INVALID DAY_INVALID, NOT_FOUND SEAL_NOT_FOUND."""
    day = _day(request.day, "day")
    found = await store.of_day(tx, day)
    if found is None:
        raise not_found("SEAL_NOT_FOUND", f"{day} is not sealed: it is not over, or nothing changed on it.")
    return pb.GetSealResponse(seal=views.seal(found), leaves=[leaf.hex() for leaf in found.leaves])


@rpc
async def page_seals(tx: Transaction, request: pb.ListSealsRequest) -> pb.ListSealsResponse:
    """Errors: INVALID PAGE_TOKEN_INVALID."""
    size = request.page_size or _PAGE
    before = _day(request.page_token, "page_token") if request.page_token else None
    seals = await store.page(tx, before, size + 1)
    keys = await store.keys(tx)
    return pb.ListSealsResponse(
        seals=[views.seal(seal) for seal in seals[:size]],
        next_page_token=seals[size - 1].day.isoformat() if len(seals) > size else "",
        keys=signing.key_set(list(keys.values())),
    )


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        reason = "DAY_INVALID" if field == "day" else "PAGE_TOKEN_INVALID"
        raise invalid(reason, f"{field} must be a day such as 2026-11-24.", field=field) from None
