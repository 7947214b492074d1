"""What somebody supports: a page of their own says what became of it, and mails tell it to who wants them."""

from lxml import html

from services.kit.caller import ANONYMOUS
from services.society.following import timers
from services.society.proposals import reactions
from smartcity.economy.v1 import events_pb2 as economy
from smartcity.economy.v1 import permits_pb2
from smartcity.society.v1 import proposals_pb2, supports_pb2
from tests.fixtures.arriving import arrived
from tests.fixtures.edge import edge_before, stand_before
from tests.society.following.conftest import followers
from tests.society.following.followers import Followers
from tests.society.pages import reader, said
from tests.society.taking_part import BAPPEDA, BUDI, REASON, SITI, Society

__all__ = ["followers"]

ACCEPTED, REFUSED = proposals_pb2.PROPOSAL_STATE_ACCEPTED, proposals_pb2.PROPOSAL_STATE_REFUSED


async def listed(society: Society, caller: object = BUDI, **asked: object) -> list[tuple[str, str, bool]]:
    """What somebody supports: code, what happened last, and whether that is new."""
    found = await society.call(supports_pb2.ListSupportsRequest(**asked), caller)  # type: ignore[arg-type]
    kinds = proposals_pb2.ProposalStepKind
    return [(one.proposal.code, kinds.Name(one.newest.kind)[19:].lower(), one.unseen) for one in found.supports]


async def test_who_supports_is_told_what_is_new_until_they_have_seen_it(society: Society) -> None:
    first, second = await society.published(), await society.published()
    for one in (first, second):
        society.served.pass_time(seconds=1)
        await society.support(one.code, BUDI)
    assert await listed(society) == [(second.code, "published", False), (first.code, "published", False)]
    society.served.pass_time(seconds=1)
    done = await society.review(first, ACCEPTED)
    await society.review(second, REFUSED)
    assert await listed(society) == [(second.code, "refused", True), (first.code, "accepted", True)]
    found = await society.call(supports_pb2.ListSupportsRequest(page_size=1), BUDI)
    assert (found.supports[0].proposal.title, found.supports[0].newest.note) == ("", REASON), "taken away, and why"
    assert [one[0] for one in await listed(society, page_size=1, page_token=found.next_page_token)] == [first.code]
    await society.call(supports_pb2.SeeSupportsRequest(), BUDI)
    assert [one[2] for one in await listed(society)] == [False, False]
    society.served.pass_time(seconds=1)
    report = proposals_pb2.ReportProposalRequest(
        code=done.code, etag=done.etag, note=REASON, link=proposals_pb2.PROPOSAL_LINK_KIND_PERMIT,
        reference="SMGZ-7K4P2M8Q-1",
    )  # fmt: skip
    await society.call(report, BAPPEDA)
    for before in (
        permits_pb2.PERMIT_STATE_DECIDING, permits_pb2.PERMIT_STATE_SUSPENDED, permits_pb2.PERMIT_STATE_OBJECTED,
    ):  # fmt: skip
        granted = economy.PermitAdvanced(
            code=report.reference, state=permits_pb2.PERMIT_STATE_GRANTED, from_state=before
        )
        async with society.served.runtime.transaction() as tx:
            await reactions.on_permit_advanced(tx, arrived(society.served, granted, "economy"))
    assert await listed(society) == [(second.code, "refused", False), (first.code, "permitted", True)]
    steps = [one.kind for one in (await society.proposal(first.code)).steps]
    assert steps.count(proposals_pb2.PROPOSAL_STEP_KIND_PERMITTED) == 1, "one that only holds again is no news"
    assert await listed(society, SITI) == [], "whose they are, they are alone"


async def test_support_from_before_the_login_is_found_once_it_is_given_again(society: Society) -> None:
    one = await society.published()
    await society.support(one.code, ANONYMOUS, "browser", "network")
    assert await listed(society) == []
    again = await society.support(one.code, BUDI, "browser")
    assert (again.supporters, again.counted) == (1, True)
    assert [each[0] for each in await listed(society)] == [one.code]
    await society.support(one.code, BUDI, "browser")
    assert len(await listed(society)) == 1


async def test_it_is_said_beside_the_button_that_support_cannot_be_taken_back(followers: Followers) -> None:
    code = (await followers.society.published()).code
    async with edge_before(followers.served) as client:
        for language, told in (("en", "cannot be taken back"), ("id", "tidak dapat ditarik kembali")):
            page = html.fromstring(
                (await client.get(f"/sosial/usulan/{code}", headers={"accept-language": language})).text
            )
            (button,) = page.xpath("//form[@id='support-form']//button[@aria-describedby]")
            assert told in page.get_element_by_id(button.get("aria-describedby")).text_content()


async def test_the_page_asks_for_mails_as_it_takes_support_and_says_later_what_is_new(followers: Followers) -> None:
    one = await followers.society.published()
    await followers.hear()
    path = f"/sosial/usulan/{one.code}"
    async with stand_before(followers.served) as stand:
        budi = await reader(stand, BUDI)
        async with budi.client:
            wrong = await budi.send(path, "support-form", email="budi")
            assert "Write an e-mail address" in said(wrong, "problem")
            done = await budi.send(path, "support-form", email="budi@contoh.id")
            assert said(done, "done").startswith("Your support counts. To hear of each step, open the link in the mail")
            assert said(done, "supporters") == "1 supporter"
            await timers.deliver(followers.served.runtime)
            await followers.confirm(followers.catcher.to("budi@contoh.id")[0])
            followers.served.pass_time(seconds=1)
            await followers.society.review(one, ACCEPTED)
            (mail,) = await followers.told()
            assert "The proposal is accepted" in mail.get_content()
            mine = await budi.page("/sosial/dukungan-saya")
            assert mine.xpath("//li/@data-unseen") == ["yes"]
            assert "ccepted" in said(mine, "supports")
            seen = await budi.send("/sosial/dukungan-saya", "see-form")
            assert seen.xpath("//li/@data-unseen") == ["no"]
            assert said(seen, "done").startswith("Nothing is new now")
            assert not seen.xpath("//form[@id='see-form']")
