"""Permits as their readers may see them: model -> proto."""

from collections.abc import Sequence
from datetime import datetime

from services.economy.permit_documents import model as document_rules
from services.economy.permit_documents import views as document_views
from services.economy.permit_documents.model import Document
from services.economy.permits import access, kinds, moving
from services.economy.permits.model import TRANSITIONS, Move, Party, Permit, Rules
from services.economy.permits.store import Step
from services.kit.database import Transaction
from services.kit.interest import own_matter
from services.kit.rpc import etag, protos
from smartcity.economy.v1 import permits_pb2 as pb


def permit(
    tx: Transaction, one: Permit, *, holder: str = "", shown: Sequence[Document] | None = None,
    steps: Sequence[Step] = (), extends: Permit | None = None, extended: bool = False,
) -> pb.Permit:  # fmt: skip
    """One; with the holder's name where it is read alone: idempotency keeps the answers of writes.

    ``extends`` is what it extends, where it is read alone; ``extended`` says that another extends it, or may yet.
    """
    rules, due = kinds.known(tx, one), one.due(tx.runtime.city.calendar)
    missing = document_rules.missing(rules.kind, shown) if rules and shown is not None else []
    return pb.Permit(
        id=str(one.id),
        code=one.code,
        state=protos.number(pb.PermitState, one.state),
        kind=one.kind,
        agency=one.agency,
        checker=one.checker,
        name=one.name,
        holder=holder,
        area=protos.area(tx.runtime.city, one.area),
        place=one.place,
        nib=one.nib,
        first_day=str(one.first_day or ""),
        last_day=str(one.last_day or ""),
        extends=extends.code if extends else "",
        extends_state=protos.number(pb.PermitState, extends.state) if extends else pb.PERMIT_STATE_UNSPECIFIED,
        extends_stopped=extends is not None and extends.stopped,
        due_time=protos.timestamp(due),
        deemed=one.deemed,
        note=one.note,
        payment=one.payment,
        own=one.owner == tx.caller.subject,
        moves=[protos.number(pb.PermitMove, move) for move in _moves(tx, one, rules, extends)],
        documents=[document_views.document(each) for each in shown or ()],
        missing=missing,
        steps=[_step(each) for each in steps],
        has_paper=one.shown != "",
        apply_time=protos.timestamp(one.submitted_at),
        decide_time=protos.timestamp(one.decided_at),
        create_time=protos.timestamp(one.created_at),
        update_time=protos.timestamp(one.updated_at),
        etag=etag.of(one.version),
        extendable=not extended and _extendable(tx, one, rules),
        provisional=_provisional(tx, due),
        lapse_time=protos.timestamp(one.lapses_at),
    )


def _provisional(tx: Transaction, due: datetime | None) -> bool:
    """Whether a day of the year is not announced yet on which the clock may end, by the city's days."""
    city = tx.runtime.city
    return due is not None and city.calendar.is_provisional(due.astimezone(city.timezone).date())


def _moves(tx: Transaction, one: Permit, rules: Rules | None, extends: Permit | None) -> list[Move]:
    """What the caller can do with it now, as far as the table says, its kind, whose it is, what they did before, what
    it extends, the time to object, and its days. Without rules nothing moves, nor once silence has decided.
    """
    if rules is None or moving.silence_refusal(one, rules, tx.now, extends):
        return []
    parties, by = access.parties(tx, one), tx.caller.subject
    if own_matter(tx.caller, one.owner):
        parties &= {Party.APPLICANT}
    return [
        move
        for state, move in TRANSITIONS
        if state is one.state
        and any(moving.party_may(move, state, party) for party in parties)
        and not moving.second_needed(one, move, rules.kind, by)
        and not (move is Move.SUBMIT and not moving.is_sendable(one, rules.kind))
        and not (move is Move.SUBMIT and moving.sending_refusal(one, extends))
        and not (move is Move.OBJECT and moving.objection_refusal(one, rules, tx.now))
        and not (move in (Move.GRANT, Move.UPHOLD) and moving.days_refusal(one, move, rules, tx.now))
    ]


def _extendable(tx: Transaction, one: Permit, rules: Rules | None) -> bool:
    return rules is not None and one.owner == tx.caller.subject and moving.is_extendable(one, rules, tx.now)


def _step(one: Step) -> pb.PermitStep:
    return pb.PermitStep(
        act=one.move,
        party=protos.number(pb.PermitParty, one.party),
        agency=one.agency,
        note=one.note,
        time=protos.timestamp(one.at),
    )
