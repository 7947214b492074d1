"""Supporting a proposal, and counting those who do."""

from uuid import UUID

from services.kit.database import Transaction
from services.kit.errors import precondition
from services.kit.ids import uuid7
from services.society.proposals import access, keys, model
from services.society.proposals import store as proposals
from services.society.supporting import store
from services.society.supporting.model import Joined, Person, Supporter, counts


async def join(tx: Transaction, code: str, session: str, network: str) -> Joined:
    """The caller supports it; again adds nothing. ``session`` and ``network`` are the gateway's digests.

    Errors: PROPOSAL_NOT_FOUND, PROPOSAL_NOT_OPEN, PROPOSALS_CLOSED.
    """
    one = await access.known(tx, code, "", lock=True)
    if not model.may_support(one):
        message = "This proposal is decided on or under way; follow it on its page."
        raise precondition("PROPOSAL_NOT_OPEN", message, state=one.state.value)
    if access.is_author(tx, one, ""):
        return Joined(one.code, one.supporters, counted=False)
    person = _person(tx, one.id, session, network)
    before = await store.same(tx, one.id, person)
    if before is not None:
        return Joined(one.code, one.supporters, before.counted)
    known = person.network is not None and await store.network_has(tx, one.id, person.network)
    if not counts(person, known):
        return Joined(one.code, one.supporters, counted=False)
    made = Supporter(uuid7(), one.id, person.login, person.session, person.network, True, tx.now)
    if await store.add_all(tx, [made]):
        await proposals.support(tx, one.id, 1)
        return Joined(one.code, one.supporters + 1, counted=True)
    return Joined(one.code, one.supporters, counted=True)


def _person(tx: Transaction, proposal: UUID, session: str, network: str) -> Person:
    login = keys.digest(tx.runtime, "login", tx.caller.subject, proposal) if keys.known(tx.caller) else None
    return Person(
        login,
        keys.digest(tx.runtime, "session", session, proposal) if session else None,
        keys.digest(tx.runtime, "network", network, proposal) if network and login is None else None,
    )
