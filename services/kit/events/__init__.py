"""How a pillar tells and hears: envelope, relay, consumers, dead letters."""

from services.kit.events.envelope import Event

__all__ = ["Event"]
