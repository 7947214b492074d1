"""What economy holds beside its database; ``preparing.py`` opens it."""

from dataclasses import dataclass
from typing import NamedTuple

from services.economy.providers.credentials import Credentials
from services.economy.providers.model import Provider
from services.economy.signatories.model import Signatory
from services.kit.context import Context
from services.kit.database.group_commit import GroupCommit
from services.kit.database.idempotency import Claim
from services.kit.errors import DomainError
from services.kit.signing import Signer


class WalletPayment(NamedTuple):
    """One caller's request to pay from a wallet, and the trace that it belongs to."""

    claim: Claim
    traceparent: str | None


WalletAnswer = bytes | DomainError
"""A serialised PayFromWalletResponse, or why not."""
WalletPayments = GroupCommit[WalletPayment, WalletAnswer]


@dataclass
class Resources:
    """Opened once when the process starts; `Runtime.extra` of economy."""

    signer: Signer
    """Signs the receipts of levies and the papers of permits."""
    signatory: Signatory
    """Signs papers for officials."""
    wallet_payments: WalletPayments
    """Commits wallet payments of many callers together."""
    provider: Provider | None = None
    """The acquirer; None without one: cash and wallets only."""
    acquirer: Credentials | None = None
    """How the acquirer proves itself when it calls us."""
    permit_secret: bytes | None = None
    """Names of applicants are sealed under it; None where nobody applies."""


def resources(runtime: Context) -> Resources:
    """The resources of a runtime that ``preparing.prepare`` made."""
    extra = runtime.extra
    assert isinstance(extra, Resources)
    return extra
