"""How far a link in a mail still holds. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.governance.keys.acting import Act, Grant
from services.kit.errors import forbidden, precondition

LIFE = timedelta(days=30)
"""How long the link to a case acts, from when its mail was written: longer than a resolved case can be reopened."""
MINE_LIFE = timedelta(days=1)
"""How long the link to all cases of an address acts: it gives keys."""


class Standing(StrEnum):
    """Whether a link still holds."""

    GOOD = "good"
    EXPIRED = "expired"
    ENDED = "ended"
    """Its reader asked for another, or ended them all."""


@dataclass(frozen=True)
class Holder:
    """The contact that a link was mailed to: one with an address that its owner confirmed."""

    subject: UUID
    complaint_id: UUID
    supporter: bool
    link_round: int


@dataclass(frozen=True)
class Held:
    """A link of ours, and who holds it."""

    grant: Grant
    holder: Holder
    standing: Standing

    def require(self, act: Act) -> None:
        """Refuses what the link does not let its reader do.

        Errors: PRECONDITION MAIL_LINK_EXPIRED, MAIL_LINK_ENDED; FORBIDDEN MAIL_LINK_OTHER_PURPOSE.
        """
        if self.standing is Standing.EXPIRED:
            raise precondition("MAIL_LINK_EXPIRED", "This link is too old. Ask for another on the page of the report.")
        if self.standing is Standing.ENDED:
            raise precondition("MAIL_LINK_ENDED", "This link was replaced. Use the newest mail, or ask for another.")
        if act not in self.grant.acts:
            message = "This link is not for that. Use the mail that asked for it, or ask for another link."
            raise forbidden("MAIL_LINK_OTHER_PURPOSE", message)


def standing(grant: Grant, holder: Holder, now: datetime) -> Standing:
    """Whether a link that was mailed to somebody still holds."""
    if grant.round != holder.link_round:
        return Standing.ENDED
    return Standing.GOOD if now < grant.expires else Standing.EXPIRED
