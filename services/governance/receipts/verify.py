"""Checks receipts without trusting the city: pure, offline, from the JSON alone.

What each piece of evidence proves:

- the receipt by itself: nothing in it was changed after its seals were signed;
- with `keys` (kept or printed elsewhere): the seals are the city's;
- with `seals` (published day by day, kept by anybody): an operator who rewrites case, hashes and seals is found;
- with `earlier` (a receipt saved before): the history only grew.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import accumulate, pairwise
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.governance.history import canonical
from services.governance.receipts.problems import Problem, problem
from services.governance.receipts.shape import EntryFile, InclusionFile, ReceiptFile, SealFile, read_receipt, read_seal
from services.governance.seals import merkle
from services.kit import signing

_ZERO = "0" * 64

SEALED_WITHIN = timedelta(days=2)
"""An entry's seal names its day, or the next when it was written at midnight; plus one for the city's time zone."""


def verify(
    receipt: Mapping[str, Any],
    keys: Mapping[str, Any] | None = None,
    seals: Sequence[Mapping[str, Any]] | None = None,
    earlier: Mapping[str, Any] | None = None,
) -> list[Problem]:
    """All that is wrong with a receipt; an empty list means that it holds.

    `receipt` and `earlier` are parsed receipt files, `keys` a JWK set that is trusted instead of the receipt's own,
    `seals` published seals as `ListSeals` prints them, in any order.
    """
    try:
        read = read_receipt(receipt)
        before = read_receipt(earlier) if earlier is not None else None
        published = {seal.day: seal for seal in map(read_seal, seals or ())}
    except ValueError as error:
        return [problem("receipt", "UNREADABLE", str(error))]
    known, problems = _keys(read, keys)
    problems += _entries(read)
    problems += _inclusions(read, known)
    if seals is not None:
        problems += _seal_chain(published, known)
        problems += _against_published(read, published)
    if before is not None:
        problems += _against_earlier(read, before)
    return problems


def verify_leaves(seal: Mapping[str, Any], leaves: Sequence[str]) -> list[Problem]:
    """Whether the leaves that `GetSeal` prints are what the seal's root stands for."""
    try:
        read = read_seal(seal)
        root = merkle.root([bytes.fromhex(leaf) for leaf in leaves]).hex()
    except ValueError as error:
        return [problem("receipt", "UNREADABLE", str(error))]
    if (root, len(leaves)) == (read.root, read.heads):
        return []
    return [problem(_seal_place(read), "LEAVES")]


def sealed_until(receipt: Mapping[str, Any]) -> str:
    """Day of the newest seal in the receipt; empty when there is none or the receipt cannot be read."""
    try:
        return max((inclusion.seal.day for inclusion in read_receipt(receipt).inclusions), default="")
    except ValueError:
        return ""


def _keys(receipt: ReceiptFile, trusted: Mapping[str, Any] | None) -> tuple[dict[str, Ed25519PublicKey], list[Problem]]:
    try:
        own_set = signing.parse_key_set(receipt.keys)
        own = signing.read_key_set(own_set)
        used = {inclusion.seal.key_id for inclusion in receipt.inclusions}
        # One spelling, and no key that nothing in the receipt could vouch for.
        if signing.key_set(own_set["keys"]) != receipt.keys or set(own) != used:
            raise ValueError("not canonical")
    except (ValueError, TypeError, KeyError):
        return {}, [problem("receipt", "KEYS_INVALID")]
    if trusted is None:
        return own, []
    try:
        known = signing.read_key_set(trusted)
    except ValueError as error:
        return {}, [problem("receipt", "UNREADABLE", str(error))]
    foreign = [key_id for key_id, key in own.items() if known.get(key_id) != key]
    return known, [problem("receipt", "KEY_UNKNOWN") for _ in foreign]


def _entries(receipt: ReceiptFile) -> Iterator[Problem]:
    previous = _ZERO
    for number, entry in enumerate(receipt.entries, start=1):
        place = _entry_place(entry)
        if entry.number != number:
            yield problem(place, "ENTRY_NUMBER")
        if entry.previous_hash != previous:
            yield problem(place, "ENTRY_CHAIN")
        if sha256(_entry_text(receipt.code, entry)).hexdigest() != entry.hash:
            yield problem(place, "ENTRY_HASH")
        if not _note_holds(entry):
            yield problem(place, "NOTE_CHANGED")
        previous = entry.hash


def _entry_text(code: str, entry: EntryFile) -> bytes:
    return canonical.entry(
        code=code,
        number=entry.number,
        at=entry.at,
        type=entry.type,
        by=entry.by,
        state=entry.state,
        note_digest=entry.note_digest,
        previous_hash=entry.previous_hash,
    )


def _note_holds(entry: EntryFile) -> bool:
    if not entry.salt:
        return not entry.note
    return canonical.note_digest(bytes.fromhex(entry.salt), entry.note).hex() == entry.note_digest


def _inclusions(receipt: ReceiptFile, keys: Mapping[str, Ed25519PublicKey]) -> Iterator[Problem]:
    for inclusion in receipt.inclusions:
        yield from _seal_signature(inclusion.seal, keys)
        if inclusion.number > len(receipt.entries):
            yield problem(_seal_place(inclusion.seal), "TRUNCATED", str(inclusion.number))
        elif not _included(receipt, inclusion):
            yield problem(_seal_place(inclusion.seal), "SEAL_PROOF")
    for before, after in pairwise(receipt.inclusions):
        if before.number >= after.number or before.seal.day >= after.seal.day:
            yield problem(_seal_place(after.seal), "SEAL_ORDER")
    yield from _sealed_late(receipt)


def _included(receipt: ReceiptFile, inclusion: InclusionFile) -> bool:
    head = canonical.head(code=receipt.code, number=inclusion.number, hash=receipt.entries[inclusion.number - 1].hash)
    steps = [merkle.Step(hash=bytes.fromhex(step.hash), left=step.left) for step in inclusion.path]
    return merkle.climb(merkle.leaf(head), steps).hex() == inclusion.seal.root


def _sealed_late(receipt: ReceiptFile) -> Iterator[Problem]:
    """Who rewrites a sealed past can only have it sealed anew under a later day."""
    by_number = sorted(receipt.inclusions, key=lambda inclusion: inclusion.number)
    numbers = [inclusion.number for inclusion in by_number]
    # Of each seal the earliest day of itself and those of later entries.
    earliest = list(accumulate((inclusion.seal.day for inclusion in reversed(by_number)), min))[::-1]
    for entry in receipt.entries:
        place = bisect_left(numbers, entry.number)
        if place < len(earliest) and earliest[place] > _sealed_by(entry):
            yield problem(_entry_place(entry), "SEAL_LATE")


def _seal_signature(seal: SealFile, keys: Mapping[str, Ed25519PublicKey]) -> Iterator[Problem]:
    key = keys.get(seal.key_id)
    if key is None:
        yield problem(_seal_place(seal), "KEY_UNKNOWN")
    elif not signing.signed(key, seal.signature, _seal_text(seal)):
        yield problem(_seal_place(seal), "SEAL_SIGNATURE")


def _seal_chain(published: Mapping[str, SealFile], keys: Mapping[str, Ed25519PublicKey]) -> Iterator[Problem]:
    """Published seals follow each other without a gap. Their signatures count where the key is known."""
    in_order = [published[day] for day in sorted(published)]
    for seal in in_order:
        if seal.key_id in keys:
            yield from _seal_signature(seal, keys)
    for before, after in pairwise(in_order):
        if canonical.seal_hash(_seal_text(before), before.signature).hex() != after.previous:
            yield problem(_seal_place(after), "SEAL_CHAIN")


def _against_published(receipt: ReceiptFile, published: Mapping[str, SealFile]) -> Iterator[Problem]:
    newest = max(published, default="")
    oldest = min(published, default="")
    for inclusion in receipt.inclusions:
        # A seal newer or older than what was kept cannot be compared; one between must be there and be the same.
        if oldest <= inclusion.seal.day <= newest and published.get(inclusion.seal.day) != inclusion.seal:
            yield problem(_seal_place(inclusion.seal), "SEAL_REPLACED")
    sealed = max((inclusion.number for inclusion in receipt.inclusions), default=0)
    for entry in receipt.entries:
        if entry.number > sealed and newest > _sealed_by(entry):
            yield problem(_entry_place(entry), "SEAL_MISSING")


def _against_earlier(receipt: ReceiptFile, earlier: ReceiptFile) -> Iterator[Problem]:
    if receipt.code != earlier.code:
        yield problem("receipt", "EARLIER_RECEIPT")
        return
    for position, entry in enumerate(earlier.entries):
        if position >= len(receipt.entries) or receipt.entries[position].hash != entry.hash:
            yield problem(_entry_place(entry), "EARLIER_RECEIPT")
            return


def _sealed_by(entry: EntryFile) -> str:
    try:
        return (datetime.fromisoformat(entry.at).date() + SEALED_WITHIN).isoformat()
    except (ValueError, OverflowError):
        return date.max.isoformat()  # a day that does not exist; the entry's hash tells


def _seal_text(seal: SealFile) -> bytes:
    return canonical.seal(
        day=seal.day, heads=seal.heads, root=seal.root, previous=seal.previous, at=seal.at, key_id=seal.key_id
    )


def _entry_place(entry: EntryFile) -> str:
    return f"entry {entry.number}"


def _seal_place(seal: SealFile) -> str:
    return f"seal {seal.day}"
