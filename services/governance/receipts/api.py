"""ReceiptService over gRPC: hands out receipts and seals, and checks receipts."""

from datetime import date, timedelta
from typing import Any

import msgspec

from services.governance.complaints import access
from services.governance.receipts import actions, canonical, seal_store
from services.governance.receipts.actions import Proof
from services.governance.receipts.model import Entry
from services.governance.receipts.seal import Seal
from services.governance.receipts.verify import sealed_until, verify
from services.kit import signing
from services.kit.database import Transaction
from services.kit.errors import invalid, not_found
from services.kit.rpc import Call, protos, rpc
from smartcity.governance.v1 import receipts_pb2 as pb
from smartcity.governance.v1 import receipts_views

_PAGE = 30
_COMPARED = 800
"""Newest seals, at most, that a receipt is compared with."""


@rpc
async def read(tx: Transaction, request: pb.GetReceiptRequest) -> pb.GetReceiptResponse:
    """Errors: COMPLAINT_NOT_FOUND, LINK_KEY_REQUIRED."""
    case = await access.find(tx, request.code, request.link_key)
    access.require_reporter(case)
    code = case.complaint.code
    history, proofs = await actions.prove(tx, case.complaint.id, code)
    known = await seal_store.keys(tx)
    used = [known[key_id] for key_id in {proof.seal.key_id for proof in proofs}]
    receipt = pb.Receipt(
        version="1",
        code=code,
        entries=[_entry(entry) for entry in history],
        inclusions=[_inclusion(proof) for proof in proofs],
        keys=signing.key_set(used),
    )
    return pb.GetReceiptResponse(receipt=receipt)


@rpc
async def read_seal(tx: Transaction, request: pb.GetSealRequest) -> pb.GetSealResponse:
    """Errors: INVALID DAY_INVALID, NOT_FOUND SEAL_NOT_FOUND."""
    day = _day(request.day, "day")
    found = await seal_store.of_day(tx, day)
    if found is None:
        raise not_found("SEAL_NOT_FOUND", f"{day} is not sealed: it is not over, or nothing changed on it.")
    return pb.GetSealResponse(seal=seal_message(found), leaves=[leaf.hex() for leaf in found.leaves])


@rpc
async def page_seals(tx: Transaction, request: pb.ListSealsRequest) -> pb.ListSealsResponse:
    """Errors: INVALID PAGE_TOKEN_INVALID."""
    size = request.page_size or _PAGE
    before = _day(request.page_token, "page_token") if request.page_token else None
    seals = await seal_store.page(tx, before, size + 1)
    keys = await seal_store.keys(tx)
    return pb.ListSealsResponse(
        seals=[seal_message(seal) for seal in seals[:size]],
        next_page_token=seals[size - 1].day.isoformat() if len(seals) > size else "",
        keys=signing.key_set(list(keys.values())),
    )


@rpc
async def check(call: Call, request: pb.CheckReceiptRequest) -> pb.CheckReceiptResponse:
    """Checks what anybody brings against our published seals; looks nothing up about the case.

    The checking itself is work without the database, so it has the transaction no longer than it reads.
    """
    document = _document(request.receipt)
    async with call.snapshot() as tx:
        keys = await seal_store.keys(tx)
        seals = await seal_store.since(tx, _first_day(request.receipt), _COMPARED)
    published = [msgspec.to_builtins(receipts_views.seal(seal_message(seal))) for seal in seals]
    problems = verify(document, {"keys": list(keys.values())}, published)
    return pb.CheckReceiptResponse(
        problems=[pb.ReceiptProblem(where=one.where, what_id=one.what_id, what_en=one.what_en) for one in problems],
        sealed_until=sealed_until(document),
    )


def seal_message(seal: Seal) -> pb.Seal:
    """A seal as the contract writes it."""
    return pb.Seal(
        day=seal.day.isoformat(),
        heads=len(seal.leaves),
        root=seal.root.hex(),
        previous=seal.previous.hex(),
        at=protos.timestamp(seal.at),
        key_id=seal.key_id,
        signature=seal.signature,
    )


def _document(receipt: pb.Receipt) -> dict[str, Any]:
    """The receipt as the file that the gateway prints."""
    try:
        document: dict[str, Any] = msgspec.to_builtins(receipts_views.receipt(receipt))
    except (ValueError, OverflowError, OSError):
        raise invalid("RECEIPT_INVALID", "A seal in the receipt has an impossible time.", field="receipt") from None
    return document


def _entry(entry: Entry) -> pb.ReceiptEntry:
    # What others said in confidence stays with them; its digest proves it without telling it.
    told = entry if entry.public or entry.by == "reporter" else entry.redacted()
    return pb.ReceiptEntry(
        number=entry.number,
        at=canonical.instant(entry.at),
        type=entry.type,
        by=entry.by,
        state=entry.state,
        note=told.note,
        salt=told.salt.hex(),
        note_digest=entry.note_digest.hex(),
        previous_hash=entry.previous_hash.hex(),
        hash=entry.hash.hex(),
    )


def _inclusion(proof: Proof) -> pb.Inclusion:
    return pb.Inclusion(
        number=proof.number,
        seal=seal_message(proof.seal),
        path=[pb.ProofStep(hash=step.hash.hex(), left=step.left) for step in proof.path],
    )


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        reason = "DAY_INVALID" if field == "day" else "PAGE_TOKEN_INVALID"
        raise invalid(reason, f"{field} must be a day such as 2026-11-24.", field=field) from None


def _first_day(receipt: pb.Receipt) -> date:
    """The day from which seals can say something about the receipt."""
    try:
        return date.fromisoformat(receipt.entries[0].at[:10]) - timedelta(days=1)
    except (IndexError, ValueError, OverflowError):
        return date.max
