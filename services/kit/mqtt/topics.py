"""Where those who come over MQTT say and hear something: each below its own topic, in an account of NATS apart.

What MQTT calls a topic (``devices/duga-1/observations``) is a subject of NATS (``devices.duga-1.observations``). Who
grants, publishes or reads one takes it from here; the supervisor does, too, so this module needs no other.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topics:
    """Those below ``root``, each of a name and of what is said or heard there."""

    root: str
    account: str
    """Account of NATS that those who publish here are let into."""
    says: tuple[str, ...]
    """What may be published below one's own topic: each further name could hold a retained message for ever."""
    hears: tuple[str, ...] = ()
    """What is told."""

    def subject(self, name: str, what: str) -> str:
        """Somebody's subject; ``*`` for the name means each."""
        return f"{self.root}.{name}.{what}"

    def topic(self, name: str, what: str) -> str:
        """The same as MQTT writes it; ``+`` for the name means each."""
        return f"{self.root}/{name}/{what}"

    def parts(self, of: str) -> tuple[str, str]:
        """Who said what, of an MQTT topic that was read."""
        _, name, what = of.split("/")
        return name, what

    @property
    def said(self) -> tuple[str, ...]:
        """Subjects of all that is published."""
        return tuple(self.subject("*", what) for what in self.says)

    @property
    def told(self) -> tuple[str, ...]:
        """Subjects of all that is told."""
        return tuple(self.subject("*", what) for what in self.hears)

    @property
    def read(self) -> tuple[str, ...]:
        """Topics of all that is published, as who reads it asks for them."""
        return tuple(self.topic("+", what) for what in self.says)
