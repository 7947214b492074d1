"""What falls due by itself: courses that nobody finished are, and who attended enough has a certificate."""

from collections.abc import Collection
from uuid import UUID

from services.kit import due as falling
from services.kit.database import Transaction
from services.kit.runtime import Runtime
from services.society.certificates import actions
from services.society.courses import store as courses
from services.society.courses.model import Course
from services.society.terms.profile import terms_of


async def due(runtime: Runtime) -> None:
    """Finishes them."""
    known = terms_of(runtime.city)
    if known is None or not await courses.anything_over(runtime, runtime.clock() - known.finish):
        return
    over = known.finish

    async def find(tx: Transaction, but: Collection[UUID]) -> Course | None:
        return await courses.over(tx, tx.now - over, but)

    await falling.each(runtime, "course", find, actions.finish)
