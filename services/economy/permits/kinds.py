"""What the city says of the kind of a permit."""

from services.economy.permit_kinds import profile
from services.economy.permits.model import Permit, Rules
from services.kit.database import Transaction
from services.kit.errors import not_found


def rules_of(tx: Transaction, kind: str) -> Rules:
    """What it says of a kind that can be applied for. Errors: PERMITS_OFF, PERMIT_KIND_NOT_FOUND."""
    city = tx.runtime.city
    return Rules(profile.offered(city, kind), profile.required(city), city.calendar)


def known(tx: Transaction, one: Permit) -> Rules | None:
    """What it says of the kind of one that is there, also where it is retired; None where its profile lacks it."""
    city = tx.runtime.city
    terms = profile.terms_of_permits(city)
    kind = terms.by_id.get(one.kind) if terms else None
    return Rules(kind, terms, city.calendar) if terms and kind else None


def rules_for(tx: Transaction, one: Permit) -> Rules:
    """The same where it cannot go on without. Errors: PERMIT_KIND_NOT_FOUND."""
    found = known(tx, one)
    if found is None:
        message = f"Put the kind `{one.kind}` back into the city's permits.toml, `retired` where it is offered no more."
        raise not_found("PERMIT_KIND_NOT_FOUND", message)
    return found


def of_extension(tx: Transaction, one: Permit) -> profile.Kind | None:
    """The kind of one that can be extended, so that its holder is reminded of its end; None where it cannot be."""
    found = known(tx, one)
    return found.kind if found and found.kind.offers_extension else None
