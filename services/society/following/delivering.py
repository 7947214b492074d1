"""How the mails that are due are sent, by ``kit/mail/delivering.py``."""

from collections.abc import Callable, Sequence

from observability import semconv
from services.kit.database import Transaction
from services.kit.mail.delivering import Delivery, Made
from services.society.following import composing, model, queue, store
from services.society.following.actions import FOLLOWING
from services.society.following.model import Mail
from services.society.proposals import store as proposals


async def _writing(tx: Transaction, mails: Sequence[Mail]) -> Callable[[Mail], Made | None]:
    followers = await store.FOLLOWERS.by_ids(tx, {mail.follower for mail in mails})
    steps = await proposals.steps_by_ids(tx, {mail.step for mail in mails if mail.step})
    wanted = {one.proposal for one in followers.values()} | {one.proposal for one in steps.values()}
    about = await proposals.by_ids(tx, wanted)

    def write(mail: Mail) -> Made | None:
        one, step = followers.get(mail.follower), steps.get(mail.step) if mail.step else None
        if one is None:
            return None
        return composing.composed(tx, mail, one, about[step.proposal if step else one.proposal], step)

    return write


DELIVERY = Delivery(
    queue.MAILS, _writing, lambda mail: mail.follower, FOLLOWING.undeliverable, semconv.FOLLOWER_MAILS, model.EXPIRY
)
