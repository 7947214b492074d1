"""A mail that is sent by itself: the headers that all of them have."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID


def automatic(
    id: UUID,  # noqa: A002 -- the row's own word
    subject: str,
    body: str,
    *,
    sender: str,
    recipient: str,
    host: str,
    created: datetime,
    stop: str,
) -> EmailMessage:
    """The mail of a queued row. The same row always has the same Message-ID, so that a repeat is recognised as one.

    ``stop`` is the link by which its reader ends such mails, at once or with one click in the mail program.
    """
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = format_datetime(created)
    message["Message-ID"] = f"<{id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices in return
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(body)
    return message
