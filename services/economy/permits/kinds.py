"""What the city says of the kind of a permit that is there, also of one that its profile has no more."""

from services.economy.permit_kinds import profile
from services.economy.permits.model import SILENT, Permit, Rules, State
from services.kit.database import Transaction


def rules_of(tx: Transaction, kind: str) -> Rules:
    """What it says of a kind that can be applied for. Errors: PERMITS_OFF, PERMIT_KIND_NOT_FOUND."""
    city = tx.runtime.city
    return Rules(profile.kind_of(city, kind), profile.required(city), city.calendar)


def rules_for(tx: Transaction, one: Permit) -> Rules:
    """What it says of one that is there. Errors: PERMITS_OFF."""
    city = tx.runtime.city
    terms = profile.required(city)
    return Rules(terms.by_id.get(one.kind) or _gone(one), terms, city.calendar)


def rules_to_send(tx: Transaction, one: Permit) -> Rules:
    """The same for its applicant: what was never sent can be sent as long as its kind can be applied for.

    Errors: PERMITS_OFF, PERMIT_KIND_NOT_FOUND.
    """
    return rules_of(tx, one.kind) if one.state is State.DRAFT else rules_for(tx, one)


def is_gone(rules: Rules) -> bool:
    """Whether the profile has the kind no more."""
    return rules.kind.id not in rules.terms.by_id


def _gone(one: Permit) -> profile.Kind:
    """A stand-in by which it goes on to its end. It keeps the days that it asked for."""
    days = (one.last_day - one.first_day).days + 1 if one.first_day and one.last_day else None
    return profile.gone(one.kind, service=_is_service(one), dated_days=days)


def _is_service(one: Permit) -> bool:
    """Whether it is help. Of what was written before that was kept it is told by what help never has; and where that
    does not tell, nothing is granted by silence and nothing gets a paper that may never have had one.
    """
    if one.service is not None:
        return one.service
    waits = one.state in SILENT and one.wake_at is not None
    return not (waits or one.first_day is not None or one.state is State.PAYABLE)
