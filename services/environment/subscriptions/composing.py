"""What a mail says when its turn has come, or why it is not sent. Asked at the last moment: since it was queued, its
warning may have changed or ended, or its reader may have said stop.
"""

from collections.abc import Sequence
from functools import partial

from services.environment.bulletins import actions as bulletins
from services.environment.criteria.profile import criteria_of
from services.environment.subscriptions import keys, model, wording
from services.environment.subscriptions.model import Mail, Subscription, Turn
from services.environment.subscriptions.wording import News
from services.environment.warnings import actions as warnings
from services.environment.warnings.model import FloodWarning
from services.kit.database import Transaction
from services.kit.mail.delivering import Made, NotSent
from services.kit.mail.follower import State
from services.kit.mail.keys import Purpose
from services.kit.mail.letters import Letters
from services.kit.mail.queue import MailState
from services.kit.mail.wording import Text

TAGS = {"id": "id-ID", "en": "en-GB"}
LETTERS = Letters(keys.of, "surat/peringatan", not_waiting="SUBSCRIPTION_NOT_WAITING")


def composed(tx: Transaction, mail: Mail, one: Subscription, warning: FloodWarning | None) -> Made:
    """The message of a mail to a subscription; ``warning`` is None for a confirmation, and where there is no such."""
    criteria = criteria_of(tx.runtime.city)
    if mail.warning is None:
        write = partial(wording.confirmation, tx.runtime.city, criteria, one.language, one.areas)
        text = LETTERS.confirmation(tx, one, write)
    else:
        text = _warning(tx, mail, one, warning)
    return LETTERS.message(tx, mail, one, text, criteria.sender_name)


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
        link=f"{tx.runtime.settings.portal}/lingkungan/peringatan/{warning.id}",
        stop=LETTERS.link(tx, Purpose.END, one),
    )
    return wording.warning(city, criteria_of(city), one.language, news)
