"""What can be done with invitations: one function per use case."""

from datetime import date, timedelta
from typing import NamedTuple

from services.kit.database import Transaction
from services.kit.errors import not_found, precondition
from services.society.inviting import model, store
from services.society.inviting.model import Invitation, Kind
from services.society.resources import derived, resources
from services.society.satisfaction.profile import required, surveys_of
from services.society.surveys import actions as surveys
from services.society.surveys import store as survey_store
from services.society.tallies import store as counts


class Offer(NamedTuple):
    """What whoever's case, payment or permit has ended is offered."""

    code: str
    """Empty where there is nothing to answer."""
    used: bool


def today(tx: Transaction) -> date:
    """The city's day."""
    return tx.now.astimezone(tx.runtime.city.timezone).date()


def secret(tx: Transaction) -> bytes:
    """The key of surveys. Errors: PRECONDITION SURVEYS_CLOSED where the city has no secret."""
    if resources(tx.runtime).secret is None:
        raise precondition("SURVEYS_CLOSED", "This city takes no answers yet.")
    return derived(tx.runtime, "surveys")


async def invite(tx: Transaction, kind: Kind, reference: str, agency: str) -> None:
    """Something has ended at an agency: whoever's it was may judge, once. Where it had ended before, the agency that it
    lay with last is judged. Where nobody is asked, nothing happens.
    """
    terms = surveys_of(tx.runtime.city)
    if terms is None or resources(tx.runtime).secret is None or tx.runtime.city.agency(agency) is None:
        return
    id_ = model.digest(model.token(secret(tx), kind, reference))
    until = today(tx) + timedelta(days=terms.invite_days)
    known = None if await store.add(tx, id_, agency, until) else await store.get(tx, id_, lock=True)
    if known is not None and not known.is_used:
        await store.renew(tx, id_, agency, until)
        if known.agency != agency:
            await _take_back(tx, known.agency, known.until - timedelta(days=terms.invite_days))
    if known is None or (known.agency != agency and not known.is_used):
        await counts.invite(tx, (await surveys.of_satisfaction(tx, agency)).id)


async def _take_back(tx: Transaction, agency: str, invited: date) -> None:
    """One fewer can answer that was invited on a day, where what was asked then is asked still."""
    survey = await survey_store.of_agency(tx, agency)
    if survey is not None and survey.created_at.astimezone(tx.runtime.city.timezone).date() <= invited:
        await counts.invite(tx, survey.id, -1)


async def offer(tx: Transaction, kind: Kind, reference: str) -> Offer:
    """The code of what has ended; none where nobody is asked about it, or it was used."""
    if surveys_of(tx.runtime.city) is None or resources(tx.runtime).secret is None:
        return Offer("", used=False)
    token = model.token(secret(tx), kind, reference)
    found = await store.get(tx, model.digest(token))
    if found is None or found.until < today(tx):
        return Offer("", used=False)
    return Offer("" if found.is_used else model.code(token), found.is_used)


async def get(tx: Transaction, code: str, *, lock: bool = False) -> Invitation:
    """One by its code. Errors: SURVEYS_OFF, INVITATION_NOT_FOUND."""
    required(tx.runtime.city)
    token = model.spelt(code)
    found = await store.get(tx, model.digest(token), lock=lock) if token else None
    if found is None or found.until < today(tx):
        message = "There is no such invitation, or its time is over. Its page is that of your case, payment or permit."
        raise not_found("INVITATION_NOT_FOUND", message, field="link_key")
    return found
