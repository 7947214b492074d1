"""What a mail says when its turn has come, or why it is not sent. Asked at the last moment: since it was queued, its
warning may have changed or ended, or its reader may have said stop.
"""

from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formataddr

from services.environment.bulletins import actions as bulletins
from services.environment.criteria.profile import criteria_of
from services.environment.subscriptions import keys, model, wording
from services.environment.subscriptions.model import Mail, State, Subscription, Turn
from services.environment.subscriptions.wording import News
from services.environment.warnings import actions as warnings
from services.environment.warnings.model import FloodWarning
from services.kit.database import Transaction
from services.kit.mail import messages
from services.kit.mail.delivering import NotSent
from services.kit.mail.keys import Purpose
from services.kit.mail.queue import MailState
from services.kit.mail.sealing import UnreadableError
from services.kit.mail.wording import Text

TAGS = {"id": "id-ID", "en": "en-GB"}
PATHS = {Purpose.CONFIRM: "konfirmasi", Purpose.END: "berhenti"}


def composed(
    tx: Transaction, mail: Mail, one: Subscription, warning: FloodWarning | None
) -> EmailMessage | NotSent:  # fmt: skip
    """The message of a mail to a subscription; ``warning`` is None for a confirmation, and where there is no such."""
    text = _confirmation(tx, one) if mail.warning is None else _warning(tx, mail, one, warning)
    if isinstance(text, NotSent):
        return text
    settings, name = tx.runtime.settings, criteria_of(tx.runtime.city).sender_name
    try:
        recipient = keys.of(tx.runtime).unseal(one.id, one.sealed)
    except UnreadableError:  # of another secret; the others of the batch must not wait for it
        return NotSent(MailState.DROPPED, "ADDRESS_UNREADABLE")
    return messages.automatic(
        mail.id,
        text.subject,
        text.body,
        sender=formataddr((name, settings.mail_sender)),
        recipient=recipient,
        host=settings.mail_host,
        created=mail.created_at,
        stop=_link(tx, Purpose.END, one),
    )


def _warning(tx: Transaction, mail: Mail, one: Subscription, warning: FloodWarning | None) -> Text | NotSent:
    if one.state is not State.CONFIRMED:
        return NotSent(MailState.DROPPED, "SUBSCRIPTION_ENDED")
    turn = model.turn(mail.number, warning, tx.now)
    if warning is None or turn is Turn.OVER:
        return NotSent(MailState.DROPPED, "WARNING_OVER")
    areas = model.concerned(one.areas, warning)
    if not areas:
        return NotSent(MailState.DROPPED, "AREA_NOT_WANTED")
    return NotSent(MailState.OVERTAKEN) if turn is Turn.OVERTAKEN else _news(tx, one, warning, areas)


def _news(tx: Transaction, one: Subscription, warning: FloodWarning, areas: Sequence[str]) -> Text:
    city, told = tx.runtime.city, warnings.told(warning)
    news = News(
        told.step,
        told.level,
        areas,
        told.expires_at,
        words=next(each for each in bulletins.in_words(city, told) if each.language == TAGS[one.language]),
        link=f"{_base(tx)}/lingkungan/peringatan/{warning.id}",
        stop=_link(tx, Purpose.END, one),
    )
    return wording.warning(city, criteria_of(city), one.language, news)


def _confirmation(tx: Transaction, one: Subscription) -> Text | NotSent:
    if not one.fresh(tx.now):
        return NotSent(MailState.DROPPED, "SUBSCRIPTION_NOT_WAITING")
    city = tx.runtime.city
    return wording.confirmation(
        city,
        criteria_of(city),
        one.language,
        one.areas,
        confirm=_link(tx, Purpose.CONFIRM, one),
        stop=_link(tx, Purpose.END, one),
        days=model.LINK_LIFE.days,
    )


def _link(tx: Transaction, purpose: Purpose, one: Subscription) -> str:
    return f"{_base(tx)}/surat/peringatan/{PATHS[purpose]}/{keys.of(tx.runtime).token(purpose, one.id)}"


def _base(tx: Transaction) -> str:
    base: str = tx.runtime.settings.public_url
    return base.rstrip("/")
