"""Sends the mails that are due, as ``kit/mail/delivering.py`` does."""

from collections.abc import Callable, Sequence

from observability import semconv
from services.kit.database import Transaction
from services.kit.mail import delivering
from services.kit.mail.delivering import Delivery, Made
from services.kit.runtime import Runtime
from services.society.following import actions, composing, keys, model, queue, store
from services.society.following.model import Mail, Why
from services.society.proposals import store as proposals


async def deliver(runtime: Runtime) -> None:
    """Sends all that is due. Without a mail server mails wait until they help nobody any more."""
    await delivering.deliver(runtime, _DELIVERY, open_=keys.is_open(runtime))


async def _writing(tx: Transaction, mails: Sequence[Mail]) -> Callable[[Mail], Made | None]:
    followers = await store.by_ids(tx, {mail.follower for mail in mails})
    steps = await proposals.steps_by_ids(tx, {mail.step for mail in mails if mail.step})
    wanted = {one.proposal for one in followers.values()} | {one.proposal for one in steps.values()}
    about = await proposals.by_ids(tx, wanted)

    def write(mail: Mail) -> Made | None:
        one, step = followers.get(mail.follower), steps.get(mail.step) if mail.step else None
        if one is None:
            return None
        return composing.composed(tx, mail, one, about[step.proposal if step else one.proposal], step)

    return write


async def _undeliverable(tx: Transaction, mail: Mail) -> None:
    """Nobody has this address: it is erased."""
    one = await store.get(tx, mail.follower)
    if one is not None:
        await actions.stop(tx, one, Why.UNDELIVERABLE)


_DELIVERY = Delivery(
    queue.MAILS, _writing, lambda mail: mail.follower, _undeliverable, semconv.FOLLOWER_MAILS, model.EXPIRY
)
