"""What is derived from the city's secret for who hears of their course."""

from services.kit.context import Context
from services.kit.errors import DomainError, precondition
from services.kit.mail.keys import AddressKeys
from services.society.resources import derived, resources


def is_open(runtime: Context) -> bool:
    """Whether addresses can be kept."""
    return resources(runtime).secret is not None


def of(runtime: Context) -> AddressKeys:
    """Those of a city. Errors: PRECONDITION COURSE_MAILS_CLOSED where it has no secret."""
    if not is_open(runtime):
        raise closed()
    return AddressKeys(derived(runtime, "course followers"))


def closed() -> DomainError:
    """The city mails nothing of courses."""
    return precondition("COURSE_MAILS_CLOSED", "This city mails no news of courses. Their pages tell them.")
