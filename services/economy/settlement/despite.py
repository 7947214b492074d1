"""Payouts in spite of differences with the bank's report: one asks and says why, another confirms. Pure rules."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.economy.approval import require_second
from services.economy.settlement.model import Batch
from services.kit.errors import precondition
from services.kit.rpc import etag as etags

_MARK = 16
"""Characters of a mark."""


class Open(NamedTuple):
    """An open difference of money in a batch: ``moved`` is the transfer that brought it, ``bank`` what the acquirer has
    of it (None: nothing), ``here`` what we have.
    """

    moved: UUID
    id: UUID
    currency: str
    bank: int | None
    here: int | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """What keeps a batch from being paid out: ``differences`` of so many payments, of which the bank lacks so much.

    The ``mark`` is another one as soon as any of the differences is.
    """

    differences: int
    lacking: int
    mark: str
    ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """That a batch, whose id it has, be paid out in spite of its differences. Times are UTC; both people are subjects.

    It is of a version of the batch and of differences: of the next ones it says nothing. ``to_former`` says that it is
    to the account that held before.
    """

    id: UUID
    batch_version: int
    differing: str
    differences: int
    lacking: int
    to_former: bool
    reason: str
    asked_by: str
    asked_at: datetime
    approved_by: str = ""
    approved_at: datetime | None = None

    @property
    def is_approved(self) -> bool:
        """Whether a second person confirmed it: it was paid out."""
        return bool(self.approved_by)

    def stands(self, version: int, doubt: Doubt | None) -> bool:
        """Whether it, while nobody confirmed it, waits for a second person who sees what the first did: the same batch
        with the same differences, paid to the same account.
        """
        return doubt is not None and (self.batch_version, self.differing) == (version, doubt.mark)


def doubt_of(found: Collection[Open], currency: str) -> Doubt:
    """What open differences of a batch come to. Money in another currency is none of what was to come."""
    lacking: dict[UUID, int] = {}
    for one in found:
        has = one.bank or 0 if one.currency == currency else 0
        lacking[one.moved] = max(lacking.get(one.moved, 0), (one.here or 0) - has)
    lines = sorted(f"{one.moved} {one.id} {one.currency} {one.bank} {one.here}" for one in found)
    mark = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:_MARK]
    return Doubt(len(lacking), sum(lacking.values()), mark, tuple(sorted({one.id for one in found})))


def etag_of(version: int, doubt: Doubt | None) -> str:
    """The etag of a batch: that of its version, and of its differences while there are any."""
    return etags.of(version, doubt.mark if doubt else "")


def ask(batch: Batch, doubt: Doubt | None, why: str, who: str, now: datetime, *, to_former: bool) -> Wish:
    """Wishes a batch to be paid out in spite of what is doubted. Errors: NOTHING_DIFFERS."""
    if doubt is None:
        message = "Nothing in this batch differs from the bank's report any more: confirm it without a reason."
        raise precondition("NOTHING_DIFFERS", message, field="despite")
    return Wish(
        id=batch.id,
        batch_version=batch.version,
        differing=doubt.mark,
        differences=doubt.differences,
        lacking=doubt.lacking,
        to_former=to_former,
        reason=why,
        asked_by=who,
        asked_at=now,
    )


def decide(before: Wish | None, wish: Wish) -> Wish:
    """What becomes of a wish: it confirms the one ``before`` that another person made of the same, or takes its place
    and waits. One that is confirmed already was paid out, so nothing more is wished of its batch.

    Errors: SECOND_PERSON_REQUIRED for who repeats their own.
    """
    if before is None or _matter(before) != _matter(wish):
        # Whoever confirms it must have read it: it is the batch's next version.
        return replace(wish, batch_version=wish.batch_version + 1)
    require_second(before.asked_by, wish.asked_by)
    return replace(before, approved_by=wish.asked_by, approved_at=wish.asked_at)


def _matter(wish: Wish) -> tuple[int, str, bool, str]:
    return wish.batch_version, wish.differing, wish.to_former, wish.reason
