"""Sends the mails that are due, as ``kit/mail/delivering.py`` does."""

from collections.abc import Callable, Sequence

from observability import semconv
from services.environment.resources import resources
from services.environment.subscriptions import actions, composing, model, queue, store
from services.environment.subscriptions.model import Mail, Why
from services.environment.warnings import store as warnings
from services.kit.database import Transaction
from services.kit.mail import delivering
from services.kit.mail.delivering import Delivery, Made, NotSent
from services.kit.mail.queue import MailState
from services.kit.runtime import Runtime


async def deliver(runtime: Runtime) -> None:
    """Sends all that is due. Without a mail server mails wait until they help nobody any more."""
    await delivering.deliver(runtime, _DELIVERY, open_=resources(runtime).subscription_secret is not None)


async def _writing(tx: Transaction, mails: Sequence[Mail]) -> Callable[[Mail], Made | None]:
    subscribed = await store.by_ids(tx, {mail.subscription for mail in mails})
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


async def _undeliverable(tx: Transaction, mail: Mail) -> None:
    """Nobody has this address: it is erased."""
    one = await store.get(tx, mail.subscription)
    if one is not None:
        await actions.stop(tx, one, Why.UNDELIVERABLE)


_DELIVERY = Delivery(
    queue.MAILS, _writing, lambda mail: mail.subscription, _undeliverable, semconv.WARNING_MAILS, model.EXPIRY, _ended
)
