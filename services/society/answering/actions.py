"""Answering a survey: one function per use case. Who has answered, and what was answered, are written apart."""

import hmac
from collections.abc import Mapping, Sequence
from uuid import UUID

from services.kit.database import Transaction
from services.kit.errors import DomainError, conflict, forbidden, invalid, precondition
from services.society.inviting import actions as inviting
from services.society.inviting import store as invitations
from services.society.questionnaires import model as questionnaires
from services.society.questionnaires.model import Answer
from services.society.roster import store as roster
from services.society.surveys import actions as surveys
from services.society.surveys import store
from services.society.surveys.model import Kind, Survey
from services.society.tallies import model as tallies
from services.society.tallies import store as counts

_MOST_KEY = 128
_AGAIN = 3
"""Surveys that an invitation is tried with: one may close at the same moment."""


async def answer(
    tx: Transaction, id_: str, request_id: str, answers: Mapping[int, Answer], session: str, network: str
) -> Survey:
    """Somebody answers a survey that is open to everybody. ``session`` and ``network`` are the gateway's digests.

    Whether this is a repeat is known by the roster: what idempotency keeps elsewhere would tell what was answered.
    Errors: SURVEY_NOT_FOUND, REQUEST_ID_REQUIRED, SURVEYS_CLOSED, SURVEY_BY_INVITATION, SURVEY_NOT_OPEN,
    ANSWERED_ALREADY, NETWORK_FULL, ANSWERS_INCOMPLETE, ANSWERS_INVALID.
    """
    one = await surveys.get(tx, id_)
    if one.kind is Kind.SATISFACTION:
        message = "This survey asks those whose case, payment or permit has ended, from its page."
        raise precondition("SURVEY_BY_INVITATION", message)
    one.require_open(tx.now)
    person, place = _person(tx, one.id, session, network)
    request = _digest(tx, "request", one.id.hex, _key(request_id), person.hex())
    if await _repeated(tx, one.id, person, request):
        return one
    questionnaires.cells(one.asked, answers)  # says what is wrong before anything is written
    if place is not None and await roster.network_is_full(tx, one.id, place):
        if await _repeated(tx, one.id, person, request):  # its first sending was the last that there was room for
            return one
        message = "Many have answered from this network already. Log in, or answer from another."
        raise precondition("NETWORK_FULL", message)
    if not await roster.enter(tx, one.id, person, place, request):
        if await _repeated(tx, one.id, person, request):  # the same request, whose first sending committed meanwhile
            return one
        raise _answered()
    if not await _count(tx, one.id, answers):
        raise _not_open()
    return one


async def judge(tx: Transaction, code: str, request_id: str, levels: Sequence[int], words: str) -> str:
    """Whoever is invited judges a service; the agency that is judged. What comes after the end of a period counts for
    the next. Errors: SURVEYS_OFF, INVITATION_NOT_FOUND, OWN_AGENCY, REQUEST_ID_REQUIRED, ANSWERED_ALREADY.
    """
    invitation = await inviting.get(tx, code, lock=True)
    if tx.caller.agency == invitation.agency:
        raise forbidden("OWN_AGENCY", "Nobody judges the agency that they work for.")
    request = _digest(tx, "request", invitation.id.hex(), _key(request_id))
    if invitation.is_used:
        if hmac.compare_digest(invitation.request, request):
            return invitation.agency
        raise _answered()
    await invitations.use(tx, invitation.id, request)
    answers = {number: Answer(option=level) for number, level in enumerate(levels, 1)}
    if words:
        answers[len(levels) + 1] = Answer(words=words)
    for _ in range(_AGAIN):
        one = await surveys.of_satisfaction(tx, invitation.agency)
        if await _count(tx, one.id, answers):
            return invitation.agency
    raise _not_open()


async def _count(tx: Transaction, id_: UUID, answers: Mapping[int, Answer]) -> bool:
    """Adds an answer to the counts of a survey; False where it has closed meanwhile. The tally's lock is what closing
    waits for, too.
    """
    tally = await counts.get(tx, id_, lock=True)
    one = await store.get(tx, id_)
    if tally is None or one is None:
        return False
    more, whole = tallies.add(tally, questionnaires.cells(one.asked, answers))
    await counts.save(tx, more)
    said = questionnaires.words(one.asked, answers)
    if said:
        await store.say(tx, id_, said)
    if whole:
        await store.move_words(tx, id_)
    return True


async def _repeated(tx: Transaction, survey: UUID, person: bytes, request: bytes) -> bool:
    """Whether this very request has answered; False where nobody has. Errors: ANSWERED_ALREADY by another."""
    before = await roster.entry(tx, survey, person)
    if before is not None and not hmac.compare_digest(before, request):
        raise _answered()
    return before is not None


def _person(tx: Transaction, survey: UUID, session: str, network: str) -> tuple[bytes, bytes | None]:
    """Who somebody is on the roster of one survey, and for who has no login from where: by login, else by the browser,
    else by the network.
    """
    if not (tx.caller.has("anonymous") or tx.caller.has("system")):
        return _digest(tx, "login", survey.hex, tx.caller.subject), None
    place = _digest(tx, "network", survey.hex, network) if network else None
    return _digest(tx, "session" if session else "network", survey.hex, session or network), place


def _digest(tx: Transaction, what: str, *values: str) -> bytes:
    return hmac.digest(inviting.secret(tx), "\n".join((what, *values)).encode(), "sha256")


def _key(request_id: str) -> str:
    if not 0 < len(request_id) <= _MOST_KEY:
        raise invalid("REQUEST_ID_REQUIRED", f"An answer needs an idempotency key of 1 to {_MOST_KEY} characters.")
    return request_id


def _answered() -> DomainError:
    return conflict("ANSWERED_ALREADY", "This was answered already; an answer cannot be changed, since it is nobody's.")


def _not_open() -> DomainError:
    return precondition("SURVEY_NOT_OPEN", "This survey takes no answers now.")
