"""A day's seal: the signed Merkle root over the heads of all histories that changed. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from services.governance.history import canonical
from services.governance.history.model import ZERO
from services.governance.seals import merkle
from services.kit.signing import Signer

GRACE = timedelta(minutes=5)
"""After midnight, until what was written just before it is committed. What comes later goes into the next seal."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What is signed for a day: `day` in the city's time zone, `at` UTC in whole seconds, `heads` under the root."""

    day: date
    heads: int
    root: bytes
    previous: bytes
    hash: bytes
    at: datetime
    key_id: str
    signature: str


@dataclass(frozen=True, slots=True)
class Seal(Signed):
    """A seal with all that is under its root, sorted: some thousands of hashes on a usual day of a large city."""

    leaves: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of a case at the end of a day."""

    code: str
    number: int
    hash: bytes

    @property
    def leaf(self) -> bytes:
        """The leaf hash that stands for it; names no case to those who do not know the entry."""
        return merkle.leaf(canonical.head(code=self.code, number=self.number, hash=self.hash.hex()))


def make(day: date, heads: Iterable[Head], previous: Signed | None, signer: Signer, now: datetime) -> Seal:
    """Seals a day after the seal before (None for the first)."""
    leaves = tuple(sorted(head.leaf for head in heads))
    root = merkle.root(leaves)
    before = previous.hash if previous else ZERO
    at = now.astimezone(UTC).replace(microsecond=0)
    text = canonical.seal(
        day=day.isoformat(),
        heads=len(leaves),
        root=root.hex(),
        previous=before.hex(),
        at=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        key_id=signer.key_id,
    )
    signature = signer.sign(text)
    seal_hash = canonical.seal_hash(text, signature)
    return Seal(day, len(leaves), root, before, seal_hash, at, signer.key_id, signature, leaves)


def due_day(oldest: datetime | None, last: date | None, now: datetime, timezone: tzinfo) -> date | None:
    """The day to seal next, if one is over: that of the oldest unsealed entry, but never a day sealed before."""
    if oldest is None:
        return None
    day = oldest.astimezone(timezone).date()
    if last is not None:
        day = max(day, last + timedelta(days=1))
    return day if end_of(day, timezone) + GRACE <= now else None


def end_of(day: date, timezone: tzinfo) -> datetime:
    """The instant at which the day ends, UTC."""
    return datetime.combine(day + timedelta(days=1), time(), timezone).astimezone(UTC)
