"""Money that goes back to who paid: asked for, done, or refused and asked for again. Pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.kit import ids
from services.kit.errors import precondition
from services.kit.numbers import typed

AGAIN = timedelta(hours=6)
"""After this what was refused is asked for again by itself. What is not answered waits: its event is not lost."""


AT_COUNTER = "AT_COUNTER"
"""The reason of what was paid in cash: it lies ready at the counter until its buyer fetches it."""


class State(Enum):
    """Where it stands."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


class Cause(Enum):
    """Why it goes back."""

    LATE = "late"
    GIVEN_BACK = "given_back"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    BY_HAND = "by_hand"
    """An officer gave it back at economy's money desk; nobody asked for it here. It is written as GIVEN_BACK and
    ``by_hand``: processes of the version before cannot read another cause.
    """


@dataclass(frozen=True)
class Refund:
    """One of them. Times are UTC; amounts are whole units."""

    id: UUID
    version: int
    state: State
    cause: Cause
    sale: UUID
    order_id: UUID
    order_code: str
    request: str
    """Under what economy was asked for the money."""
    amount: int
    attempt: int
    reason: str
    """Why it could not be given back so far, or AT_COUNTER."""
    created_at: datetime
    updated_at: datetime
    asked_at: datetime
    settled_at: datetime | None = None
    by_hand: bool = False

    @property
    def told(self) -> Cause:
        """Its cause, as it is told."""
        return Cause.BY_HAND if self.by_hand else self.cause

    @property
    def reference(self) -> str:
        """Under what economy is asked to give it back: another for each attempt, since an answer is final there."""
        return f"{self.id}.{self.attempt}"


def read_reference(text: str) -> tuple[UUID, int] | None:
    """The refund and the attempt of a reference; None for what is none of ours."""
    name, _, attempt = text.partition(".")
    known, number = ids.parse(name), typed(attempt, 9)
    return None if known is None or number is None else (known, number)


def done(one: Refund, attempt: int, now: datetime) -> Refund | None:
    """Economy gave it back; None where it is not waiting for this."""
    if one.state is State.DONE or attempt > one.attempt:
        return None
    return _moved(one, State.DONE, now, reason="", settled_at=now)


def refuse(one: Refund, attempt: int, reason: str, now: datetime) -> Refund | None:
    """Economy could not; None where it is not waiting for this."""
    if one.state is not State.ASKED or one.attempt != attempt:
        return None
    return _moved(one, State.REFUSED, now, reason=reason or "REFUND_REJECTED")


def ready(one: Refund, attempt: int, now: datetime) -> Refund | None:
    """Its cash lies ready at the counter; None where it is not waiting for this."""
    if one.state is not State.ASKED or one.attempt != attempt or one.reason == AT_COUNTER:
        return None
    return _moved(one, State.ASKED, now, reason=AT_COUNTER)


def ask_again(one: Refund, now: datetime) -> Refund:
    """It is asked for once more. Errors: INVALID_TRANSITION."""
    if one.state is not State.REFUSED:
        raise precondition("INVALID_TRANSITION", "Only what was refused can be asked for again.", state=one.state.value)
    return _moved(one, State.ASKED, now, attempt=one.attempt + 1, asked_at=now)


class Counted(NamedTuple):
    """What was given back by hand, beside what was asked for."""

    changed: Sequence[Refund]
    """What was asked for and is done with it, or is less now."""
    rest: int
    """What of it was never asked for."""


def by_hand(known: Sequence[Refund], paid: int, back: int, now: datetime, *, refused: str = "") -> Counted:
    """What was given back by hand of an order that so much was paid for, and ``back`` has gone back of in all.

    ``refused`` is the reference of the refusal that tells it, where one does. It may come before older answers, so what
    is asked for beside it may have gone back; what was given by hand and is not counted for that, the next refusal
    tells once more.

    What is open and would be more than was paid then is done with it, what was refused first, then what was asked for
    last: economy has not begun that.
    """
    amount = max(0, back - sum(one.amount for one in known if one.state is State.DONE or _unheard(one, refused)))
    over = min(amount, sum(one.amount for one in known) + amount - paid)
    changed: list[Refund] = []
    for one in sorted(known, key=lambda each: (_is_refused(each, refused), each.asked_at), reverse=True):
        if one.state is State.DONE or over <= 0:
            continue
        if one.amount <= over:
            changed.append(_moved(one, State.DONE, now, reason="", settled_at=now))
            amount -= one.amount
        else:
            changed.append(_moved(one, one.state, now, amount=one.amount - over))
        over -= one.amount
    return Counted(changed, amount)


def _is_refused(one: Refund, refused: str) -> bool:
    return one.state is State.REFUSED or one.reference == refused


def _unheard(one: Refund, refused: str) -> bool:
    """Whether it may have gone back by the time that another was ``refused``, and that was not heard yet."""
    return refused != "" and one.state is State.ASKED and one.reference != refused


def shares(amount: int, sale: UUID, left: Mapping[UUID, int]) -> dict[UUID, int]:
    """From which sales an amount goes that is given back of an order: from its own, then from those that its tickets
    were changed to, as far as each has ``left`` of what was paid for it; what none has is its own sale's.
    """
    found: dict[UUID, int] = {}
    for each in sorted(left, key=lambda one: (one != sale, one)):
        taken = max(0, min(amount, left[each]))
        found[each], amount = taken, amount - taken
    found[sale] = found.get(sale, 0) + amount
    return {each: taken for each, taken in found.items() if taken}


def _moved(one: Refund, state: State, now: datetime, **more: object) -> Refund:
    return replace(one, state=state, version=one.version + 1, updated_at=now, **more)  # type: ignore[arg-type]
