"""What environment holds beside its database; ``preparing.py`` opens it."""

from dataclasses import dataclass

from services.environment.signatures.signing import Signer
from services.kit.context import Context


@dataclass(frozen=True)
class Resources:
    """Opened once when the process starts; `Runtime.extra` of environment."""

    device_secret: bytes | None
    """Passwords of devices are derived from it; None where there are no devices."""
    warning_signer: Signer | None = None
    """Signs warnings; without it they are published unsigned."""
    subscription_secret: bytes | None = None
    """Seals the addresses of subscribers and signs the links in their mails; None where nobody can subscribe."""


def resources(runtime: Context) -> Resources:
    """The resources of a runtime that ``preparing.prepare`` made."""
    extra = runtime.extra
    assert isinstance(extra, Resources)
    return extra
