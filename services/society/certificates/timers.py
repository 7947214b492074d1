"""What falls due by itself: courses that nobody finished are, and who attended enough has a certificate."""

from uuid import UUID

import structlog

from observability.telemetry import span
from services.kit.errors import is_transient
from services.kit.runtime import Runtime
from services.society.certificates import actions
from services.society.courses import store as courses
from services.society.terms.profile import Terms, terms_of

_MOST = 200
_log = structlog.get_logger()


async def due(runtime: Runtime) -> None:
    """Finishes them, a course a transaction. One that fails is logged and tried again in the next round."""
    known = terms_of(runtime.city)
    if known is None or not await courses.anything_over(runtime, runtime.clock() - known.finish):
        return
    failed: list[UUID] = []
    for _ in range(_MOST):
        if not await _one(runtime, known, failed):
            return


async def _one(runtime: Runtime, known: Terms, failed: list[UUID]) -> bool:
    found: UUID | None = None
    try:
        with span("course due"):
            async with runtime.transaction() as tx:
                course = await courses.over(tx, tx.now - known.finish, failed)
                if course is None:
                    return False
                found = course.id
                await actions.finish(tx, course)
    except Exception as error:
        if found is None or is_transient(error):
            raise
        _log.exception("a course that is over cannot be finished", course=str(found))
        failed.append(found)
    return True
