"""What falls due by itself: payments in doubt are asked for. The rows say when."""

from services.economy.attempts import AT_ONCE, attempt
from services.economy.payments import store
from services.economy.presentation import actions
from services.kit.runtime import Runtime

_ROUNDS = 20


async def ask(runtime: Runtime) -> None:
    """Asks the acquirer for pending payments in doubt and those whose time is over; takes back what is not wanted."""
    for _ in range(_ROUNDS):
        async with runtime.transaction() as tx:
            doubtful = await store.to_ask(tx, AT_ONCE)
            unwanted = await store.stale_qrs(tx, AT_ONCE)
        await attempt(
            [actions.ask(runtime, payment) for payment in doubtful]
            + [actions.take_back(runtime, payment) for payment in unwanted]
        )
        if max(len(doubtful), len(unwanted)) < AT_ONCE:
            return
