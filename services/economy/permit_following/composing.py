"""What a mail says when its turn has come, or why it is not sent. Asked at the last moment: since it was queued, its
reader may have said stop, or the permit may be extended already, or hold no longer.
"""

from email.message import EmailMessage
from email.utils import formataddr

from services.economy.permit_following import keys, wording
from services.economy.permit_kinds import profile
from services.economy.permit_mails import model
from services.economy.permit_mails.model import Follower, Mail, News, State
from services.economy.permits.model import HOLDING, Permit
from services.kit.database import Transaction
from services.kit.mail import messages
from services.kit.mail.delivering import NotSent
from services.kit.mail.keys import Purpose
from services.kit.mail.queue import MailState
from services.kit.mail.sealing import UnreadableError
from services.kit.mail.wording import Text

PATHS = {Purpose.CONFIRM: "konfirmasi", Purpose.END: "berhenti", Purpose.ACT: "perpanjang"}


def composed(tx: Transaction, mail: Mail, one: Follower, permit: Permit, *, extended: bool) -> EmailMessage | NotSent:
    """The message of a mail."""
    confirms = mail.news is News.CONFIRMATION
    text = _confirmation(tx, one) if confirms else _ending(tx, one, permit, extended=extended)
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


def _ending(tx: Transaction, one: Follower, permit: Permit, *, extended: bool) -> Text | NotSent:
    if one.state is not State.CONFIRMED:
        return NotSent(MailState.DROPPED, "FOLLOWING_ENDED")
    if extended:
        return NotSent(MailState.OVERTAKEN, "PERMIT_EXTENDED")
    kind = profile.required(tx.runtime.city).by_id.get(permit.kind)
    if permit.state not in HOLDING or permit.last_day is None or kind is None:
        return NotSent(MailState.OVERTAKEN, "PERMIT_NOT_VALID")
    extend, stop = _link(tx, Purpose.ACT, one), _link(tx, Purpose.END, one)
    return wording.ending(tx.runtime.city, one.language, kind, permit.last_day, extend=extend, stop=stop)


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
    base: str = tx.runtime.settings.public_url
    return f"{base.rstrip('/')}/surat/izin/{PATHS[purpose]}/{keys.of(tx.runtime).token(purpose, one.id)}"
