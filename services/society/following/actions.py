"""What can be done with followers of proposals."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from services.kit.database import Transaction
from services.kit.errors import DomainError, not_found, precondition
from services.kit.mail.follower import LINK_LIFE, Why
from services.kit.mail.following import Following
from services.kit.mail.keys import Purpose
from services.society.following import keys, model, queue, store
from services.society.following.model import Follower
from services.society.proposals import access
from services.society.proposals import store as proposals
from services.society.proposals.model import Proposal, StepKind

BATCH = 500
"""Followers that a step is queued for in one transaction."""


class Followed(NamedTuple):
    """A follower, and the proposal."""

    follower: Follower
    proposal: Proposal


async def follow(tx: Transaction, code: str, link_key: str, email: str, language: str) -> Followed:
    """Asks the owner of an address whether they want to hear of a proposal, as often as it may be asked.

    The answer is the same where it may not, and nothing is kept then. Errors: those of ``CreateFollower``.
    """
    if not (tx.runtime.settings.smtp_url and keys.is_open(tx.runtime)):
        raise keys.closed()
    one = await access.known(tx, code, link_key)
    model.require_going_on(one)
    made = FOLLOWING.made(tx, email, language, partial(Follower, proposal=one.id))
    if await FOLLOWING.may_ask(tx, made):
        await FOLLOWING.ask(tx, made)
    return Followed(made, one)


async def linked(tx: Transaction, purpose: Purpose, token: str) -> Followed:
    """What a link is about. Errors: FOLLOWING_CLOSED, FOLLOWER_LINK_UNKNOWN."""
    found = await FOLLOWING.linked(tx, purpose, token)
    one = await proposals.get(tx, found.proposal)
    if one is None:
        raise _unknown()
    return Followed(found, one)


async def confirm(tx: Transaction, token: str) -> Followed:
    """The owner of an address wants the news. Again is harmless.

    Errors: FOLLOWING_CLOSED, FOLLOWER_LINK_UNKNOWN, FOLLOWER_LINK_EXPIRED.
    """
    found = await linked(tx, Purpose.CONFIRM, token)
    about = await _joined_to(tx, found.proposal.id)
    one, address = await FOLLOWING.to_confirm(tx, found.follower)
    if address is None:
        return Followed(one, found.proposal)
    before = await store.of_address(tx, about.id, address)
    if before is None and about.id != one.proposal:
        # Who followed what was joined to another goes along only when that is told of: until then they stand there.
        before = await store.of_address(tx, one.proposal, address)
    if before is not None:
        await store.FOLLOWERS.save(tx, one.join(before, tx.now))
        done = replace(before, language=one.language)
        await store.FOLLOWERS.save(tx, done)
        return Followed(done, about)
    done = await FOLLOWING.confirm(tx, one)
    if about.id != one.proposal:  # those who had confirmed before went along with its step
        await store.go_along(tx, [done.id], about.id)
    await store.mark(tx, about.id)
    return Followed(done, about)


async def end(tx: Transaction, token: str) -> Followed:
    """Whoever reads the mails wants no more: the address is erased. Again is harmless.

    Errors: FOLLOWING_CLOSED, FOLLOWER_LINK_UNKNOWN.
    """
    found = await linked(tx, Purpose.END, token)
    return Followed(await FOLLOWING.stop(tx, found.follower, Why.UNSUBSCRIBED), found.proposal)


async def tell(tx: Transaction, code: str, kind: StepKind, at: datetime) -> None:
    """Something happened to a proposal at that instant: it sets out to its followers. Again is harmless."""
    one = await proposals.by_code(tx, code)
    if one is None or kind not in model.TOLD:
        return
    for step in await proposals.steps(tx, one.id):
        if step.kind is kind and step.at == at:
            await queue.begin(tx, step.id, one.id)


async def pass_on(tx: Transaction) -> bool:
    """Queues the step that is the longest on its way for some more followers. Whether there was one.

    Who followed what is joined to another proposal follows that from then on.
    """
    telling = await queue.next_telling(tx)
    if telling is None:
        return False
    found = await queue.followers(tx, telling.proposal, telling.after, BATCH)
    await queue.tell(tx, telling.step, found)
    await _go_along(tx, telling.step, found)
    await queue.advance(tx, telling.step, found[-1] if found else telling.after, done=len(found) < BATCH)
    return True


async def _joined_to(tx: Transaction, proposal: UUID) -> Proposal:
    """What a proposal was joined to, and that to another; it itself where it was not. Locked: nobody begins to follow
    it in two ways at once.
    """
    one = await proposals.get(tx, proposal, lock=True)
    while one is not None and one.merged_into is not None:
        one = await proposals.get(tx, one.merged_into, lock=True)
    assert one is not None, "a proposal or follower refers to it"
    return one


async def _go_along(tx: Transaction, step: UUID, followers: Sequence[UUID]) -> None:
    told = (await proposals.steps_by_ids(tx, [step])).get(step)
    one = await proposals.get(tx, told.proposal) if told and told.kind is StepKind.MERGED else None
    if one is not None and one.merged_into is not None and followers:
        await proposals.get(tx, one.merged_into, lock=True)  # an address may be confirmed for it just now
        await store.go_along(tx, followers, one.merged_into)
        await store.mark(tx, one.merged_into)


def _unknown() -> DomainError:
    message = "This link is not whole, or too old. Ask for the mails again on the proposal's page."
    return not_found("FOLLOWER_LINK_UNKNOWN", message)


def _expired() -> DomainError:
    message = f"It has ended, or its link is older than {LINK_LIFE.days} days. Ask for it again."
    return precondition("FOLLOWER_LINK_EXPIRED", message)


FOLLOWING = Following(store.FOLLOWERS, keys.of, queue.ask, _unknown, _expired)
