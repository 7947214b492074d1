"""An address is confirmed for a proposal while who follows another is brought along to it: it follows that once."""

from email.message import EmailMessage

import pytest

from services.society.following import actions, timers
from smartcity.society.v1 import followers_pb2 as pb
from smartcity.society.v1 import proposals_pb2
from tests.fixtures.meanwhile import meanwhile
from tests.society.following.followers import SITI, Followers, token_of
from tests.society.taking_part import BAPPEDA, REASON

_FOLLOWS = """
SELECT count(*) FROM society.proposal_follower AS one JOIN society.proposal AS about ON about.id = one.proposal
 WHERE one.state = 'confirmed' AND about.merged_into IS NULL
"""


@pytest.fixture
async def asked(followers: Followers) -> EmailMessage:
    """The confirmation of a proposal to who follows another, which was joined to that and is telling it."""
    process = (await followers.society.process()).id
    one, into = await followers.society.published(process), await followers.society.published(process)
    await followers.hear()
    await followers.followed(one.code)
    await followers.ask(into.code)
    await timers.deliver(followers.served.runtime)
    request = proposals_pb2.MergeProposalRequest(code=one.code, etag=one.etag, into=into.code, note=REASON)
    await followers.society.call(request, BAPPEDA)
    await followers.hear(passed_on=False)
    return followers.catcher.to(SITI)[-1]


async def test_who_confirms_while_they_are_brought_along_follows_once(
    followers: Followers, asked: EmailMessage
) -> None:
    async with followers.served.runtime.transaction() as tx:
        await actions.pass_on(tx)
        confirming = await meanwhile(tx, followers.confirm(asked))
    assert (await confirming).state == pb.FOLLOWER_STATE_CONFIRMED
    assert await followers.served.admin.fetchval(_FOLLOWS) == 1


async def test_who_is_brought_along_while_they_confirm_follows_once(followers: Followers, asked: EmailMessage) -> None:
    async with followers.served.runtime.transaction() as tx:
        await actions.confirm(tx, token_of(asked, "konfirmasi"))
        passing = await meanwhile(tx, timers.pass_on(followers.served.runtime))
    await passing
    assert await followers.served.admin.fetchval(_FOLLOWS) == 1
