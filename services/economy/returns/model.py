"""What was paid for nothing, such as a fee that is not waited for: asked back until it is there. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import NAMESPACE_URL, UUID, uuid5

from services.kit.numbers import typed

REQUESTER = "economy"
_FIRST, _LONGEST = timedelta(hours=1), timedelta(days=1)
"""After how long what was refused is asked for again: twice as long each time, a day at most."""
_BACK = "/back"


class State(Enum):
    """Where it stands."""

    ASKED = "asked"
    READY = "ready"
    """It was paid in cash, which lies ready at the counter."""
    REFUSED = "refused"
    DONE = "done"


@dataclass(frozen=True)
class Return:
    """One of them. Times are UTC; amounts are whole units."""

    id: UUID
    version: int
    state: State
    request: str
    """Under what the payment was asked for."""
    amount: int
    """What is to go back, less whatever else was given back of the payment."""
    why: str
    """For the treasury."""
    correlation: str
    exercise: bool
    attempt: int
    reason: str
    """Why it could not be given back so far."""
    created_at: datetime
    updated_at: datetime
    again_at: datetime | None = None
    """When it is asked for again; None unless it was refused."""

    @property
    def reference(self) -> str:
        """Under what it is asked for: another for each attempt, since an answer is final there."""
        return f"{self.request}{_BACK}" + (f"/{self.attempt}" if self.attempt > 1 else "")


def begun(request: str, amount: int, why: str, correlation: str, now: datetime, *, exercise: bool) -> Return:
    """What was paid under a request is to go back."""
    return Return(
        id=uuid5(NAMESPACE_URL, f"smartcity:return:{request}"),
        version=1,
        state=State.ASKED,
        request=request,
        amount=amount,
        why=why,
        correlation=correlation,
        exercise=exercise,
        attempt=1,
        reason="",
        created_at=now,
        updated_at=now,
    )


def read_attempt(request: str, reference: str) -> int | None:
    """The how manieth attempt at that request a reference is; None for what is none of ours."""
    if not reference.startswith(f"{request}{_BACK}"):
        return None
    rest = reference.removeprefix(f"{request}{_BACK}")
    return 1 if not rest else typed(rest.removeprefix("/"), 9)


def given_back(one: Return, left: int, now: datetime) -> Return | None:
    """Something of the payment was given back, whoever asked, and so much is left; None where that changes nothing."""
    if one.state is State.DONE or left >= one.amount:
        return None
    if left <= 0:
        return _moved(one, now, state=State.DONE, reason="", again_at=None)
    return _moved(one, now, amount=left)


def ready(one: Return, attempt: int, now: datetime) -> Return | None:
    """Its cash lies ready at the counter; None where it is not waiting for this."""
    if one.state is not State.ASKED or one.attempt != attempt:
        return None
    return _moved(one, now, state=State.READY)


def refused(one: Return, attempt: int, reason: str, now: datetime) -> Return | None:
    """It could not be given back; None where it is not waiting for this."""
    if one.state not in (State.ASKED, State.READY) or one.attempt != attempt:
        return None
    again_at = now + min(_LONGEST, _FIRST * 2 ** min(attempt - 1, 10))
    return _moved(one, now, state=State.REFUSED, reason=reason or "REFUND_REJECTED", again_at=again_at)


def asked_again(one: Return, now: datetime) -> Return:
    """What was refused is asked for once more."""
    return _moved(one, now, state=State.ASKED, attempt=one.attempt + 1, again_at=None)


def _moved(one: Return, now: datetime, **more: object) -> Return:
    return replace(one, version=one.version + 1, updated_at=now, **more)  # type: ignore[arg-type]
