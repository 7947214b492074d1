"""What can be done with the links in mails: made here and nowhere else, looked at, ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.governance.grants import model, store
from services.governance.grants.model import Held, Standing
from services.governance.keys.acting import Act, Grant, is_token
from services.governance.resources import resources
from services.kit.database import Transaction


async def token(tx: Transaction, subject: UUID, acts: Act, since: datetime, life: timedelta = model.LIFE) -> str:
    """A link's token for a contact; empty for one whose address is not confirmed. The same mail has the same token."""
    holder = await store.holder(tx, subject)
    if holder is None:
        return ""
    return resources(tx.runtime).mail_keys.token(Grant(subject, acts, holder.link_round, since + life))


async def look(tx: Transaction, text: str) -> Held | None:
    """Who holds a link and how far it holds; None when it is not ours, or its contact is gone or not confirmed."""
    grant = resources(tx.runtime).mail_keys.read(text)
    holder = await store.holder(tx, grant.subject) if grant else None
    if grant is None or holder is None:
        return None
    return Held(grant, holder, model.standing(grant, holder, tx.now))


async def lets(tx: Transaction, complaint_id: UUID, text: str, act: Act | None) -> bool:
    """Whether a text is a link that lets its reader act as the reporter of this case.

    What it is not for it never is: ``act`` None. A link of this case that no longer holds, or is for something else, is
    told so, but when the case is only read: then its reader is one of the public.
    Errors: MAIL_LINK_EXPIRED, MAIL_LINK_ENDED, MAIL_LINK_OTHER_PURPOSE.
    """
    if act is None or not is_token(text):
        return False
    held = await look(tx, text)
    if held is None or held.holder.supporter or held.holder.complaint_id != complaint_id:
        return False
    if act is Act.READ:
        return held.standing is Standing.GOOD and act in held.grant.acts
    held.require(act)
    return True


async def end(tx: Transaction, subjects: Sequence[UUID]) -> None:
    """Ends all links that were mailed to these contacts."""
    await store.end(tx, subjects)
