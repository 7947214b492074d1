"""What falls due by itself: the acquirer is asked again for what it is to give or send back. The rows say when."""

from services.economy.attempts import AT_ONCE, attempt
from services.economy.refunds import actions, store
from services.economy.suspense import actions as suspense
from services.economy.suspense import store as suspended
from services.kit.runtime import Runtime


async def send(runtime: Runtime) -> None:
    """Asks the acquirer again for refunds and returns of which it has not told what became of them."""
    async with runtime.transaction() as tx:
        refunding = await store.processing(tx, AT_ONCE)
        returning = await suspended.returning(tx, AT_ONCE)
    await attempt([actions.send(runtime, id_) for id_ in refunding])
    await attempt([suspense.send_back(runtime, id_) for id_ in returning])
