"""What a mail says when its turn has come, or why it is not sent. Asked at the last moment: since it was queued, its
reader may have said stop, or the seat may be gone.
"""

from email.message import EmailMessage
from email.utils import formataddr

from services.kit.database import Transaction
from services.kit.mail import messages
from services.kit.mail.delivering import NotSent
from services.kit.mail.keys import Purpose
from services.kit.mail.queue import MailState
from services.kit.mail.sealing import UnreadableError
from services.kit.mail.wording import Text
from services.society.course_following import keys, wording
from services.society.course_mails import model
from services.society.course_mails.model import Follower, Mail, News, State
from services.society.courses.model import Change, Course
from services.society.seating.model import Enrolment
from services.society.seating.model import State as Seat

PATHS = {Purpose.CONFIRM: "konfirmasi", Purpose.END: "berhenti"}


def composed(
    tx: Transaction, mail: Mail, one: Follower, enrolment: Enrolment, course: Course, change: Change | None
) -> EmailMessage | NotSent:
    """The message of a mail."""
    if mail.news is News.CONFIRMATION:
        text = _confirmation(tx, one)
    else:
        text = _news(tx, mail.news, one, enrolment, course, change)
    if isinstance(text, NotSent):
        return text
    settings = tx.runtime.settings
    try:
        recipient = keys.of(tx.runtime).unseal(one.id, one.sealed)
    except UnreadableError:  # of another secret; the others of the batch must not wait for it
        return NotSent(MailState.DROPPED, "ADDRESS_UNREADABLE")
    return messages.automatic(
        mail.id,
        text.subject,
        text.body,
        sender=formataddr((tx.runtime.city.name_id, settings.mail_sender)),
        recipient=recipient,
        host=settings.mail_host,
        created=mail.created_at,
        stop=_link(tx, Purpose.END, one),
    )


def _news(
    tx: Transaction, news: News, one: Follower, enrolment: Enrolment, course: Course, change: Change | None
) -> Text | NotSent:
    if one.state is not State.CONFIRMED:
        return NotSent(MailState.DROPPED, "FOLLOWING_ENDED")
    if news is News.MOVED_UP and enrolment.state is not Seat.SEATED:
        return NotSent(MailState.OVERTAKEN, "SEAT_GONE")
    if news is News.CERTIFIED and not enrolment.certificate:
        return NotSent(MailState.OVERTAKEN, "CERTIFICATE_GONE")
    link = f"{_base(tx)}/sosial/kursus-saya/{enrolment.id}"
    return wording.news(
        tx.runtime.city, one.language, news, course, change.reason if change else "", link, _link(tx, Purpose.END, one)
    )


def _confirmation(tx: Transaction, one: Follower) -> Text | NotSent:
    if not one.fresh(tx.now):
        return NotSent(MailState.DROPPED, "FOLLOWER_NOT_WAITING")
    return wording.confirmation(
        tx.runtime.city,
        one.language,
        confirm=_link(tx, Purpose.CONFIRM, one),
        stop=_link(tx, Purpose.END, one),
        days=model.LINK_LIFE.days,
    )


def _link(tx: Transaction, purpose: Purpose, one: Follower) -> str:
    return f"{_base(tx)}/surat/kursus/{PATHS[purpose]}/{keys.of(tx.runtime).token(purpose, one.id)}"


def _base(tx: Transaction) -> str:
    base: str = tx.runtime.settings.public_url
    return base.rstrip("/")
