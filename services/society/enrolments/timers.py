"""What falls due by itself: names are erased when their time has come."""

from services.kit.runtime import Runtime
from services.society.attendance import store as attendance
from services.society.seating import store


async def forget(runtime: Runtime) -> None:
    """Erases them, and words on them; attendance and certificates stay, of nobody."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            found = await store.forget(tx, tx.now)
            await attendance.forget_notes(tx, found)
            more = len(found) == store.FORGOTTEN
