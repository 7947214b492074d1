"""What falls due by itself: ballots that officers have had counted are counted."""

import asyncio

from services.kit.mail.sealing import UnreadableError
from services.kit.runtime import Runtime
from services.society.box.envelopes import EnvelopeError
from services.society.results import actions, opening


async def count(runtime: Runtime) -> None:
    """Counts one; the next look counts the next.

    A large box is opened for minutes: no transaction waits for that, since the database ends those that say nothing.
    """
    async with runtime.transaction() as tx:
        taken = await actions.take_out(tx)
    if taken is None:
        return
    try:
        done = await asyncio.to_thread(opening.opened, *taken)
        async with runtime.transaction() as tx:
            await actions.keep(tx, taken, done)
    except (EnvelopeError, UnreadableError) as error:
        actions.disagrees(taken.ballot, type(error).__name__)
