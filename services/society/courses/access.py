"""Which courses somebody may see and change."""

from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import forbidden, not_found
from services.kit.rpc import etag as etags
from services.society.courses import store
from services.society.courses.model import Course, State


async def known(tx: Transaction, id_: str, *, lock: bool = False) -> Course:
    """One that the caller may see. Errors: COURSE_NOT_FOUND, also for drafts of others."""
    parsed = ids.parse(id_)
    found = await store.get(tx, parsed, lock=lock) if parsed else None
    if found is None or (found.state is State.DRAFT and not tx.allows(found.agency)):
        raise not_found("COURSE_NOT_FOUND", "There is no such course; the list is at /v1/courses.", field="course")
    return found


async def ours(tx: Transaction, id_: str, *, lock: bool = False) -> Course:
    """One of the caller's agency. Errors: COURSE_NOT_FOUND, NOT_YOURS."""
    found = await known(tx, id_, lock=lock)
    require_office(tx, found)
    return found


async def changeable(tx: Transaction, id_: str, etag: str) -> Course:
    """The same, locked, as the caller saw it. Errors: as ``ours``, ETAG_REQUIRED, STALE_ETAG."""
    found = await ours(tx, id_, lock=True)
    etags.require(etag, found.version)
    return found


def require_office(tx: Transaction, course: Course) -> None:
    """Lets only the agency that offers it pass. Errors: FORBIDDEN NOT_YOURS."""
    if not tx.allows(course.agency):
        raise forbidden("NOT_YOURS", "Only the agency that offers the course can do this.")
