"""What a mail says when its turn has come, or why it is not sent. Asked at the last moment: since it was queued, its
reader may have said stop, or the permit may be extended already, or hold no longer.
"""

from functools import partial

from services.economy.permit_following import keys, wording
from services.economy.permit_mails.model import Follower, Mail, News
from services.economy.permits import kinds
from services.economy.permits.model import HOLDING, Permit
from services.kit.database import Transaction
from services.kit.mail.delivering import Made, NotSent
from services.kit.mail.follower import State
from services.kit.mail.keys import Purpose
from services.kit.mail.letters import Letters
from services.kit.mail.queue import MailState
from services.kit.mail.wording import Text

LETTERS = Letters(keys.of, "surat/izin", act="perpanjang")


def composed(tx: Transaction, mail: Mail, one: Follower, permit: Permit, *, extended: bool) -> Made:
    """The message of a mail."""
    city = tx.runtime.city
    if mail.news is News.CONFIRMATION:
        text = LETTERS.confirmation(tx, one, partial(wording.confirmation, city, one.language))
    else:
        text = _ending(tx, one, permit, extended=extended)
    return LETTERS.message(tx, mail, one, text, city.name_id)


def _ending(tx: Transaction, one: Follower, permit: Permit, *, extended: bool) -> Text | NotSent:
    if one.state is not State.CONFIRMED:
        return NotSent(MailState.DROPPED, "FOLLOWING_ENDED")
    if extended:
        return NotSent(MailState.OVERTAKEN, "PERMIT_EXTENDED")
    if permit.state not in HOLDING or permit.last_day is None:
        return NotSent(MailState.OVERTAKEN, "PERMIT_NOT_VALID")
    kind = kinds.of_extension(tx, permit)
    if kind is None:
        return NotSent(MailState.OVERTAKEN, "PERMIT_NOT_EXTENDABLE")
    extend, stop = LETTERS.link(tx, Purpose.ACT, one), LETTERS.link(tx, Purpose.END, one)
    return wording.ending(tx.runtime.city, one.language, kind, permit.last_day, extend=extend, stop=stop)
