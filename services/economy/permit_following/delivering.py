"""How the mails that are due are sent, by ``kit/mail/delivering.py``."""

from collections.abc import Callable, Sequence

from observability import semconv
from services.economy.permit_following import composing
from services.economy.permit_following.actions import FOLLOWING
from services.economy.permit_mails import model, queue, store
from services.economy.permit_mails.model import Mail
from services.economy.permits import store as permits
from services.kit.database import Transaction
from services.kit.mail.delivering import Delivery, Made


async def _writing(tx: Transaction, mails: Sequence[Mail]) -> Callable[[Mail], Made | None]:
    followers = await store.FOLLOWERS.by_ids(tx, {mail.follower for mail in mails})
    wanted = {one.permit for one in followers.values()}
    about, extended = await permits.by_ids(tx, wanted), await permits.extended(tx, wanted, sent=True)

    def write(mail: Mail) -> Made | None:
        one = followers.get(mail.follower)
        if one is None:
            return None
        return composing.composed(tx, mail, one, about[one.permit], extended=one.permit in extended)

    return write


DELIVERY = Delivery(
    queue.MAILS, _writing, lambda mail: mail.follower, FOLLOWING.undeliverable, semconv.PERMIT_MAILS, model.EXPIRY
)
