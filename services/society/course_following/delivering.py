"""How the mails that are due are sent, by ``kit/mail/delivering.py``."""

from collections.abc import Callable, Sequence

from observability import semconv
from services.kit.database import Transaction
from services.kit.mail.delivering import Delivery, Made
from services.society.course_following import composing
from services.society.course_following.actions import FOLLOWING
from services.society.course_mails import model, queue, store
from services.society.course_mails.model import Mail
from services.society.courses import store as courses
from services.society.seating import store as seats


async def _writing(tx: Transaction, mails: Sequence[Mail]) -> Callable[[Mail], Made | None]:
    followers = await store.FOLLOWERS.by_ids(tx, {mail.follower for mail in mails})
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


DELIVERY = Delivery(
    queue.MAILS, _writing, lambda mail: mail.follower, FOLLOWING.undeliverable, semconv.COURSE_MAILS, model.EXPIRY
)
