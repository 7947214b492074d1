"""Receipts made from nothing, with a key of their own: what an honest city would hand out, and what a liar would."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.governance.history import canonical
from services.governance.history.model import Entry, chain
from services.governance.seals import merkle
from services.kit.signing import Signer, key_set

START = datetime(2026, 11, 20, 3, 0, 0, 4, tzinfo=UTC)
STATES = ("filed", "assigned", "in_progress", "resolved", "closed")
SIGNER = Signer.load(
    json.dumps({"kty": "OKP", "crv": "Ed25519", "d": urlsafe_b64encode(bytes(range(32))).rstrip(b"=").decode()})
)


def history(code: str = "SMG-7K4P-92", length: int = 5, note: str = "Sudah ditambal.") -> list[Entry]:
    """A chain with one entry a day."""
    entries: list[Entry] = []
    for number in range(length):
        entries.append(
            chain(
                entries[-1] if entries else None,
                code=code,
                at=START + timedelta(days=number),
                type="smartcity.governance.v1.ComplaintStatusChanged",
                by="officer dpu",
                state=STATES[number % len(STATES)],
                note=f"{note} {number}" if number % 2 else "",
                salt=bytes([number]) * 16,
            )
        )
    return entries


def seals(
    entries: Sequence[Entry], code: str = "SMG-7K4P-92", others: int = 6, signer: Signer = SIGNER
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A seal for each entry's day, among `others` foreign heads; and the inclusions of the case."""
    made: list[dict[str, Any]] = []
    inclusions: list[dict[str, Any]] = []
    previous = "0" * 64
    for entry in entries:
        own = merkle.leaf(canonical.head(code=code, number=entry.number, hash=entry.hash.hex()))
        leaves = sorted([own, *(merkle.leaf(f"{entry.number} {other}".encode()) for other in range(others))])
        day: date = entry.at.date()
        seal = sign(day, leaves, previous, signer)
        previous = canonical.seal_hash(_text(seal), seal["signature"]).hex()
        steps = [{"hash": step.hash.hex(), "left": step.left} for step in merkle.path(leaves, leaves.index(own))]
        made.append(seal)
        inclusions.append({"number": entry.number, "seal": seal, "path": steps})
    return made, inclusions


def sign(day: date, leaves: Sequence[bytes], previous: str, signer: Signer = SIGNER) -> dict[str, Any]:
    """A signed seal as JSON."""
    seal: dict[str, Any] = {
        "day": day.isoformat(),
        "heads": len(leaves),
        "root": merkle.root(leaves).hex(),
        "previous": previous,
        "at": f"{day + timedelta(days=1)}T00:05:00Z",
        "key_id": signer.key_id,
    }
    return {**seal, "signature": signer.sign(_text(seal))}


def receipt(
    entries: Sequence[Entry], inclusions: Sequence[dict[str, Any]] = (), code: str = "SMG-7K4P-92"
) -> dict[str, Any]:
    """The receipt file of a history, freshly parsed so that tests may change it."""
    document = {
        "version": "1",
        "code": code,
        "entries": [
            {
                "number": entry.number,
                "at": canonical.instant(entry.at),
                "type": entry.type,
                "by": entry.by,
                "state": entry.state,
                "note": entry.note,
                "salt": entry.salt.hex(),
                "note_digest": entry.note_digest.hex(),
                "previous_hash": entry.previous_hash.hex(),
                "hash": entry.hash.hex(),
            }
            for entry in entries
        ],
        "inclusions": list(inclusions),
        "keys": key_set([SIGNER.public_jwk()] if inclusions else []),
    }
    parsed: dict[str, Any] = json.loads(json.dumps(document))
    return parsed


def _text(seal: dict[str, Any]) -> bytes:
    return canonical.seal(**{key: value for key, value in seal.items() if key != "signature"})
