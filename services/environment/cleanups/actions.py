"""What can be done with a clean-up: one function per use case."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from google.protobuf.message import Message

from services.environment.cleanups import events, model, store
from services.environment.cleanups.model import Cleanup, State
from services.kit.caller import Scope
from services.kit.database import Transaction
from services.kit.errors import DomainError, not_found, stale
from services.kit.ids import uuid7


async def get(tx: Transaction, id_: str) -> Cleanup:
    """A clean-up by its id or its complaint's code. Errors: CLEANUP_NOT_FOUND."""
    known = _uuid(id_)
    found = await store.by_id(tx, known) if known else await store.by_complaint(tx, id_)
    return _within(tx, found)


async def dispatch(tx: Transaction, id_: str, etag: str, crew: str) -> Cleanup:
    """Sends a crew. Errors: CLEANUP_NOT_FOUND, STALE_ETAG and those of the model."""
    cleanup = await _change(tx, id_, etag)
    return await _save(tx, model.dispatch(cleanup, crew, tx.now), events.dispatched)


async def complete(tx: Transaction, id_: str, etag: str, note: str, photos: tuple[str, ...]) -> Cleanup:
    """Completes a clean-up; the complaint resolves when the event arrives. Errors as above."""
    cleanup = await _change(tx, id_, etag)
    return await _save(tx, model.complete(cleanup, note, photos, tx.now), events.completed)


async def abandon(tx: Transaction, id_: str, etag: str, reason: str) -> Cleanup:
    """Gives a clean-up back to the agency. Errors as above."""
    cleanup = await _change(tx, id_, etag)
    return await _save(tx, model.abandon(cleanup, reason, tx.now), events.abandoned)


async def want(tx: Transaction, wanted: Cleanup) -> None:
    """A complaint needs cleaning up: opens a job, or brings the one that is there up to date."""
    found = await store.live(tx, wanted.complaint_id)
    if found is None:
        version = await store.last_version(tx, wanted.complaint_id) + 1
        city = tx.runtime.city
        await _save(tx, replace(wanted, version=version), lambda cleanup: events.opened(cleanup, city))
        return
    fresh = replace(
        found,
        category=wanted.category,
        area=wanted.area,
        lon=wanted.lon,
        lat=wanted.lat,
        agency=wanted.agency,
        due_at=wanted.due_at,
        secret=wanted.secret,
    )
    if fresh != found:
        await store.save(tx, replace(fresh, version=found.version + 1, updated_at=tx.now))


async def drop(tx: Transaction, complaint_id: str) -> None:
    """A complaint no longer needs cleaning up: its job, if one waits or runs, is cancelled."""
    found = await store.live(tx, complaint_id)
    if found is not None:
        await store.save(tx, model.cancel(found, tx.now))


async def last(tx: Transaction, code: str) -> Cleanup | None:
    """The newest job of a complaint's code, whoever asks."""
    return await store.by_complaint(tx, code)


def draft(tx: Transaction, complaint_id: str, code: str, category: str, agency: str) -> Cleanup:
    """A new job, to be filled in and handed to ``want``."""
    return Cleanup(
        id=uuid7(),
        version=0,
        state=State.OPEN,
        complaint_id=complaint_id,
        complaint=code,
        category=category,
        area="",
        lon=None,
        lat=None,
        agency=agency,
        due_at=None,
        created_at=tx.now,
        updated_at=tx.now,
    )


async def _change(tx: Transaction, id_: str, etag: str) -> Cleanup:
    known = _uuid(id_)
    cleanup = _within(tx, await store.by_id(tx, known, lock=True) if known else None)
    if etag.strip('"') != str(cleanup.version):
        raise stale()
    return cleanup


async def _save(tx: Transaction, cleanup: Cleanup, event: Callable[[Cleanup], Message]) -> Cleanup:
    await store.save(tx, cleanup)
    tx.emit(
        event(cleanup),
        aggregate=cleanup.complaint_id,
        version=cleanup.version,
        correlation=cleanup.complaint_id,
        exercise=cleanup.exercise,
    )
    return cleanup


def _within(tx: Transaction, cleanup: Cleanup | None) -> Cleanup:
    """Another agency's job does not exist for an officer."""
    if cleanup is None or (tx.scope is not Scope.ANY and tx.caller.agency != cleanup.agency):
        raise _unknown()
    return cleanup


def _unknown() -> DomainError:
    return not_found("CLEANUP_NOT_FOUND", "There is no such clean-up for you; the list is at /v1/cleanups.", field="id")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
