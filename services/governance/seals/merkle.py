"""Merkle tree of RFC 6962, section 2.1: a root over many leaves, and short proofs that a leaf is under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Step:
    """One sibling on the way from a leaf to the root; `left` when it stands left of the path."""

    hash: bytes
    left: bool


def leaf(data: bytes) -> bytes:
    """Hash of a leaf. The prefixes keep a leaf from passing as a node (second preimage)."""
    return sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes; that of no leaf is the hash of nothing."""
    if not leaves:
        return sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(leaves: Sequence[bytes], index: int) -> list[Step]:
    """The siblings of the leaf at `index`, from the leaf upwards. Errors: IndexError."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    steps: list[Step] = []
    level = list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            steps.append(Step(hash=level[sibling], left=sibling < index))
        level, index = _above(level), index // 2
    return steps


def climb(start: bytes, steps: Sequence[Step]) -> bytes:
    """The root that a leaf hash and its siblings lead to."""
    for step in steps:
        start = node(step.hash, start) if step.left else node(start, step.hash)
    return start


def _above(level: Sequence[bytes]) -> list[bytes]:
    # Pairing neighbours and carrying an odd last one up gives the same tree as RFC 6962's split at a power of two.
    pairs = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs if len(level) % 2 == 0 else [*pairs, level[-1]]
