"""What a mail says when its turn has come, or why it is not sent. Asked at the last moment: since it was queued, its
proposal may have been hidden, or its reader may have said stop.
"""

from functools import partial

from services.kit.database import Transaction
from services.kit.mail.delivering import Made, NotSent
from services.kit.mail.follower import State
from services.kit.mail.keys import Purpose
from services.kit.mail.letters import Letters
from services.kit.mail.queue import MailState
from services.kit.mail.wording import Text
from services.society.following import keys, wording
from services.society.following.model import Follower, Mail
from services.society.kinds.profile import participation_of
from services.society.proposals.model import HIDDEN, Proposal, Step, StepKind

LETTERS = Letters(keys.of, "surat/usulan")


def composed(tx: Transaction, mail: Mail, one: Follower, proposal: Proposal, step: Step | None) -> Made:
    """The message of a mail to a follower; ``step`` is None for a confirmation, and where there is no such."""
    sender = _sender(tx)
    if mail.step is None:
        write = partial(wording.confirmation, tx.runtime.city, sender, one.language, proposal.code)
        text = LETTERS.confirmation(tx, one, write)
    else:
        text = _news(tx, one, proposal, step)
    return LETTERS.message(tx, mail, one, text, sender)


def _news(tx: Transaction, one: Follower, proposal: Proposal, step: Step | None) -> Text | NotSent:
    if one.state is not State.CONFIRMED:
        return NotSent(MailState.DROPPED, "FOLLOWING_ENDED")
    if step is None or (proposal.state in HIDDEN and step.kind is not StepKind.REFUSED):
        return NotSent(MailState.DROPPED, "PROPOSAL_HIDDEN")
    link, stop = f"{tx.runtime.settings.portal}/sosial/usulan/{proposal.code}", LETTERS.link(tx, Purpose.END, one)
    return wording.news(tx.runtime.city, _sender(tx), one.language, proposal, step, link, stop)


def _sender(tx: Transaction) -> str:
    known = participation_of(tx.runtime.city)
    return known.sender_name if known else tx.runtime.city.name_id
