"""What falls due by itself: courses that nobody finished are, and who attended enough has a certificate."""

from collections.abc import Collection
from uuid import UUID

from services.kit import due as falling
from services.kit.database import Transaction
from services.kit.runtime import Runtime
from services.society.certificates import actions
from services.society.courses import store as courses
from services.society.courses.model import Course
from services.society.terms.profile import of_begun


async def due(runtime: Runtime) -> None:
    """Finishes them."""
    over = of_begun(runtime.city).finish
    if not await courses.anything_over(runtime, runtime.clock() - over):
        return

    async def find(tx: Transaction, but: Collection[UUID]) -> Course | None:
        return await courses.over(tx, tx.now - over, but)

    await falling.each(runtime, "course", find, actions.finish)
