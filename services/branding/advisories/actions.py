"""What can be done with advisories: one function per use case."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.branding.advisories import events, model, store
from services.branding.advisories.model import Advisory, Level, Origin, State
from services.branding.city_events import access
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import forbidden, invalid, not_found
from services.kit.rpc import etag as etags


class Said(NamedTuple):
    """What an advisory says, and where."""

    level: Level
    text: str
    text_en: str
    areas: tuple[str, ...] = ()
    destination: UUID | None = None
    ends_at: datetime | None = None


async def active(tx: Transaction) -> list[Advisory]:
    """Those that hold, the newest first."""
    return await store.active(tx)


async def create(tx: Transaction, said: Said) -> Advisory:
    """Officers tell visitors something. Errors: EVENT_OFFICE_ONLY, AREA_UNKNOWN and those of the model."""
    _office(tx)
    for code in said.areas:
        if tx.runtime.city.area(code) is None:
            raise invalid("AREA_UNKNOWN", "No area of the city has this code.", field="areas")
    made = _new(tx, Origin.OFFICERS, "", said, by=tx.caller.subject)
    model.check(made, tx.now)
    await _save(tx, made)
    return made


async def end(tx: Transaction, id_: str, etag: str) -> Advisory:
    """It is over. Errors: EVENT_OFFICE_ONLY, ADVISORY_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG, ADVISORY_ENDED."""
    _office(tx)
    known = ids.parse(id_)
    before = await store.get(tx, known, lock=True) if known else None
    if before is None:
        raise not_found("ADVISORY_NOT_FOUND", "There is no such advisory; the list is at /v1/advisories.", field="id")
    etags.require(etag, before.version)
    done = model.ended(before, tx.now, by_hand=True)
    await _save(tx, done)
    return done


async def follow(
    tx: Transaction, origin: Origin, source: str, said: Said | None, *, exercise: bool = False, story: str = ""
) -> None:
    """What came by itself says something else now; None: it is over. What officers ended is told anew only where it is
    graver than that, or was over in between; what is told anew follows its source again.
    """
    before = await store.of_source(tx, origin, source)
    if said is None:
        if before is not None and before.state is State.ACTIVE:
            await _save(tx, model.ended(before, tx.now))
        elif before is not None and before.by_hand:
            await store.save(tx, replace(before, by_hand=False))
        return
    if before is not None and model.stays_ended(before, said.level):
        return
    if before is None or before.state is State.ENDED:
        await _save(tx, _new(tx, origin, source, said, exercise=exercise, story=story))
        return
    after = replace(
        before, level=said.level, text=said.text, text_en=said.text_en, areas=said.areas, ends_at=said.ends_at
    )  # fmt: skip
    if after != before:
        await _save(tx, replace(after, version=before.version + 1, updated_at=tx.now))


async def expire(tx: Transaction) -> int:
    """Ends those whose time is over; answers with how many they were."""
    found: Sequence[Advisory] = await store.over(tx)
    for one in found:
        await _save(tx, model.ended(one, tx.now))
    return len(found)


async def _save(tx: Transaction, one: Advisory) -> None:
    """Saves it, and tells of it."""
    await store.save(tx, one)
    event = events.given(one, tx.runtime.city) if one.state is State.ACTIVE else events.ended(one)
    story = one.story or str(one.id)  # which the version before did not know
    tx.emit(event, aggregate=str(one.id), version=one.version, correlation=story, exercise=one.exercise)


def _new(
    tx: Transaction, origin: Origin, source: str, said: Said, *, exercise: bool = False, by: str = "", story: str = ""
) -> Advisory:  # fmt: skip
    identity = ids.uuid7()
    return Advisory(
        id=identity,
        version=1,
        state=State.ACTIVE,
        origin=origin,
        source=source,
        level=said.level,
        text=said.text,
        text_en=said.text_en,
        destination=said.destination,
        areas=said.areas,
        exercise=exercise,
        by=by,
        story=story or str(identity),
        created_at=tx.now,
        updated_at=tx.now,
        ends_at=said.ends_at,
    )


def _office(tx: Transaction) -> None:
    if not access.publishes(tx):
        message = "Only officers of the office that answers for events and destinations do this (events.toml)."
        raise forbidden("EVENT_OFFICE_ONLY", message)
