"""What a mail says when its turn has come, or why it is not sent. Asked at the last moment: since it was queued, its
proposal may have been hidden, or its reader may have said stop.
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
from services.society.following import keys, model, wording
from services.society.following.model import Follower, Mail, State
from services.society.kinds.profile import participation_of
from services.society.proposals.model import HIDDEN, Proposal, Step, StepKind

PATHS = {Purpose.CONFIRM: "konfirmasi", Purpose.END: "berhenti"}


def composed(
    tx: Transaction, mail: Mail, one: Follower, proposal: Proposal, step: Step | None
) -> EmailMessage | NotSent:  # fmt: skip
    """The message of a mail to a follower; ``step`` is None for a confirmation, and where there is no such."""
    text = _confirmation(tx, one, proposal) if mail.step is None else _news(tx, one, proposal, step)
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
        sender=formataddr((_sender(tx), settings.mail_sender)),
        recipient=recipient,
        host=settings.mail_host,
        created=mail.created_at,
        stop=_link(tx, Purpose.END, one),
    )


def _news(tx: Transaction, one: Follower, proposal: Proposal, step: Step | None) -> Text | NotSent:
    if one.state is not State.CONFIRMED:
        return NotSent(MailState.DROPPED, "FOLLOWING_ENDED")
    if step is None or (proposal.state in HIDDEN and step.kind is not StepKind.REFUSED):
        return NotSent(MailState.DROPPED, "PROPOSAL_HIDDEN")
    link, stop = f"{_base(tx)}/sosial/usulan/{proposal.code}", _link(tx, Purpose.END, one)
    return wording.news(tx.runtime.city, _sender(tx), one.language, proposal, step, link, stop)


def _confirmation(tx: Transaction, one: Follower, proposal: Proposal) -> Text | NotSent:
    if not one.fresh(tx.now):
        return NotSent(MailState.DROPPED, "FOLLOWER_NOT_WAITING")
    return wording.confirmation(
        tx.runtime.city,
        _sender(tx),
        one.language,
        proposal.code,
        confirm=_link(tx, Purpose.CONFIRM, one),
        stop=_link(tx, Purpose.END, one),
        days=model.LINK_LIFE.days,
    )


def _sender(tx: Transaction) -> str:
    known = participation_of(tx.runtime.city)
    return known.sender_name if known else tx.runtime.city.name_id


def _link(tx: Transaction, purpose: Purpose, one: Follower) -> str:
    return f"{_base(tx)}/surat/usulan/{PATHS[purpose]}/{keys.of(tx.runtime).token(purpose, one.id)}"


def _base(tx: Transaction) -> str:
    base: str = tx.runtime.settings.public_url
    return base.rstrip("/")
