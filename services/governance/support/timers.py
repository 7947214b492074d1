"""What is known of addresses and networks goes when it has served."""

from datetime import timedelta

from services.governance.mailing import actions as mailing
from services.governance.mailing import store as addresses
from services.governance.support import store
from services.kit.runtime import Runtime

_KEPT = timedelta(days=2)


async def forget(runtime: Runtime) -> None:
    """Forgets networks of joinings, and counts of mails, of earlier days."""
    async with runtime.transaction() as tx:
        await store.forget_networks(tx, tx.now - _KEPT)
        await addresses.forget(tx, mailing.today(tx) - _KEPT)
