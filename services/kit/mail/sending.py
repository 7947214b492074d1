"""Handing messages to the city's mail server, and what its refusals mean."""

from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from services.kit.mail.settings import MailSettings

TIMEOUT_S = 10.0
_CLOSING, _NOT_NOW = 421, 454
"""Answers by which a server speaks of itself: it closes the connection; it cannot log anybody in for now."""


class AwayError(Exception):
    """The mail server cannot be reached, or does not let us in."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.name, self.code = type(error).__name__, code(error)


def connection(settings: MailSettings) -> aiosmtplib.SMTP:
    """A connection, not opened yet, to smtp://, smtp+starttls:// or smtps://user:password@host:port.

    Mails carry addresses, and links that act: they leave in clear in local mode alone. Elsewhere a server without
    STARTTLS, or whose certificate does not hold, gets none.
    """
    where = urlsplit(settings.smtp_url)
    sealed = where.scheme == "smtp+starttls" or settings.mode != "local"
    return aiosmtplib.SMTP(
        hostname=where.hostname,
        port=where.port,
        username=unquote(where.username) if where.username else None,
        password=unquote(where.password) if where.password else None,
        use_tls=where.scheme == "smtps",
        start_tls=sealed and where.scheme != "smtps",
        timeout=TIMEOUT_S,
    )


async def send(settings: MailSettings, message: EmailMessage, sender: str) -> None:
    """Hands over one message. ``sender`` is the envelope's: where bounces go. Raises AwayError, and what
    aiosmtplib raises.
    """
    server = connection(settings)
    await opened(server)
    async with server:
        await server.send_message(message, sender=sender)


async def opened(server: aiosmtplib.SMTP) -> None:
    """Opens a connection. Raises AwayError."""
    try:
        await server.connect()
    except (aiosmtplib.SMTPException, OSError) as error:
        raise AwayError(error) from error


def name(error: Exception) -> str:
    """The class of what went wrong: its text may quote the address."""
    return error.name if isinstance(error, AwayError) else type(error).__name__


def is_away(error: Exception) -> bool:
    """Whether a failure is the server's, or our standing with it: that of any mail, so it counts against none."""
    return isinstance(error, AwayError | aiosmtplib.SMTPSenderRefused) or code(error) in (_CLOSING, _NOT_NOW)


def code(error: Exception) -> int:
    """The server's answer; 0 when it gave none."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return max((refused.code for refused in error.recipients), default=0)
    return int(getattr(error, "code", 0) or 0)


def is_final(error: Exception) -> bool:
    """Whether the server will never take this mail.

    5xx of another kind, such as a wrong password, speak of the server and not of the mail.
    """
    return isinstance(error, aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPDataError) and code(error) >= 500


def is_ours(error: Exception) -> bool:
    """Whether a refusal is about us or the mail (RFC 3463: 5.3 system, 5.6 content, 5.7 policy), not the address."""
    return any(said.startswith(("5.3.", "5.6.", "5.7.")) for said in _said(error))


def nobody_has(error: Exception) -> bool:
    """Whether the server says for good, and in so many words (RFC 3463: 5.1), that nobody has the address.

    One that says no code may mean us, such as a relay that has forgotten who we are.
    """
    return isinstance(error, aiosmtplib.SMTPRecipientsRefused) and all(said.startswith("5.1.") for said in _said(error))


def _said(error: Exception) -> list[str]:
    refused: Any = error.recipients if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else (error,)
    return [str(getattr(one, "message", "")) for one in refused]
