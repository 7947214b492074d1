"""What is derived from the city's secret for followers."""

from services.kit.context import Context
from services.kit.errors import DomainError, precondition
from services.kit.mail.keys import AddressKeys
from services.society.resources import derived, resources


def is_open(runtime: Context) -> bool:
    """Whether addresses can be kept."""
    return resources(runtime).secret is not None


def of(runtime: Context) -> AddressKeys:
    """Those of a city. Errors: PRECONDITION FOLLOWING_CLOSED where it has no secret."""
    if not is_open(runtime):
        raise closed()
    return AddressKeys(derived(runtime, "followers"), links="follower ")


def closed() -> DomainError:
    """The city mails nothing of proposals."""
    return precondition("FOLLOWING_CLOSED", "This city mails no news of proposals. Their pages tell them.")
