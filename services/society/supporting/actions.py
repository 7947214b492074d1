"""Supporting a proposal, and counting those who do."""

from typing import NamedTuple
from uuid import UUID

from services.kit.database import Transaction
from services.kit.errors import precondition
from services.kit.ids import uuid7
from services.society.following import actions as following
from services.society.proposals import access, keys, model
from services.society.proposals import store as proposals
from services.society.proposals.model import Proposal, Step
from services.society.supporting import store
from services.society.supporting.model import Joined, Person, Supporter, counts


class Supported(NamedTuple):
    """That the caller supports something, and what happened to it last."""

    supporter: Supporter
    proposal: Proposal
    newest: Step | None
    unseen: bool


async def support(tx: Transaction, code: str, session: str, network: str, email: str, language: str) -> Joined:
    """The caller supports it, and hears of it by mail where they give an address and confirm it.

    Errors: those of ``SupportProposal``.
    """
    joined = await join(tx, code, session, network)
    if email:
        await following.follow(tx, joined.code, "", email, language)
    return joined


async def join(tx: Transaction, code: str, session: str, network: str) -> Joined:
    """The caller supports it; again adds nothing. ``session`` and ``network`` are the gateway's digests.

    Errors: PROPOSAL_NOT_FOUND, PROPOSAL_NOT_OPEN, PROPOSALS_CLOSED.
    """
    one = await access.known(tx, code, "", lock=True)
    if not model.may_support(one):
        message = "This proposal is decided on or under way; follow it on its page."
        raise precondition("PROPOSAL_NOT_OPEN", message, state=one.state.value)
    if access.was_author(tx, one.id, one.author):
        return Joined(one.code, one.supporters, counted=False)
    person = _person(tx, one.id, session, network)
    before = await store.same(tx, one.id, person)
    if before is not None:
        if person.person is not None and before.person is None:
            await store.adopt(tx, before, person)
        return Joined(one.code, one.supporters, before.counted)
    known = person.network is not None and await store.network_has(tx, one.id, person.network)
    if not counts(person, known):
        return Joined(one.code, one.supporters, counted=False)
    made = Supporter(uuid7(), one.id, person.login, person.session, person.network, True, tx.now, person.person)
    if await store.add_all(tx, [made]):
        await proposals.support(tx, one.id, 1)
        return Joined(one.code, one.supporters + 1, counted=True)
    return Joined(one.code, one.supporters, counted=True)


async def page(tx: Transaction, size: int, token: str) -> tuple[list[Supported], str]:
    """What the caller supports, the newest first, and the token of the next page. Errors: those of ``ListSupports``."""
    person = keys.supporter(tx.runtime, tx.caller.subject)
    found, seen = await store.page(tx, person, size, token), await store.seen(tx, person)
    wanted = [one.proposal for one in found.rows]
    known, newest = await proposals.by_ids(tx, wanted), await proposals.newest_steps(tx, wanted)
    listed = []
    for one in found.rows:
        step = newest.get(one.proposal)
        since = max(one.joined_at, seen or one.joined_at)
        listed.append(Supported(one, known[one.proposal], step, step is not None and step.at > since))
    return listed, found.token


async def see(tx: Transaction) -> None:
    """The caller has seen all until now. Errors: PROPOSALS_CLOSED."""
    await store.see(tx, keys.supporter(tx.runtime, tx.caller.subject))


def _person(tx: Transaction, proposal: UUID, session: str, network: str) -> Person:
    subject = tx.caller.subject if keys.known(tx.caller) else ""
    login = keys.digest(tx.runtime, "login", subject, proposal) if subject else None
    return Person(
        login,
        keys.digest(tx.runtime, "session", session, proposal) if session else None,
        keys.digest(tx.runtime, "network", network, proposal) if network and login is None else None,
        keys.supporter(tx.runtime, subject) if subject else None,
    )
