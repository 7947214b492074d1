"""What a mail says when its turn has come, or why it is not sent. Asked at the last moment: since it was queued, its
reader may have said stop, or the seat may be gone.
"""

from functools import partial

from services.kit.database import Transaction
from services.kit.mail.delivering import Made, NotSent
from services.kit.mail.follower import State
from services.kit.mail.keys import Purpose
from services.kit.mail.letters import Letters
from services.kit.mail.queue import MailState
from services.kit.mail.wording import Text
from services.society.course_following import wording
from services.society.course_mails import keys
from services.society.course_mails.model import Follower, Mail, News
from services.society.courses.model import Change, Course
from services.society.seating.model import Enrolment
from services.society.seating.model import State as Seat

LETTERS = Letters(keys.of, "surat/kursus")


def composed(
    tx: Transaction, mail: Mail, one: Follower, enrolment: Enrolment, course: Course, change: Change | None
) -> Made:
    """The message of a mail."""
    city = tx.runtime.city
    if mail.news is News.CONFIRMATION:
        text = LETTERS.confirmation(tx, one, partial(wording.confirmation, city, one.language))
    else:
        text = _news(tx, mail.news, one, enrolment, course, change)
    return LETTERS.message(tx, mail, one, text, city.name_id)


def _news(
    tx: Transaction, news: News, one: Follower, enrolment: Enrolment, course: Course, change: Change | None
) -> Text | NotSent:
    if one.state is not State.CONFIRMED:
        return NotSent(MailState.DROPPED, "FOLLOWING_ENDED")
    if news is News.MOVED_UP and enrolment.state is not Seat.SEATED:
        return NotSent(MailState.OVERTAKEN, "SEAT_GONE")
    if news is News.CERTIFIED and not enrolment.certificate:
        return NotSent(MailState.OVERTAKEN, "CERTIFICATE_GONE")
    link = f"{tx.runtime.settings.portal}/sosial/kursus-saya/{enrolment.id}"
    waits, stop = enrolment.state is Seat.WAITING, LETTERS.link(tx, Purpose.END, one)
    return wording.news(tx.runtime.city, one.language, news, course, change, link, stop, waits=waits)
