"""The electronic signature that officials sign with: the national one (BSrE) by an adapter.

There is no contract with BSrE here, so the one adapter is a stand-in, and says so on every paper.
"""

from typing import NamedTuple, Protocol

from services.kit.signing import Signer

SIMULATED = "simulated"


class Signed(NamedTuple):
    """What a signatory answers."""

    provider: str
    simulated: bool
    value: str


class Signatory(Protocol):
    """Signs papers in an official's name."""

    def sign(self, text: bytes) -> Signed:
        """The signature on a paper's text."""


class Simulated:
    """Stands in for the national signature: made with the city's own key, over a text that names it a simulation."""

    def __init__(self, signer: Signer) -> None:
        """Takes the city's key."""
        self._signer = signer

    def sign(self, text: bytes) -> Signed:
        """A value that looks like a signature and is none in law."""
        return Signed("BSrE", True, self._signer.sign(b"SIMULATED\n" + text))
