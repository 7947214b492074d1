"""What falls due by itself: silence is consent, papers end, holders are reminded, what is over is forgotten."""

from dataclasses import replace
from datetime import timedelta

import structlog

from services.economy.merchants import actions as merchants
from services.economy.payments import store as payments
from services.economy.permit_documents import store as documents
from services.economy.permit_mails import queue as mails
from services.economy.permit_mails import store as addresses
from services.economy.permits import events, kinds, moving, store
from services.economy.permits.model import OVER, Party, Permit, State
from services.economy.permitting import actions
from services.economy.terms import terms_of
from services.kit import due as falling
from services.kit import ids
from services.kit.database import Transaction
from services.kit.runtime import Runtime

SOON = timedelta(minutes=1)
"""So long a permit whose fee is paid waits to hear of it."""
LATER = timedelta(days=1)
"""So long a permit whose kind the profile lacks is put off, out of the way of the others."""

_log = structlog.get_logger()


async def due(runtime: Runtime) -> None:
    """Does all that is."""
    if await store.anything_due(runtime):
        await falling.each(runtime, "permit", store.due, act)


async def act(tx: Transaction, one: Permit) -> None:
    """Does what falls due with one, which is locked."""
    extended = await actions.by_id(tx, one.extends)
    stopped = extended is not None and extended.stopped
    if one.state in OVER:
        await payments.know_applicant(tx, [one.id], one.owner, tx.now - terms_of(tx.runtime.city).buyers_kept)
        await documents.erase(tx, [one.id])
        await addresses.end(tx, [one.id])
        await store.forget(tx, [one.id])
        await store.let_go(tx, one.id)
    elif (rules := kinds.known(tx, one)) is None:
        _log.warning("a permit waits for its kind, which the city's profile has to have", kind=one.kind, id=str(one.id))
        await store.save(tx, replace(one, wake_at=tx.now + LATER))
    elif one.state is State.PAYABLE and await _is_paid(tx, one):
        await store.save(tx, replace(one, wake_at=tx.now + SOON))
    elif (move := moving.due_move(one, rules, tx.now, stopped=stopped)) is not None:
        done = moving.moved(one, move, rules, by="", note="", now=tx.now)
        await actions.settle(tx, one, done, move, Party.SYSTEM, rules)
    elif moving.reminds(one, rules, tx.now):
        await store.save(tx, moving.reminded(one, rules, tx.now))
        told = store.Step(ids.uuid7(), one.id, "remind", Party.SYSTEM, "", "", str(one.last_day), tx.now)
        await store.note(tx, told)
        await mails.remind(tx, one.id)
    else:  # an extension's first day has come; or it is for an officer to decide, or not before the end of the day
        await merchants.permit_extended(tx, one.code)
        await store.save(tx, moving.woken(one, rules, tx.now, stopped=stopped))


async def _is_paid(tx: Transaction, one: Permit) -> bool:
    """Whether its fee is paid by now; the event that tells of it may be on its way for long."""
    payment = await payments.by_request(tx, events.REQUESTER, events.request(one))
    return payment is not None and payment.is_paid
