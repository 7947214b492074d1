"""Sends the mails that are due, as ``kit/mail/delivering.py`` does."""

from collections.abc import Callable, Sequence

from observability import semconv
from services.kit.database import Transaction
from services.kit.mail import delivering
from services.kit.mail.delivering import Delivery, Made
from services.kit.runtime import Runtime
from services.society.course_following import actions, composing, keys
from services.society.course_mails import model, queue, store
from services.society.course_mails.model import Mail, Why
from services.society.courses import store as courses
from services.society.seating import store as seats


async def deliver(runtime: Runtime) -> None:
    """Sends all that is due. Without a mail server mails wait until they help nobody any more."""
    await delivering.deliver(runtime, _DELIVERY, open_=keys.is_open(runtime))


async def _writing(tx: Transaction, mails: Sequence[Mail]) -> Callable[[Mail], Made | None]:
    followers = await store.by_ids(tx, {mail.follower for mail in mails})
    enrolled = await seats.by_ids(tx, {one.enrolment for one in followers.values()})
    about = await courses.several(tx, {one.course for one in followers.values()})
    changes = await courses.changes_by_ids(tx, {mail.change for mail in mails if mail.change})

    def write(mail: Mail) -> Made | None:
        one = followers.get(mail.follower)
        if one is None:
            return None
        change = changes.get(mail.change) if mail.change else None
        return composing.composed(tx, mail, one, enrolled[one.enrolment], about[one.course], change)

    return write


async def _undeliverable(tx: Transaction, mail: Mail) -> None:
    """Nobody has this address: it is erased."""
    one = await store.get(tx, mail.follower)
    if one is not None:
        await actions.stop(tx, one, Why.UNDELIVERABLE)


_DELIVERY = Delivery(
    queue.MAILS, _writing, lambda mail: mail.follower, _undeliverable, semconv.COURSE_MAILS, model.EXPIRY
)
