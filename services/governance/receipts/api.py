"""gRPC: receipts."""

from datetime import date, timedelta
from typing import Any

import msgspec
from google.protobuf.timestamp_pb2 import Timestamp

from services.governance.complaints import access
from services.governance.receipts import actions, canonical, seal_store
from services.governance.receipts.actions import Proof
from services.governance.receipts.model import Entry
from services.governance.receipts.seal import Seal
from services.governance.receipts.verify import sealed_until, verify
from services.kit import signing
from services.kit.caller import Access, Scope
from services.kit.errors import invalid, not_found
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.governance.v1 import receipts_pb2, receipts_pb2_grpc, receipts_views

_EVERYBODY = dict.fromkeys(("anonymous", "citizen", "officer", "verifier", "admin"), Scope.ANY)

ACCESS: Access = {
    "GetReceipt": dict.fromkeys(_EVERYBODY, Scope.OWN),
    "GetSeal": _EVERYBODY,
    "ListSeals": _EVERYBODY,
    "CheckReceipt": _EVERYBODY,
}

_PAGE, _MOST = 30, 400
_COMPARED = 800
"""Newest seals, at most, that a receipt is compared with."""


class ReceiptService(receipts_pb2_grpc.ReceiptServiceServicer):
    """Hands out receipts and seals, and checks receipts."""

    def __init__(self, runtime: Runtime) -> None:
        """Takes the pillar's runtime."""
        self._runtime = runtime

    async def GetReceipt(
        self, request: receipts_pb2.GetReceiptRequest, context: Any
    ) -> receipts_pb2.GetReceiptResponse:
        """Errors: COMPLAINT_NOT_FOUND, LINK_KEY_REQUIRED."""
        async with current_call().snapshot(self._runtime) as tx:
            case = await access.find(tx, request.code, request.link_key)
            access.require_reporter(case)
            code = case.complaint.code
            history, proofs = await actions.prove(tx, case.complaint.id, code)
            known = await seal_store.keys(tx)
        used = [known[key_id] for key_id in {proof.seal.key_id for proof in proofs}]
        receipt = receipts_pb2.Receipt(
            version="1",
            code=code,
            entries=[_entry(entry) for entry in history],
            inclusions=[_inclusion(proof) for proof in proofs],
            keys=signing.key_set(used),
        )
        return receipts_pb2.GetReceiptResponse(receipt=receipt)

    async def GetSeal(self, request: receipts_pb2.GetSealRequest, context: Any) -> receipts_pb2.GetSealResponse:
        """Errors: INVALID DAY_INVALID, NOT_FOUND SEAL_NOT_FOUND."""
        day = _day(request.day, "day")
        async with current_call().snapshot(self._runtime) as tx:
            found = await seal_store.of_day(tx, day)
        if found is None:
            raise not_found("SEAL_NOT_FOUND", f"{day} is not sealed: it is not over, or nothing changed on it.")
        return receipts_pb2.GetSealResponse(seal=seal_message(found), leaves=[leaf.hex() for leaf in found.leaves])

    async def ListSeals(self, request: receipts_pb2.ListSealsRequest, context: Any) -> receipts_pb2.ListSealsResponse:
        """Errors: INVALID PAGE_TOKEN_INVALID."""
        size = min(request.page_size or _PAGE, _MOST)
        if size < 1:
            raise invalid("PAGE_SIZE_INVALID", f"page_size goes from 1 to {_MOST}.", field="page_size")
        before = _day(request.page_token, "page_token") if request.page_token else None
        async with current_call().snapshot(self._runtime) as tx:
            seals = await seal_store.page(tx, before, size + 1)
            keys = await seal_store.keys(tx)
        return receipts_pb2.ListSealsResponse(
            seals=[seal_message(seal) for seal in seals[:size]],
            next_page_token=seals[size - 1].day.isoformat() if len(seals) > size else "",
            keys=signing.key_set(list(keys.values())),
        )

    async def CheckReceipt(
        self, request: receipts_pb2.CheckReceiptRequest, context: Any
    ) -> receipts_pb2.CheckReceiptResponse:
        """Checks what anybody brings against our published seals; looks nothing up about the case."""
        document = _document(request.receipt)
        async with current_call().snapshot(self._runtime) as tx:
            keys = await seal_store.keys(tx)
            seals = await seal_store.since(tx, _first_day(request.receipt), _COMPARED)
        published = [msgspec.to_builtins(receipts_views.seal(seal_message(seal))) for seal in seals]
        problems = verify(document, {"keys": list(keys.values())}, published)
        return receipts_pb2.CheckReceiptResponse(
            problems=[
                receipts_pb2.ReceiptProblem(where=one.where, what_id=one.what_id, what_en=one.what_en)
                for one in problems
            ],
            sealed_until=sealed_until(document),
        )


def seal_message(seal: Seal) -> receipts_pb2.Seal:
    """A seal as the contract writes it."""
    at = Timestamp()
    at.FromDatetime(seal.at)
    return receipts_pb2.Seal(
        day=seal.day.isoformat(),
        heads=len(seal.leaves),
        root=seal.root.hex(),
        previous=seal.previous.hex(),
        at=at,
        key_id=seal.key_id,
        signature=seal.signature,
    )


def _document(receipt: receipts_pb2.Receipt) -> dict[str, Any]:
    """The receipt as the file that the gateway prints."""
    try:
        document: dict[str, Any] = msgspec.to_builtins(receipts_views.receipt(receipt))
    except (ValueError, OverflowError, OSError):
        raise invalid("RECEIPT_INVALID", "A seal in the receipt has an impossible time.", field="receipt") from None
    return document


def _entry(entry: Entry) -> receipts_pb2.ReceiptEntry:
    # What others said in confidence stays with them; its digest proves it without telling it.
    told = entry if entry.public or entry.by == "reporter" else entry.redacted()
    return receipts_pb2.ReceiptEntry(
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


def _inclusion(proof: Proof) -> receipts_pb2.Inclusion:
    return receipts_pb2.Inclusion(
        number=proof.number,
        seal=seal_message(proof.seal),
        path=[receipts_pb2.ProofStep(hash=step.hash.hex(), left=step.left) for step in proof.path],
    )


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        reason = "DAY_INVALID" if field == "day" else "PAGE_TOKEN_INVALID"
        raise invalid(reason, f"{field} must be a day such as 2026-11-24.", field=field) from None


def _first_day(receipt: receipts_pb2.Receipt) -> date:
    """The day from which seals can say something about the receipt."""
    try:
        return date.fromisoformat(receipt.entries[0].at[:10]) - timedelta(days=1)
    except (IndexError, ValueError, OverflowError):
        return date.max
