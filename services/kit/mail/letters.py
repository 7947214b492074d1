"""What the mails of one kind have in common: their links, the question that confirms an address, and their headers."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formataddr

from services.kit.context import Context
from services.kit.database import Transaction
from services.kit.mail import messages
from services.kit.mail.delivering import Made, NotSent
from services.kit.mail.follower import LINK_LIFE, Follower
from services.kit.mail.keys import AddressKeys, Purpose
from services.kit.mail.queue import MailState, Queued
from services.kit.mail.sealing import UnreadableError
from services.kit.mail.wording import Text


@dataclass(frozen=True)
class Letters:
    """Mails of one kind."""

    keys: Callable[[Context], AddressKeys]
    folder: str
    """Of their links at the portal: ``surat/izin``."""
    act: str = ""
    """Its page for what a mail asks to do."""
    not_waiting: str = "FOLLOWER_NOT_WAITING"
    """Why a confirmation is not sent whose turn comes too late."""

    def link(self, tx: Transaction, purpose: Purpose, one: Follower) -> str:
        """A link that only this reader has."""
        page = {Purpose.CONFIRM: "konfirmasi", Purpose.END: "berhenti", Purpose.ACT: self.act}[purpose]
        token = self.keys(tx.runtime).token(purpose, one.id)
        return f"{tx.runtime.settings.portal}/{self.folder}/{page}/{token}"

    def confirmation(self, tx: Transaction, one: Follower, write: Callable[..., Text]) -> Text | NotSent:
        """The question to who has an address; ``write`` is given its links, and for how many days the first holds."""
        if not one.fresh(tx.now):
            return NotSent(MailState.DROPPED, self.not_waiting)
        confirm, stop = self.link(tx, Purpose.CONFIRM, one), self.link(tx, Purpose.END, one)
        return write(confirm=confirm, stop=stop, days=LINK_LIFE.days)

    def message(self, tx: Transaction, mail: Queued, one: Follower, text: Text | NotSent, sender: str) -> Made:
        """The mail of a text, from whose name that is, or why it is not sent."""
        if isinstance(text, NotSent):
            return text
        settings = tx.runtime.settings
        try:
            recipient = self.keys(tx.runtime).unseal(one.id, one.sealed)
        except UnreadableError:  # of another secret; the others of the batch must not wait for it
            return NotSent(MailState.DROPPED, "ADDRESS_UNREADABLE")
        return messages.automatic(
            mail.id,
            text.subject,
            text.body,
            sender=formataddr((sender, settings.mail_sender)),
            recipient=recipient,
            host=settings.mail_host,
            created=mail.created_at,
            stop=self.link(tx, Purpose.END, one),
        )
