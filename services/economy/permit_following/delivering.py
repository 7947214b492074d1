"""Sends the mails that are due, as ``kit/mail/delivering.py`` does."""

from collections.abc import Callable, Sequence

from observability import semconv
from services.economy.permit_following import actions, composing, keys
from services.economy.permit_mails import model, queue, store
from services.economy.permit_mails.model import Mail, Why
from services.economy.permits import store as permits
from services.kit.database import Transaction
from services.kit.mail import delivering
from services.kit.mail.delivering import Delivery, Made
from services.kit.runtime import Runtime


async def deliver(runtime: Runtime) -> None:
    """Sends all that is due. Without a mail server mails wait until they help nobody any more."""
    await delivering.deliver(runtime, _DELIVERY, open_=keys.is_open(runtime))


async def _writing(tx: Transaction, mails: Sequence[Mail]) -> Callable[[Mail], Made | None]:
    followers = await store.by_ids(tx, {mail.follower for mail in mails})
    wanted = {one.permit for one in followers.values()}
    about, extended = await permits.by_ids(tx, wanted), await permits.extended(tx, wanted)

    def write(mail: Mail) -> Made | None:
        one = followers.get(mail.follower)
        if one is None:
            return None
        return composing.composed(tx, mail, one, about[one.permit], extended=one.permit in extended)

    return write


async def _undeliverable(tx: Transaction, mail: Mail) -> None:
    """Nobody has this address: it is erased."""
    one = await store.get(tx, mail.follower)
    if one is not None:
        await actions.stop(tx, one, Why.UNDELIVERABLE)


_DELIVERY = Delivery(
    queue.MAILS, _writing, lambda mail: mail.follower, _undeliverable, semconv.PERMIT_MAILS, model.EXPIRY
)
