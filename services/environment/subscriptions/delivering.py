"""How the mails that are due are sent, by ``kit/mail/delivering.py``."""

from collections.abc import Callable, Sequence

from observability import semconv
from services.environment.subscriptions import composing, model, queue, store
from services.environment.subscriptions.actions import FOLLOWING
from services.environment.subscriptions.model import Mail
from services.environment.warnings import store as warnings
from services.kit.database import Transaction
from services.kit.mail.delivering import Delivery, Made, NotSent
from services.kit.mail.queue import MailState


async def _writing(tx: Transaction, mails: Sequence[Mail]) -> Callable[[Mail], Made | None]:
    subscribed = await store.SUBSCRIPTIONS.by_ids(tx, {mail.subscription for mail in mails})
    told = await warnings.by_ids(tx, {mail.warning for mail in mails if mail.warning})

    def write(mail: Mail) -> Made | None:
        one = subscribed.get(mail.subscription)
        return composing.composed(tx, mail, one, told.get(mail.warning) if mail.warning else None) if one else None

    return write


async def _ended(tx: Transaction, mail: Mail, made: NotSent) -> None:
    """Where newer news go in its place they are queued, and so end this one."""
    if made.state is MailState.OVERTAKEN and mail.warning is not None:
        warning = (await warnings.by_ids(tx, {mail.warning})).get(mail.warning)
        if warning is not None:
            await queue.tell(tx, warning.id, warning.messages, [mail.subscription])


DELIVERY = Delivery(
    queue.MAILS,
    _writing,
    lambda mail: mail.subscription,
    FOLLOWING.undeliverable,
    semconv.WARNING_MAILS,
    model.EXPIRY,
    _ended,
)
