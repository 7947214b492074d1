"""The REST surface below /v1: derived from the contracts, but for the few routes in ``by_hand``."""

from gateway.rest.serving import mount

__all__ = ["mount"]
