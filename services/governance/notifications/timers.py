"""Sends queued notifications by mail. Delivery is at least once: a repeat after a crash carries the same Message-ID."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
import msgspec
import structlog

from services.governance.contacts import actions as contacts
from services.governance.notifications import model, store
from services.kit.runtime import Runtime

BATCH = 20
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 7200.0
MOST_ATTEMPTS = 14
"""About a day of trying."""
EXPIRY = timedelta(days=7)
"""What is older than this is dropped, such as mails that waited while no mail server was set."""
SEND_TIMEOUT_S = 10.0

_log = structlog.get_logger()


async def send_due(runtime: Runtime) -> None:
    """Sends all mails that are due. Without a mail server they stay queued until they expire."""
    async with runtime.transaction() as tx:
        await store.expire(tx, tx.now - EXPIRY)
    if not runtime.settings.smtp_url:
        return
    while True:
        async with runtime.transaction() as tx:
            rows = await store.claim(tx, BATCH, FIRST_PAUSE_S, LONGEST_PAUSE_S)
        for row in rows:
            await _deliver(runtime, row)
        if len(rows) < BATCH:
            return


async def _deliver(runtime: Runtime, row: Any) -> None:
    """One mail, whatever becomes of it: the others of the batch must not wait for it."""
    try:
        sent = await _attempt(runtime, row)
    except Exception as error:
        await _failed(runtime, row, error)
    else:
        await _finish(runtime, row, *(("sent", "") if sent else ("dropped", "CONTACT_ERASED")))


async def _attempt(runtime: Runtime, row: Any) -> bool:
    """Sends one mail: its address is read now, used and forgotten. False when the contact is gone."""
    async with runtime.transaction() as tx:
        contact = await contacts.address(tx, row["subject"])
    if contact is None or not contact.email:
        return False
    settings = runtime.settings
    message = model.mail(
        row["id"],
        model.Kind(row["kind"]),
        msgspec.json.decode(row["facts"], type=dict[str, str]),
        city=(runtime.city.name_id, runtime.city.name_en),
        name=contact.name,
        recipient=contact.email,
        sender=settings.mail_from or f"noreply@{urlsplit(settings.public_url).hostname or 'localhost'}",
        public_url=settings.public_url,
        created=row["create_time"],
    )
    await _send(settings.smtp_url, message)
    return True


async def _failed(runtime: Runtime, row: Any, error: Exception) -> None:
    # The error's text may quote the address: only its class and code are told.
    name, code = type(error).__name__, _code(error)
    log = _log.bind(notification=str(row["id"]), kind=row["kind"], attempts=row["attempts"], error=name, code=code)
    # 5xx of another kind, such as a wrong password, speak of the server and not of this mail.
    final = isinstance(error, aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPDataError) and code >= 500
    if final or row["attempts"] >= MOST_ATTEMPTS:
        await _finish(runtime, row, "given_up", f"{name} {code or ''}".strip())
        log.error("notification given up")
    else:
        log.warning("notification not sent, will be repeated")


def _code(error: Exception) -> int:
    """The server's answer; 0 when it gave none."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return max((refused.code for refused in error.recipients), default=0)
    return int(getattr(error, "code", 0) or 0)


async def _finish(runtime: Runtime, row: Any, state: str, reason: str) -> None:
    async with runtime.transaction() as tx:
        await store.finish(tx, row["id"], state, reason)


async def _send(url: str, message: Any) -> None:
    """Hands a message to the server at smtp://, smtp+starttls:// or smtps://user:password@host:port."""
    where = urlsplit(url)
    await aiosmtplib.send(
        message,
        hostname=where.hostname,
        port=where.port,
        username=unquote(where.username) if where.username else None,
        password=unquote(where.password) if where.password else None,
        use_tls=where.scheme == "smtps",
        start_tls=True if where.scheme == "smtp+starttls" else None,
        timeout=SEND_TIMEOUT_S,
    )
