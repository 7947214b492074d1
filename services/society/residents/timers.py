"""What falls due by itself: declarations that nobody came with, and those that ended long ago, are erased."""

from datetime import timedelta

from services.kit.runtime import Runtime
from services.society.registration.profile import office_of
from services.society.residents import store


async def forget(runtime: Runtime) -> None:
    """Erases what the city's terms keep no longer."""
    office = office_of(runtime.city)
    more = office is not None
    while more and office is not None:
        async with runtime.transaction() as tx:
            waiting, ended = timedelta(days=office.waiting_days), timedelta(days=office.kept_days)
            more = await store.forget(tx, tx.now - waiting, tx.now - ended)
