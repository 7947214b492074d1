"""How a permit moves: what a move makes of it, its clock and its days. Pure rules, by the table of the model."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from services.economy.permit_kinds.profile import Kind, Step
from services.economy.permits.days import last_of
from services.economy.permits.model import (
    HOLDING,
    LAPSING,
    MOVED_BY,
    OVER,
    SILENT,
    TRANSITIONS,
    UNDER_WAY,
    Move,
    Party,
    Permit,
    Rules,
    State,
    Wanted,
)
from services.kit.city import working_time
from services.kit.errors import DomainError, forbidden, invalid, precondition

_DAY = timedelta(days=1)


def drafted(
    id_: UUID, code: str, rules: Rules, wanted: Wanted, *, owner: str, sealed: bytes, checker: str, agency: str,
    extends: UUID | None, now: datetime,
) -> Permit:  # fmt: skip
    """An application that is not sent yet. Errors: those of ``_checked``."""
    made = Permit(
        id=id_, code=code, version=1, state=State.DRAFT, kind=rules.kind.id, agency=agency, checker=checker,
        owner=owner, sealed=sealed, name="", area="", place="", nib="", first_day=None, last_day=None,
        extends=extends, due_at=None, remaining=None, before=None, objected=False, deemed=False, checked_by="",
        decided_by="", note="", payment="", payments=0, wake_at=None, reminded=False, submitted_at=None,
        decided_at=None, created_at=now, updated_at=now,
    )  # fmt: skip
    return woken(_checked(made, rules, wanted, now), rules, now)


def rewritten(one: Permit, rules: Rules, wanted: Wanted, sealed: bytes | None, now: datetime) -> Permit:
    """It with other particulars, while its applicant has it; ``sealed`` is as before where the name is.

    What nobody has checked is checked from the start, in the whole of the working time: else silence, or whoever
    decides alone, would grant it. Errors: INVALID_TRANSITION, those of ``_checked``.
    """
    if one.state not in (State.DRAFT, State.ASKED):
        message = "It can be changed before it is sent, and while you are asked."
        raise precondition("INVALID_TRANSITION", message, state=one.state.value)
    done = replace(_checked(one, rules, wanted, now), sealed=sealed)
    if done != one:
        done = _unchecked(done)
    done = replace(done, version=one.version + 1, updated_at=now)
    return woken(done, rules, now) if done.state is State.DRAFT else done


def adding(one: Permit) -> Permit:
    """It after a photo was added, which nobody has checked: what was checked before is so from the start, as what is
    rewritten. What was not goes back to who asked, who looks at it, and their clock goes on. Its version stays: its
    applicant sends it by the etag that they have.
    """
    return _unchecked(one) if one.checked_by else one


def exchanging(one: Permit, now: datetime) -> Permit:
    """It after one of its photos was taken out: where it was sent, another is to be checked, as what is rewritten."""
    return one if one.state is State.DRAFT else replace(_unchecked(one), version=one.version + 1, updated_at=now)


def moved(one: Permit, move: Move, rules: Rules, *, by: str, note: str, now: datetime) -> Permit:
    """It after a move. Errors: INVALID_TRANSITION, SECOND_PERSON_REQUIRED, those of days, and of objections."""
    targets = TRANSITIONS.get((one.state, move))
    if targets is None:
        raise _cannot(one, move)
    _require_second(one, move, rules.kind, by)
    if move is Move.OBJECT and (refusal := objection_refusal(one, rules, now)) is not None:
        raise refusal
    if (late := days_refusal(one, move, rules, now)) is not None:
        raise late
    target = _target(one, move, rules.kind)
    assert target in targets, f"{one.state} {move} does not lead to {target}"
    done = replace(_clocked(one, move, rules, now), state=target, note=note, version=one.version + 1, updated_at=now)
    if move is Move.CHECK:
        done = replace(done, checked_by=by)
    if MOVED_BY.get(move) is Party.DECIDER:
        done = replace(done, decided_by=by)
    if move in (Move.GRANT, Move.REFUSE, Move.DEEM) or (move is Move.UPHOLD and one.before is State.REFUSED):
        done = replace(done, decided_at=now, deemed=move is Move.DEEM)
    if target in HOLDING:
        done = _dated(done, rules, now)
    return woken(done, rules, now)


def reminds(one: Permit, rules: Rules, now: datetime) -> bool:
    """Whether what falls due is the reminder of its last day, rather than its first day as an extension."""
    if one.state not in HOLDING or one.last_day is None or not rules.kind.offers_extension:
        return False
    return not one.reminded and now >= rules.end_of(one.last_day) - timedelta(days=rules.terms.remind_days)


def reminded(one: Permit, rules: Rules, now: datetime) -> Permit:
    """Its holder was told that it ends soon."""
    return woken(replace(one, reminded=True), rules, now)


def asked_to_pay(one: Permit, kind: Kind, now: datetime) -> Permit:
    """Its fee is asked for, as its kind has it. Errors: INVALID_TRANSITION, PERMIT_PAYMENT_OPEN."""
    if one.state is not State.PAYABLE or kind.fee is None:
        raise precondition("INVALID_TRANSITION", "There is nothing to pay for it now.", state=one.state.value)
    if one.payment:
        raise precondition("PERMIT_PAYMENT_OPEN", "Its payment is open: pay that, or wait until it has expired.")
    return replace(one, payments=one.payments + 1, version=one.version + 1, updated_at=now)


def paid(one: Permit, asked: int, rules: Rules, now: datetime) -> Permit:
    """Its fee is paid, as it was asked for the how manieth time."""
    return replace(moved(one, Move.PAY, rules, by="", note="", now=now), payments=asked)


def due_move(one: Permit, rules: Rules, now: datetime, *, stopped: bool = False) -> Move | None:
    """What falls due by itself; None where it is no move, such as the reminder, or the erasure of what is over.

    ``stopped`` says whether what it extends is.
    """
    if one.state in LAPSING:
        return Move.LAPSE
    over = one.last_day is not None and rules.end_of(one.last_day) <= now
    if _waits_for_an_officer(one, rules, stopped):
        return None
    if one.state in SILENT:
        return Move.LAPSE if over else _silence(one, Move.DEEM, rules, now)  # it grants nothing for days that are over
    if one.state is State.OBJECTED:
        late = {State.SUSPENDED: Move.END, State.REFUSED: Move.LAPSE} if over else {}
        return late.get(one.before or one.state) or _silence(one, Move.UPHOLD, rules, now)
    return Move.END if over and (one.state in HOLDING or one.suspended) else None


def silence_refusal(one: Permit, rules: Rules, now: datetime, extended: Permit | None) -> DomainError | None:
    """Why nobody moves what silence has decided on, though the timer has not been since."""
    stopped = extended is not None and extended.stopped
    if due_move(one, rules, now, stopped=stopped) not in (Move.DEEM, Move.UPHOLD):
        return None
    message = "Its time was over before this came: what silence means for it is entered in a moment."
    return precondition("INVALID_TRANSITION", message, state=one.state.value, allowed="none")


def _silence(one: Permit, move: Move, rules: Rules, now: datetime) -> Move | None:
    """What it means, from the end of the day on: what sleeps may wake at any hour, and on a day off by now."""
    due = one.due(rules.calendar)
    return move if due is not None and due <= now else None


def is_extendable(one: Permit, rules: Rules, now: datetime) -> bool:
    """Whether it can be extended now: in the last days that it holds."""
    if not rules.kind.offers_extension or one.state not in HOLDING or one.last_day is None:
        return False
    return rules.today(now) >= one.last_day - timedelta(days=rules.terms.extend_days)


def require_extendable(one: Permit, rules: Rules, now: datetime) -> None:
    """Lets only pass what can be. Errors: PERMIT_NOT_EXTENDABLE."""
    if not is_extendable(one, rules, now):
        message = f"A permit of a kind that goes on can be extended in its last {rules.terms.extend_days} days."
        raise precondition("PERMIT_NOT_EXTENDABLE", message, field="extends")


def is_sendable(one: Permit, kind: Kind) -> bool:
    """Whether its applicant can send it: what was never sent, as long as its kind is offered."""
    return one.state is not State.DRAFT or not kind.retired


def sending_refusal(one: Permit, extended: Permit | None) -> DomainError | None:
    """Why it is not sent while what it extends is stopped; None where it can be, as an answer to an officer."""
    if one.state is not State.DRAFT or extended is None or not extended.stopped:
        return None
    message = "What it extends is suspended or was revoked: it can be sent once that one holds again."
    if extended.state is State.ENDED:
        message = "What it extends was suspended and has ended since: apply anew, without extending it."
    return precondition("PERMIT_NOT_EXTENDABLE", message)


def party_may(move: Move, state: State, party: Party) -> bool:
    """Whether a party makes a move: who asks is who has it at that time."""
    if move is Move.ASK:
        return party is (Party.CHECKER if state is State.CHECKING else Party.DECIDER)
    return MOVED_BY[move] is party


def _unchecked(one: Permit) -> Permit:
    return replace(one, before=None, remaining=None, checked_by="")


def _checked(one: Permit, rules: Rules, wanted: Wanted, now: datetime) -> Permit:
    """It with these particulars. Errors: PERMIT_DAYS_INVALID."""
    days, first, last = rules.kind.dated_days, wanted.first_day, wanted.last_day
    if days is None:
        first = last = None
    elif first is None or last is None or not rules.today(now) <= first <= last < first + timedelta(days=days):
        raise _days_invalid(days)
    return replace(
        one, name=wanted.name, area=wanted.area, place=wanted.place, nib=wanted.nib, first_day=first, last_day=last
    )


def _days_invalid(most: int) -> DomainError:
    message = f"Name the first and the last day, from today on, {most} days at most."
    return invalid("PERMIT_DAYS_INVALID", message, field="first_day")


def days_refusal(one: Permit, move: Move, rules: Rules, now: datetime) -> DomainError | None:
    """Why it moves so no more: nothing is sent for a day that has passed, nor granted for days that all have."""
    needed = {Move.SUBMIT: one.first_day, Move.GRANT: one.last_day}
    if one.before is State.REFUSED:
        needed[Move.UPHOLD] = one.last_day
    day = needed.get(move)
    if not rules.kind.dated_days or day is None or day >= rules.today(now):
        return None
    if move is Move.SUBMIT:  # who applies can give others
        return _days_invalid(rules.kind.dated_days)
    return precondition("PERMIT_DAYS_OVER", "Its days are over: nothing is granted for them any more.")


def _target(one: Permit, move: Move, kind: Kind) -> State:
    if move is Move.SUBMIT:
        return one.before or (State.CHECKING if Step.CHECK in kind.steps else State.DECIDING)
    if move is Move.DISMISS:
        assert one.before is not None, "an objection is to something"
        return one.before
    holds = State.DEEMED_GRANTED if one.deemed or move is Move.DEEM else State.GRANTED
    if move in (Move.GRANT, Move.DEEM) or (move is Move.UPHOLD and one.before is State.REFUSED):
        return State.ENDED if kind.service else State.PAYABLE if kind.fee else holds
    if move in (Move.PAY, Move.RESUME, Move.UPHOLD):
        return holds
    if move is Move.WITHDRAW and one.state not in UNDER_WAY:
        return State.ENDED
    return _PLAIN[move]


_PLAIN = {
    Move.ASK: State.ASKED,
    Move.CHECK: State.DECIDING,
    Move.REFUSE: State.REFUSED,
    Move.SUSPEND: State.SUSPENDED,
    Move.REVOKE: State.REVOKED,
    Move.WITHDRAW: State.WITHDRAWN,
    Move.OBJECT: State.OBJECTED,
    Move.LAPSE: State.LAPSED,
    Move.END: State.ENDED,
}


def _clocked(one: Permit, move: Move, rules: Rules, now: datetime) -> Permit:
    """Its clock after a move: it starts, waits, goes on, or is over."""
    if move is Move.SUBMIT:
        due = rules.due(now, rules.kind.days)
        if one.remaining is not None:
            due = working_time.after(rules.calendar, now, one.remaining)
        begun = one.submitted_at or now
        return replace(one, due_at=due, remaining=None, before=None, submitted_at=begun)
    if move is Move.ASK:
        assert one.due_at is not None, "what was sent has a clock"
        due = working_time.on_working_day(rules.calendar, one.due_at)  # as what is told of it, ``due``
        left = working_time.between(rules.calendar, now, max(now, due))
        return replace(one, remaining=left, due_at=None, before=one.state)
    if move is Move.CHECK:
        return one
    if move is Move.OBJECT:
        due = rules.due(now, rules.terms.objection_decided_days)
        return replace(one, due_at=due, before=one.state, objected=True)
    fresh = move in (Move.SUSPEND, Move.REVOKE)  # a new decision can be objected to anew
    before = State.SUSPENDED if one.suspended and move in (Move.END, Move.WITHDRAW) else None
    return replace(one, due_at=None, remaining=None, before=before, payment="", objected=one.objected and not fresh)


def _dated(one: Permit, rules: Rules, now: datetime) -> Permit:
    """It with its days, where it has none yet; an extension goes on where the one before ends (``days.follow``)."""
    if one.first_day is not None or rules.kind.months is None:
        return one
    today = rules.today(now)
    return replace(one, first_day=today, last_day=last_of(today, rules.kind.months))


def woken(one: Permit, rules: Rules, now: datetime, *, stopped: bool = False) -> Permit:
    """It with when something falls due by itself; ``stopped`` says whether what it extends is."""
    return replace(one, wake_at=None if _waits_for_an_officer(one, rules, stopped) else _wake(one, rules, now))


def _wake(one: Permit, rules: Rules, now: datetime) -> datetime | None:
    """When something falls due by itself."""
    terms = rules.terms
    if one.state in OVER:
        if not one.owner:
            return None
        return now + timedelta(days=terms.kept_days if one.submitted_at else 1)
    ends = rules.end_of(one.last_day) if one.last_day is not None else None
    waits = {State.DRAFT: terms.draft_days, State.ASKED: terms.answer_days, State.PAYABLE: terms.pay_days}
    if one.state in waits:
        at = now + timedelta(days=waits[one.state])
        if one.state is State.PAYABLE and ends is not None:  # for days that are over nobody pays
            return min(at, ends)
        return at
    if one.state in SILENT or one.state is State.OBJECTED:  # for days that are over nobody decides
        both = [one.due(rules.calendar), ends if one.before is not State.REVOKED else None]
        return min(at for at in both if at is not None)
    if one.state in HOLDING and ends and rules.kind.offers_extension and not one.reminded:
        ends -= timedelta(days=terms.remind_days)
    begins = rules.end_of(one.first_day - _DAY) if one.extends and one.first_day else None
    if one.state in HOLDING and ends and begins and begins > now:
        return min(begins, ends)  # so that who rests on the one before hears that it holds
    return ends


def is_undecided(one: Permit) -> bool:
    """Whether it is still to be granted or refused, also by who decides on an objection."""
    return one.state in SILENT or (one.state is State.OBJECTED and one.before is State.REFUSED)


def _waits_for_an_officer(one: Permit, rules: Rules, stopped: bool) -> bool:
    """Whether no silence decides on it: on help, nor on what extends that which an officer has ``stopped``."""
    return (rules.kind.service or stopped) and is_undecided(one)


def second_needed(one: Permit, move: Move, kind: Kind, by: str) -> bool:
    """Whether somebody else must decide: one checks and another decides, nobody on an objection to their own decision.

    What is checked by one and decided by another is so once more when a refusal is objected to: who checked neither
    overrules who refused, nor is left with that alone to do which is against the applicant.
    """
    anew = move in (Move.UPHOLD, Move.DISMISS) and one.before is State.REFUSED
    decides = move in (Move.GRANT, Move.REFUSE) or anew
    checked = decides and kind.two and one.checked_by == by
    decided = move in (Move.REVOKE, Move.UPHOLD, Move.DISMISS) and one.decided_by == by
    return checked or decided


def _require_second(one: Permit, move: Move, kind: Kind, by: str) -> None:
    if second_needed(one, move, kind, by):
        message = "You had a part in what went before, so somebody else must decide; ask a colleague."
        raise forbidden("SECOND_PERSON_REQUIRED", message)


def objection_refusal(one: Permit, rules: Rules, now: datetime) -> DomainError | None:
    """Why the last decision on it cannot be objected to any more; None where it can."""
    if one.objected:
        message = "An objection to this was decided on; next is an appeal to the superior (Law 30/2014, art. 78)."
        return precondition("PERMIT_OBJECTED_BEFORE", message)
    if now > rules.due(one.updated_at, rules.terms.objection_days):
        message = f"It could be objected to for {rules.terms.objection_days} working days."
        return precondition("PERMIT_OBJECTION_LATE", message)
    return None


def _cannot(one: Permit, move: Move) -> DomainError:
    can = ", ".join(sorted(known.value for state, known in TRANSITIONS if state is one.state)) or "none"
    message = f"A permit that is {one.state} cannot {move}. Moves that can be made now: {can}."
    return precondition("INVALID_TRANSITION", message, state=one.state.value, allowed=can)
