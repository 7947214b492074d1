"""What is derived from the city's secret for who is reminded of their permit."""

from services.economy.permits import names
from services.economy.resources import resources
from services.kit.context import Context
from services.kit.errors import DomainError, precondition
from services.kit.mail.keys import AddressKeys


def is_open(runtime: Context) -> bool:
    """Whether addresses can be kept."""
    return resources(runtime).permit_secret is not None


def of(runtime: Context) -> AddressKeys:
    """Those of a city. Errors: PRECONDITION PERMIT_MAILS_CLOSED where it has no secret."""
    if not is_open(runtime):
        raise closed()
    return AddressKeys(names.derived(runtime, "followers"))


def closed() -> DomainError:
    """The city mails nothing of permits."""
    return precondition(
        "PERMIT_MAILS_CLOSED", "This city mails no reminders of permits. Their pages tell the last day."
    )
