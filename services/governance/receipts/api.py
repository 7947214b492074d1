"""ReceiptService over gRPC, what the reporter has in hand: a receipt, and its check."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from services.governance.cases import actions as cases
from services.governance.cases.model import require_reporter
from services.governance.history import canonical
from services.governance.history import store as entries
from services.governance.history.model import Entry
from services.governance.keys.acting import Act
from services.governance.receipts import actions
from services.governance.receipts.actions import Proof
from services.governance.receipts.problems import Problem
from services.governance.receipts.verify import sealed_until, verify
from services.governance.seals import store as seals
from services.governance.seals import views
from services.governance.seals.model import Signed
from services.kit import signing
from services.kit.errors import invalid
from services.kit.rpc import Call, rpc
from smartcity.governance.v1 import receipts_pb2 as pb
from smartcity.governance.v1 import receipts_views

_COMPARED = 800
"""Newest seals, at most, that a receipt is compared with."""


@rpc
async def read(call: Call, request: pb.GetReceiptRequest) -> pb.GetReceiptResponse:
    """The proofs are worked out without the database, as in ``check``.

    Errors: COMPLAINT_NOT_FOUND, LINK_KEY_REQUIRED.
    """
    async with call.snapshot() as tx:
        case = await cases.find(tx, request.code, request.link_key, act=Act.READ)
        require_reporter(case)
        code = case.complaint.code
        history = await entries.history(tx, case.complaint.id)
        sealed = await seals.of_case(tx, case.complaint.id)
        known = await seals.keys(tx)
    proofs = await asyncio.to_thread(actions.proofs, code, history, sealed)
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
async def check(call: Call, request: pb.CheckReceiptRequest) -> pb.CheckReceiptResponse:
    """Checks what anybody brings against our published seals; looks nothing up about the case.

    The checking itself is work without the database, so it has the transaction no longer than it reads; and work of a
    thread of its own, since whoever brings a receipt says how much of it there is.
    """
    document = _document(request.receipt)
    async with call.snapshot() as tx:
        keys = await seals.keys(tx)
        found = await seals.since(tx, _first_day(request.receipt), _COMPARED)
    problems = await asyncio.to_thread(_problems, document, {"keys": list(keys.values())}, found)
    return pb.CheckReceiptResponse(
        problems=[pb.ReceiptProblem(where=one.where, what_id=one.what_id, what_en=one.what_en) for one in problems],
        sealed_until=sealed_until(document),
    )


def _problems(document: Mapping[str, Any], keys: Mapping[str, Any], found: Sequence[Signed]) -> list[Problem]:
    published = [msgspec.to_builtins(receipts_views.seal(views.seal(seal))) for seal in found]
    return verify(document, keys, published)


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
        seal=views.seal(proof.seal),
        path=[pb.ProofStep(hash=step.hash.hex(), left=step.left) for step in proof.path],
    )


def _first_day(receipt: pb.Receipt) -> date:
    """The day from which seals can say something about the receipt."""
    try:
        return date.fromisoformat(receipt.entries[0].at[:10]) - timedelta(days=1)
    except (IndexError, ValueError, OverflowError):
        return date.max
