"""What can be done with a clean-up: one function per use case."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from google.protobuf.message import Message

from observability import semconv
from observability.telemetry import current_span
from services.environment.cleanups import events, model, store
from services.environment.cleanups.model import Cleanup, Need, State
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import not_found
from services.kit.rpc import etag as etags


async def get(tx: Transaction, name: str) -> Cleanup:
    """A clean-up by its id, or the newest of a complaint by its code. Errors: CLEANUP_NOT_FOUND."""
    known = ids.parse(name)
    if known:
        return _within(tx, await store.by_id(tx, known))
    code = model.complaint_code(name)
    found = await store.by_code(tx, code, tx.agency) if code and tx.agency is not None else None
    return _within(tx, found)


async def page(tx: Transaction, states: Sequence[State], complaint: str, size: int, token: str) -> Page[Cleanup]:
    """Clean-ups in these states (none: what is to be done), the soonest due first. Officers see their agency's.

    Errors: INVALID PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    code = model.complaint_code(complaint) if complaint else ""
    if tx.agency is None or (complaint and not code):
        return Page([])
    return await store.page(tx, states, code, tx.agency, size, token)


async def dispatch(tx: Transaction, id_: str, etag: str, crew: str) -> Cleanup:
    """Sends a crew. Errors: CLEANUP_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG and those of the model."""
    cleanup = await _locked(tx, id_, etag)
    return await _save(tx, model.dispatch(cleanup, crew, tx.now), events.dispatched)


async def complete(tx: Transaction, id_: str, etag: str, note: str, photos: Sequence[str]) -> Cleanup:
    """Completes a clean-up; the complaint resolves when the event arrives. Errors as above."""
    cleanup = await _locked(tx, id_, etag)
    return await _save(tx, model.complete(cleanup, note, photos, tx.now), events.completed)


async def take_along(tx: Transaction, id_: UUID, agency: str, crew: str) -> None:
    """A truck of an agency was there on its round: a job of the agency that still waits has a crew. It is completed
    with photos, as all are. A job that has gone to another agency meanwhile is that one's."""
    cleanup = await store.by_id(tx, id_, lock=True)
    if cleanup is not None and cleanup.agency == agency and cleanup.state is State.OPEN:
        await _save(tx, model.dispatch(cleanup, crew, tx.now), events.dispatched)


async def leave(tx: Transaction, id_: UUID, agency: str, crew: str) -> None:
    """The truck was not there, for all that was told: the job that has it as its crew waits for one again."""
    cleanup = await store.by_id(tx, id_, lock=True)
    if cleanup is not None and (cleanup.agency, cleanup.crew) == (agency, crew) and cleanup.state is State.DISPATCHED:
        await _save(tx, model.wait(cleanup, tx.now), lambda left: events.opened(left, tx.runtime.city))


async def abandon(tx: Transaction, id_: str, etag: str, reason: str) -> Cleanup:
    """Gives a clean-up back; of a cancelled one it says that its crew was called back. Errors as above."""
    cleanup = await _locked(tx, id_, etag)
    if cleanup.recall:
        called = model.call_back(cleanup, reason, tx.now)
        await store.save(tx, called)
        return called
    return await _save(tx, model.abandon(cleanup, reason, tx.now), events.abandoned)


async def want(tx: Transaction, need: Need) -> None:
    """A complaint needs cleaning up: opens a job, or brings the one that is there up to date."""
    found = await store.live(tx, need.complaint_id)
    if found is not None and model.can_follow(found, need):
        fresh = model.follow(found, need, tx.now)
        if fresh is not found:
            await store.save(tx, fresh)
        return
    if found is not None:
        await store.save(tx, model.cancel(found, tx.now))
    opened = model.open_for(need, ids.uuid7(), await store.last(tx, need.complaint_id), tx.now)
    city = tx.runtime.city
    await _save(tx, opened, lambda cleanup: events.opened(cleanup, city))


async def keep_pace(tx: Transaction, complaint_id: str, due_at: datetime | None, *, waiting: bool) -> None:
    """A complaint waits for its reporter, or goes on: its job does so too, and is due when it is."""
    found = await store.live(tx, complaint_id)
    if found is not None and (fresh := model.keep_pace(found, due_at, tx.now, waiting=waiting)) is not found:
        await store.save(tx, fresh)


async def drop(tx: Transaction, complaint_id: str) -> None:
    """A complaint no longer needs cleaning up: its job, if one waits or runs, is cancelled."""
    found = await store.live(tx, complaint_id)
    if found is not None:
        await store.save(tx, model.cancel(found, tx.now))


async def _locked(tx: Transaction, id_: str, etag: str) -> Cleanup:
    known = ids.parse(id_)
    cleanup = _within(tx, await store.by_id(tx, known, lock=True) if known else None)
    etags.require(etag, cleanup.version)
    return cleanup


async def _save(tx: Transaction, cleanup: Cleanup, event: Callable[[Cleanup], Message]) -> Cleanup:
    await store.save(tx, cleanup)
    current_span().set(semconv.CASE_CODE, cleanup.complaint)
    tx.emit(
        event(cleanup),
        aggregate=cleanup.complaint_id,  # so that governance gets all that concerns one case in order
        version=cleanup.version,
        correlation=cleanup.correlation,
        exercise=cleanup.exercise,
    )
    return cleanup


def _within(tx: Transaction, cleanup: Cleanup | None) -> Cleanup:
    """Another agency's job does not exist for an officer."""
    if cleanup is None or not tx.allows(cleanup.agency):
        message = "There is no such clean-up for you; the list is at /v1/cleanups."
        raise not_found("CLEANUP_NOT_FOUND", message, field="id")
    return cleanup
