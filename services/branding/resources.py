"""What branding holds beside its database; ``preparing.py`` opens it."""

from dataclasses import dataclass
from typing import NamedTuple

from google.protobuf.message import Message

from services.branding.keys.signing import TicketSigner
from services.branding.visits.model import Counted, Outcome
from services.kit.caller import Caller
from services.kit.context import Context
from services.kit.database.group_commit import GroupCommit
from services.kit.database.idempotency import Claim
from services.kit.errors import DomainError, precondition


class Brought(NamedTuple):
    """One caller's order, as it is acted on, and the trace that it belongs to."""

    claim: Claim
    asked: Message
    caller: Caller
    traceparent: str | None


OrderAnswer = bytes | DomainError
"""A serialised CreateOrderResponse without the link key, or why not."""

Orders = GroupCommit[Brought, OrderAnswer]
Counts = GroupCommit[tuple[Counted, ...], list[Outcome]]


@dataclass
class Resources:
    """Opened once when the process starts; `Runtime.extra` of branding."""

    signer: TicketSigner | None
    """Signs tickets; None where none are sold."""
    secret: bytes | None
    """Seals the names of holders, and makes link keys."""
    orders: Orders | None = None
    places: Orders | None = None
    """In waiting rooms."""
    counts: Counts | None = None
    """Takes counts of visitors in."""


def resources(runtime: Context) -> Resources:
    """The resources of a runtime that ``preparing.prepare`` made."""
    extra = runtime.extra
    assert isinstance(extra, Resources)
    return extra


def secret_of(runtime: Context) -> bytes:
    """The secret of tickets. Errors: TICKETS_OFF."""
    found = resources(runtime).secret
    if found is None:
        raise off()
    return found


def signer_of(runtime: Context) -> TicketSigner:
    """What signs tickets. Errors: TICKETS_OFF."""
    found = resources(runtime).signer
    if found is None:
        raise off()
    return found


def off() -> DomainError:
    """No tickets are sold here."""
    return precondition("TICKETS_OFF", "No tickets are sold on this platform: its operator has set no keys for them.")
