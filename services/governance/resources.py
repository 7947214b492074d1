"""What governance holds beside its database; ``preparing.py`` opens it."""

from dataclasses import dataclass
from typing import NamedTuple

from google.protobuf.message import Message

from services.governance.keys.acting import MailKeys
from services.governance.keys.store import KeyStore
from services.governance.units.model import Answer, Told
from services.kit.caller import Caller
from services.kit.context import Context
from services.kit.database.group_commit import GroupCommit
from services.kit.database.idempotency import Claim
from services.kit.errors import DomainError
from services.kit.signing import Signer


class Brought(NamedTuple):
    """One caller's request to file, as it is acted on, and the trace that it belongs to."""

    claim: Claim
    asked: Message
    caller: Caller
    traceparent: str | None


FilingAnswer = bytes | DomainError
"""A serialised CreateComplaintResponse without the link key, or why not."""
Filings = GroupCommit[Brought, FilingAnswer]


@dataclass(frozen=True)
class Resources:
    """Opened once when the process starts; `Runtime.extra` of governance."""

    keys: KeyStore
    signer: Signer
    link_secret: bytes
    """Link keys of cases are derived from it."""
    mail_keys: MailKeys
    """Sign the links in mails that act."""
    filings: Filings
    """Commits filings of many callers together."""
    filings_alone: Filings
    """Commits each by itself: those with a contact, which wait for the key store."""
    positions: GroupCommit[Told, Answer]
    """Commits positions of many units' phones together."""


def resources(runtime: Context) -> Resources:
    """The resources of a runtime that ``preparing.prepare`` made."""
    extra = runtime.extra
    assert isinstance(extra, Resources)
    return extra
