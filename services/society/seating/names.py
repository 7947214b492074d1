"""Names of those who take part: sealed under a key of the city, each for its enrolment."""

from uuid import UUID

from services.kit.context import Context
from services.kit.errors import precondition
from services.kit.mail import sealing
from services.society.resources import derived, resources
from services.society.seating.model import Enrolment


def require(runtime: Context) -> None:
    """Lets only a city pass that can seal names. Errors: PRECONDITION COURSES_CLOSED where it has no secret."""
    if resources(runtime).secret is None:
        raise precondition("COURSES_CLOSED", "Nobody can enrol in this city yet.")


def seal(runtime: Context, id_: UUID, name: str) -> bytes:
    """A name as it is kept, of the enrolment with that id."""
    return sealing.seal(derived(runtime, "participants"), id_, name.encode())


def unseal(runtime: Context, one: Enrolment) -> str:
    """The name; empty where it is erased, or was sealed under another key."""
    if not one.sealed or resources(runtime).secret is None:
        return ""
    try:
        return sealing.unseal(derived(runtime, "participants"), one.id, one.sealed).decode()
    except sealing.UnreadableError:
        return ""
