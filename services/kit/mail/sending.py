"""Handing messages to the city's mail server, and what its refusals mean."""

from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from services.kit.mail.settings import MailSettings

TIMEOUT_S = 10.0


class AwayError(Exception):
    """The mail server cannot be reached, or does not let us in: it failed before a mail was begun, and counts against
    none. What the server answers or does from MAIL on counts against that mail, also where it hangs up (421).
    """

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


async def opened(server: aiosmtplib.SMTP) -> None:
    """Opens a connection, where it is not open, as far as that the next word is of a mail. Raises AwayError."""
    if server.is_connected:
        return
    try:
        await server.connect()
        if server.is_ehlo_or_helo_needed:
            await _greet(server)
    except (aiosmtplib.SMTPException, OSError) as error:
        server.close()
        raise AwayError(error) from error


async def _greet(server: aiosmtplib.SMTP) -> None:
    try:
        await server.ehlo()
    except aiosmtplib.SMTPHeloError:
        await server.helo()


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
