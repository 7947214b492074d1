"""What is derived from the city's secret of subscriptions."""

from services.environment.resources import resources
from services.kit.context import Context
from services.kit.errors import DomainError, precondition
from services.kit.mail.keys import AddressKeys


def is_open(runtime: Context) -> bool:
    """Whether addresses can be kept."""
    return resources(runtime).subscription_secret is not None


def of(runtime: Context) -> AddressKeys:
    """Those of a city. Errors: PRECONDITION SUBSCRIPTIONS_CLOSED where it has no secret."""
    found = resources(runtime).subscription_secret
    if found is None:
        raise closed()
    return AddressKeys(found, digests="subscriber", seals="addresses of subscribers")


def closed() -> DomainError:
    """The city mails no warnings."""
    return precondition("SUBSCRIPTIONS_CLOSED", "This city sends no warnings by mail. The feed is /v1/warnings.cap.")
