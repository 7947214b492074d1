"""What can be done with courses before anybody is enrolled: one function per use case."""

from dataclasses import replace
from uuid import UUID

from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import forbidden, invalid
from services.society.courses import access, events, model, store
from services.society.courses.model import Change, Course, Plan, State
from services.society.terms import profile


async def create(tx: Transaction, plan: Plan) -> Course:
    """Writes the draft of one. Errors: COURSES_OFF, NOT_YOURS and those of the model."""
    if tx.caller.agency not in profile.required(tx.runtime.city).agencies:
        raise forbidden("NOT_YOURS", "Your agency offers no courses; the city's profile says which do.")
    made = model.drafted(ids.uuid7(), tx.caller.agency, plan, tx.now)
    await store.add(tx, made)
    return made


async def page(tx: Transaction, state: State, agency: str, size: int, token: str) -> Page[Course]:
    """Those in a state; drafts of the caller's agency alone.

    Errors: NOT_YOURS, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    if state is State.DRAFT:
        if tx.agency is None:
            raise forbidden("NOT_YOURS", "Drafts are for the agency that writes them.")
        agency = tx.agency or agency
    return await store.page(tx, state, agency, size, token)


async def discard(tx: Transaction, id_: str, etag: str) -> UUID:
    """Throws a draft away; its id. Errors: those of ``DeleteCourse``."""
    before = await access.changeable(tx, id_, etag)
    model.require_draft(before)
    await store.remove(tx, before.id)
    return before.id


async def publish(tx: Transaction, id_: str, etag: str) -> Course:
    """Makes it public. Errors: those of ``PublishCourse``."""
    before = await access.changeable(tx, id_, etag)
    profile.required(tx.runtime.city)
    done = model.published(before, tx.now)
    await store.save(tx, done)
    await note(tx, done, "")
    event = events.published(tx.runtime.city, done)
    tx.emit(event, aggregate=str(done.id), version=done.version, correlation=str(done.id))
    return done


async def note(tx: Transaction, course: Course, reason: str, before: Course | None = None) -> Change:
    """Keeps what happened, for all who are enrolled, and how the course was ``before`` it was written anew."""
    made = Change(ids.uuid7(), course.id, course.state, reason, tx.caller.subject, tx.now)
    if before is not None:
        made = replace(
            made, venue_before=before.venue, area_before=before.area, session_starts_before=before.session_starts,
            session_ends_before=before.session_ends,
        )  # fmt: skip
    await store.note(tx, made)
    return made


def placed(tx: Transaction, area: str, lon: float | None, lat: float | None) -> str:
    """The area of a venue: by its point, else as named. Errors: AREA_UNKNOWN."""
    city = tx.runtime.city
    found = city.locate(lon, lat) if lon is not None and lat is not None else city.area(area)
    if found is None or not found.is_lowest:
        message = "Name a kelurahan or desa of the city by its Kemendagri code, or a point within it."
        raise invalid("AREA_UNKNOWN", message, field="area")
    return found.code
