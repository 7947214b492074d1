"""Followers going all the ways that they can, so that each statement is looked at."""

from services.society.following import gauges, timers
from smartcity.society.v1 import followers_pb2 as pb
from smartcity.society.v1 import proposals_pb2
from tests.fixtures.pillars import Served
from tests.governance.mails import catching
from tests.society.following.followers import Followers, token_of
from tests.society.proposals import rows as proposal_rows
from tests.society.taking_part import BAPPEDA

ACCEPTED = proposals_pb2.PROPOSAL_STATE_ACCEPTED


async def _live(served: Served) -> None:
    began = served.now
    async with catching(served.runtime) as catcher:
        followers = Followers(served, catcher)
        one = await followers.society.published()
        mail = await followers.followed(one.code)
        again = await followers.followed(one.code)
        await followers.hear()
        one = await followers.society.review(one, ACCEPTED)
        await followers.hear()
        await gauges.GAUGES.read(served.runtime)
        await timers.deliver(served.runtime)
        token = token_of(again, "berhenti")
        await followers.call(pb.GetFollowerRequest(link=pb.FOLLOWER_LINK_END, token=token))
        await followers.followed(one.code, "ani@contoh.id")
        await followers.end(mail)
        await followers.society.call(await proposal_rows._merge(served), BAPPEDA)
        merged = (await followers.society.call(
            proposals_pb2.ListProposalsRequest(states=[proposals_pb2.PROPOSAL_STATE_MERGED])
        )).proposals[0]  # fmt: skip
        await served.admin.execute(
            "UPDATE society.proposal_follower SET proposal = (SELECT id FROM society.proposal WHERE code = $1)"
            " WHERE state = 'confirmed'",
            merged.code,
        )
        await followers.hear()
        served.pass_time(days=366)
        await timers.prune(served.runtime)
    served.now = began


LIVES = {"following": _live}
