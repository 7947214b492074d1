"""What environment holds beside its database; ``preparing.py`` opens it."""

from dataclasses import dataclass

from services.kit.context import Context


@dataclass(frozen=True)
class Resources:
    """Opened once when the process starts; `Runtime.extra` of environment."""

    device_secret: bytes | None
    """Passwords of devices are derived from it; None where there are no devices."""


def resources(runtime: Context) -> Resources:
    """The resources of a runtime that ``preparing.prepare`` made."""
    extra = runtime.extra
    assert isinstance(extra, Resources)
    return extra
