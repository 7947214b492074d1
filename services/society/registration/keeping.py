"""How numbers are kept: sealed under a key of the city, and recognised by keyed digests, which nobody can try out
numbers against who has not that key: there are few enough numbers to try all of them.
"""

import hmac
from datetime import date
from uuid import UUID

import msgspec

from services.kit.context import Context
from services.kit.mail import sealing
from services.society.resources import derived


class Person(msgspec.Struct, frozen=True):
    """What is sealed."""

    nik: str
    born: date

    def __repr__(self) -> str:
        """Tells nothing."""
        return "Person(...)"


def require(runtime: Context) -> None:
    """Lets only a city pass that can keep numbers. Errors: RESIDENTS_CLOSED."""
    derived(runtime, "numbers")


def seal(runtime: Context, resident: UUID, person: Person) -> bytes:
    """A person as they are kept. Errors: RESIDENTS_CLOSED."""
    return sealing.seal(derived(runtime, "numbers"), resident, msgspec.json.encode(person))


def unseal(runtime: Context, resident: UUID, sealed: bytes) -> Person:
    """The person of a declaration. Errors: RESIDENTS_CLOSED, UnreadableError where it was sealed under another key."""
    return msgspec.json.decode(sealing.unseal(derived(runtime, "numbers"), resident, sealed), type=Person)


def digest(runtime: Context, nik: str) -> bytes:
    """By which one person is known again, whatever their login. Errors: RESIDENTS_CLOSED."""
    return hmac.digest(derived(runtime, "persons"), nik.encode(), "sha256")
