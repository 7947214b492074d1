"""A door as a pillar declares it. The supervisor reads it, too, so it needs little."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.kit.mqtt import passwords
from services.kit.mqtt.topics import Topics

CALLOUT = "callout"
"""Who lets in, by this name as a user of NATS and as a role of the database."""


@dataclass(frozen=True)
class Door:
    """Whom a pillar lets come in over MQTT: by its tables, with passwords of a kind, into an account of NATS.

    ``edition`` is a statement whose one value changes whenever it changes who may come in; ``generations`` answers, of
    names ($1), those that may, each with the generation of its password.
    """

    pillar: str
    kind: str
    """What passwords are derived with, beside the secret."""
    topics: Topics
    listens: str
    """What is said that somebody must be seen to read before anybody is let in."""
    edition: str
    generations: str
    tables: Sequence[str]
    """Those that the two statements read."""
    reader: str
    """Who reads what is said, by this name as a user of NATS, with a password: MQTT knows no NKeys."""
    prefix: str = ""
    """Of the users' names and client ids, before the name that the pillar has for them."""

    @property
    def readers(self) -> Mapping[str, Sequence[str]]:
        """What the pillar lets who lets in read (``Pillar.readers``)."""
        return {CALLOUT: self.tables}

    def password(self, secret: bytes, name: str, generation: int) -> str:
        """The password of somebody's generation."""
        return passwords.password(secret, self.kind, name, generation)

    def bare(self, user: str) -> str:
        """The pillar's name of a user."""
        return user.removeprefix(self.prefix)
