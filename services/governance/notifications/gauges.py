"""For how long news of cases wait for their mails."""

from datetime import datetime

from observability import semconv
from services.governance.notifications import store
from services.kit.database import Transaction
from services.kit.gauges import age_of


async def _since(tx: Transaction) -> datetime | None:
    """Without a mail server they wait until they expire, and that is meant."""
    return await store.waiting_since(tx) if tx.runtime.settings.smtp_url else None


GAUGES = age_of(semconv.COMPLAINT_MAIL_AGE, _since)
