"""What can be done with consents: one function per use case."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from services.kit.database import Transaction
from services.kit.errors import not_found
from services.kit.ids import uuid7
from services.society.consents import store
from services.society.consents.store import Consent
from services.society.registration import profile
from services.society.registration.profile import Purpose
from services.society.residents import actions as residents


class Answered(NamedTuple):
    """A purpose, and what somebody last said to it."""

    purpose: Purpose
    last: Consent | None


async def listed(tx: Transaction) -> Sequence[Answered]:
    """All purposes, and what the caller has said to each."""
    office = profile.office_of(tx.runtime.city)
    purposes = office.purposes if office else ()
    return [Answered(one, await store.latest(tx, tx.caller.subject, one.id)) for one in purposes]


async def give(tx: Transaction, name: str) -> Answered:
    """The caller agrees to a purpose. Errors: PURPOSE_UNKNOWN."""
    purpose, last = await _answered(tx, name)
    if last is not None and last.withdrawn_at is None:
        return Answered(purpose, last)
    made = Consent(uuid7(), tx.caller.subject, name, tx.now, None)
    await store.save(tx, made)
    if await residents.is_verified(tx, tx.caller.subject):
        residents.tell(tx, tx.caller.subject, name, holds=True)
    return Answered(purpose, made)


async def withdraw(tx: Transaction, name: str) -> Answered:
    """The caller agrees no longer. Errors: PURPOSE_UNKNOWN."""
    purpose, last = await _answered(tx, name)
    if last is None or last.withdrawn_at is not None:
        return Answered(purpose, last)
    done = replace(last, withdrawn_at=tx.now)
    await store.save(tx, done)
    residents.tell(tx, tx.caller.subject, name, holds=False)
    return Answered(purpose, done)


async def _answered(tx: Transaction, name: str) -> Answered:
    office = profile.office_of(tx.runtime.city)
    purpose = office.purpose(name) if office else None
    if purpose is None:
        raise not_found("PURPOSE_UNKNOWN", "The city asks consent for no such purpose; see /v1/consents.")
    await residents.alone_with_consents(tx, tx.caller.subject)
    return Answered(purpose, await store.latest(tx, tx.caller.subject, name, lock=True))
