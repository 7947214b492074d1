"""Money in suspense: why it is there, and how two people move it to where it belongs. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from services.economy.approval import require_second
from services.economy.ledger.model import Transfer, city_account, derived
from services.kit.errors import precondition


class State(Enum):
    """Where it stands."""

    OPEN = "open"
    PROPOSED = "proposed"
    RELEASED = "released"


class Reason(Enum):
    """Why it is there."""

    UNLINKED = "unlinked"
    LATE = "late"
    AMOUNT = "amount"
    PAID_BEFORE = "paid_before"
    REFUSED = "refused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Money that belongs to nothing known yet. Times are UTC.

    ``nmid`` is of the QRIS that it came by, empty where the ``payment`` tells that. ``target`` is the merchant
    proposed; ``back`` says that it goes back to the payer; with neither the bank never had it. While it is proposed and
    ``approved_by`` is set, it is on its way back; ``return_reference`` is the bank's, of having sent it back.
    """

    id: UUID
    version: int = 1
    state: State = State.OPEN
    reason: Reason
    currency: str
    amount: int
    provider_reference: str
    payment: UUID | None = None
    nmid: str = ""
    target: UUID | None = None
    back: bool = False
    note: str = ""
    proposed_by: str = ""
    approved_by: str = ""
    asked_at: datetime | None = None
    return_reference: str = ""
    correlation: str
    exercise: bool = False
    created_at: datetime
    updated_at: datetime

    @property
    def is_returning(self) -> bool:
        """Whether the bank was or will be asked to send it back."""
        return self.state is State.PROPOSED and bool(self.approved_by)

    @property
    def never_came(self) -> bool:
        """Whether somebody said that the bank never had it."""
        return bool(self.proposed_by) and self.target is None and not self.back

    @property
    def held(self) -> int:
        """How much of it is in suspense, or left it to somebody; nothing of what was struck out."""
        return 0 if self.state is State.RELEASED and self.never_came else self.amount


def propose(item: Item, target: UUID | None, note: str, who: str, now: datetime, *, never_came: bool = False) -> Item:
    """Says where it belongs: to a merchant, or back (None), unless it never came.

    Errors: RELEASED_BEFORE, RELEASE_UNDER_WAY.
    """
    _require_waiting(item)
    back = target is None and not never_came
    return replace(_next(item, now), state=State.PROPOSED, target=target, back=back, note=note, proposed_by=who)


def approve(item: Item, who: str, now: datetime) -> Item:
    """A second person agrees: released, or on its way back.

    Errors: RELEASED_BEFORE, RELEASE_UNDER_WAY, NOT_PROPOSED, SECOND_PERSON_REQUIRED.
    """
    _require_waiting(item)
    if item.state is not State.PROPOSED:
        raise precondition("NOT_PROPOSED", "Nobody has proposed where this belongs. Propose it first.")
    require_second(item.proposed_by, who)
    state = State.PROPOSED if item.back else State.RELEASED
    return replace(_next(item, now), state=state, approved_by=who)


def returned(item: Item, reference: str, now: datetime) -> Item:
    """The bank sent it back, under a reference of its own."""
    return replace(_next(item, now), state=State.RELEASED, return_reference=reference)


def unreturnable(item: Item, why: str, now: datetime) -> Item:
    """The bank refused to send it back: somebody must find another place for it."""
    return replace(_next(item, now), state=State.OPEN, back=False, note=why, proposed_by="", approved_by="")


def corrected(
    item: Item, amount: int, reason: Reason | None, payment: UUID | None, nmid: str, now: datetime
) -> Item:  # fmt: skip
    """It is another amount than the bank had told, or came for a ``payment`` or by a QRIS that nobody knew, so what was
    proposed is no more; None: for the same reason.
    """
    opened = replace(_next(item, now), state=State.OPEN, target=None, back=False, note="", proposed_by="")
    by = "" if payment else nmid or item.nmid
    return replace(opened, amount=amount, reason=reason or item.reason, payment=payment, nmid=by, approved_by="")


def taken_out(item: Item, now: datetime) -> Item:
    """It was for its payment after all."""
    return replace(_next(item, now), state=State.RELEASED)


def correcting(item: Item, amount: int) -> Transfer:
    """What moves between the bank's and suspense when ``item`` is of another amount; of none when it is struck out."""
    clearing, suspense = city_account("clearing", item.currency), city_account("suspense", item.currency)
    more = amount - item.held
    kind, debit, credit = ("suspend", clearing, suspense) if more > 0 else ("release", suspense, clearing)
    moved = _transfer(item, kind, debit, credit)
    return moved._replace(id=derived(item.id, f"correct {item.version}"), amount=abs(more))


def told_reason(item: Item, *, of_drills: bool) -> Reason:
    """Why it is there, as people read it: what a printed QRIS brought is refused only while its merchant is stopped,
    unless the merchant is ``of_drills``.
    """
    return Reason.STOPPED if item.reason is Reason.REFUSED and item.nmid and not of_drills else item.reason


def arriving(item: Item) -> Transfer:
    """What suspending moves."""
    clearing, suspense = city_account("clearing", item.currency), city_account("suspense", item.currency)
    return _transfer(item, "suspend", clearing, suspense)


def leaving(item: Item, to: UUID, code: str = "") -> Transfer:
    """What releasing moves; to a merchant under the ``code`` of their payment that it came for, where there is one."""
    return _transfer(item, "release", city_account("suspense", item.currency), to, code)


def _transfer(item: Item, kind: str, debit: UUID, credit: UUID, code: str = "") -> Transfer:
    return Transfer(
        id=derived(item.id, kind),
        kind=kind,
        debit=debit,
        credit=credit,
        amount=item.amount,
        currency=item.currency,
        reference=code or item.provider_reference,
        exercise=item.exercise,
    )


def _require_waiting(item: Item) -> None:
    if item.state is State.RELEASED:
        raise precondition("RELEASED_BEFORE", "This money has been moved to where it belongs.")
    if item.is_returning:
        raise precondition("RELEASE_UNDER_WAY", "This money is on its way back to the payer. Wait for the bank.")


def _next(item: Item, now: datetime) -> Item:
    return replace(item, version=item.version + 1, updated_at=now)
