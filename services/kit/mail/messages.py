"""A mail that is sent by itself: the headers that all of them have."""

from datetime import datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy, default
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

_COMMON = frozenset(
    {
        "Subject", "From", "Date", "Auto-Submitted", "List-Unsubscribe-Post", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding",
    }
)  # fmt: skip
"""Headers that are the same in many mails and say nothing of who reads them."""


class _Addresses(UnstructuredHeader, BaseHeader):
    """Addresses of the web on one line (RFC 2369): the library would break a long one into encoded words, which mail
    programs take for words and not for an address.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Headers(HeaderRegistry):
    """Reads a header once, however many mails have it: that is most of what writing a mail costs."""

    def __init__(self) -> None:
        super().__init__()
        self.map_to_type("List-Unsubscribe", _Addresses)
        self._known = lru_cache(maxsize=256)(super().__call__)

    def __call__(self, name: str, value: Any) -> Any:
        return self._known(name, value) if name in _COMMON else super().__call__(name, value)


_POLICY = default.clone(header_factory=_Headers())


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
    message = EmailMessage(_POLICY)
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
