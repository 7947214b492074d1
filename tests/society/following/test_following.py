"""News of proposals by mail: to a real SMTP server, once each, and only to who asked for them and said yes."""

import asyncio

import pytest

from services.kit.mail.follower import KEPT
from services.society.following import model, timers
from services.society.proposals import reactions
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.society.v1 import followers_pb2 as pb
from smartcity.society.v1 import proposals_pb2
from tests.fixtures.arriving import arrived
from tests.fixtures.edge import stand_before
from tests.governance.conftest import refused
from tests.society.following.followers import SITI, Followers, token_of
from tests.society.taking_part import BAPPEDA, REASON
from tests.society.taking_part import SITI as AUTHOR

ACCEPTED, DECLINED = proposals_pb2.PROPOSAL_STATE_ACCEPTED, proposals_pb2.PROPOSAL_STATE_DECLINED
OPEN, REFUSED = proposals_pb2.PROPOSAL_STATE_OPEN, proposals_pb2.PROPOSAL_STATE_REFUSED
WAITING, CONFIRMED, ENDED = pb.FOLLOWER_STATE_WAITING, pb.FOLLOWER_STATE_CONFIRMED, pb.FOLLOWER_STATE_ENDED


async def test_nothing_goes_to_an_address_but_one_confirmation_before_its_owner_said_yes(followers: Followers) -> None:
    one = await followers.society.published()
    assert (await followers.ask(one.code)).state == WAITING
    await followers.society.review(one, ACCEPTED)
    (mail,) = await followers.told()
    assert one.code in mail.get_content()
    assert one.title not in mail.get_content(), "the city does not speak for whoever gave the address"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    look = pb.GetFollowerRequest(link=pb.FOLLOWER_LINK_CONFIRM, token=token_of(mail, "konfirmasi"))
    assert (await followers.call(look)).state == WAITING, "a scanner's look confirms nothing"
    assert (await followers.confirm(mail)).state == CONFIRMED
    assert await followers.told() == []


async def test_followers_hear_every_later_step_to_the_finished_work_once(followers: Followers) -> None:
    society = followers.society
    one = await society.published()
    await followers.hear()
    await followers.followed(one.code)
    await followers.followed(one.code, "ann@example.org", language="en")
    one = await society.review(one, ACCEPTED)
    first = await followers.told()
    assert sorted(mail["To"] for mail in first) == ["ann@example.org", SITI]
    english = next(mail for mail in first if mail["To"] == "ann@example.org").get_content()
    for part in (
        "The proposal is accepted",
        one.title,
        f"> {REASON}",
        f"https://lapor.example/sosial/usulan/{one.code}",
    ):
        assert part in english
    link = proposals_pb2.ReportProposalRequest(
        code=one.code, etag=one.etag, note=REASON, link=proposals_pb2.PROPOSAL_LINK_KIND_CLEANUP,
        reference="0192f8a0-7c1e-7e55-8c66-2b4d1a9f0c11",
    )  # fmt: skip
    await society.call(link, BAPPEDA)
    assert len(await followers.told()) == 2
    done = environment.CleanupCompleted(id=link.reference)
    async with followers.served.runtime.transaction() as tx:
        await reactions.on_cleanup_completed(tx, arrived(followers.served, done, "environment"))
    last = [mail["Subject"] for mail in await followers.told() if mail["To"] == SITI]
    assert last == [
        f"{one.code}: Pembersihan yang terkait sudah selesai", f"{one.code}: Usulan selesai dikerjakan",
    ]  # fmt: skip
    await followers.hear(again=True)
    await timers.deliver(followers.served.runtime)
    assert len(followers.catcher.to(SITI)) == 5, "redelivered news are no news"


async def test_steps_that_come_at_once_are_told_in_their_order(followers: Followers) -> None:
    society = followers.society
    one = await society.published()
    await followers.hear()
    readers = [f"warga{place}@contoh.id" for place in range(6)]
    for email in readers:
        await followers.followed(one.code, email)
    for to in (ACCEPTED, DECLINED, ACCEPTED):
        followers.served.pass_time(seconds=1)
        one = await society.review(one, to)
    await followers.told()
    for email in readers:
        told = [mail["Subject"].partition(": ")[2] for mail in followers.catcher.to(email)[1:]]
        assert told == ["Usulan diterima", "Usulan tidak diterima", "Usulan diterima"]


async def test_who_says_stop_hears_no_more_and_is_erased(followers: Followers) -> None:
    one = await followers.society.published()
    mail = await followers.followed(one.code)
    await followers.society.review(one, ACCEPTED)
    await followers.hear()
    assert (await followers.end(mail)).state == ENDED
    assert await followers.told() == []
    row = await followers.served.admin.fetchrow("SELECT address, sealed FROM society.proposal_follower")
    assert row is not None
    assert tuple(row) == (None, b"")
    assert (await followers.end(mail)).state == ENDED, "again is harmless"


async def test_an_address_that_follows_already_hears_once_and_both_links_end_it(followers: Followers) -> None:
    one = await followers.society.published()
    await followers.hear()
    await followers.followed(one.code)
    second = await followers.followed(one.code)
    await followers.society.review(one, ACCEPTED)
    assert len(await followers.told()) == 1
    assert (await followers.end(second)).state == ENDED
    assert await followers.served.admin.fetchval(
        "SELECT count(*) FROM society.proposal_follower WHERE state = 'confirmed'"
    ) == 0  # fmt: skip


async def test_who_asks_again_in_another_language_hears_in_that(followers: Followers) -> None:
    one = await followers.society.published()
    await followers.hear()
    await followers.followed(one.code)
    await followers.followed(one.code, language="en")
    await followers.society.review(one, ACCEPTED)
    (mail,) = await followers.told()
    assert "The proposal is accepted" in mail.get_content()


async def test_who_follows_what_is_joined_to_another_hears_of_that_from_then_on_and_once(followers: Followers) -> None:
    society = followers.society
    process = (await society.process()).id
    one, other = await society.published(process), await society.published(process)
    await followers.hear()
    await followers.followed(one.code)
    for code in (one.code, other.code):
        await followers.followed(code, "ani@contoh.id")
    request = proposals_pb2.MergeProposalRequest(code=one.code, etag=one.etag, into=other.code, note=REASON)
    await society.call(request, BAPPEDA)
    merged = await followers.told()
    assert sorted(mail["To"] for mail in merged) == ["ani@contoh.id", SITI]
    assert all(mail["Subject"] == f"{one.code}: Usulan digabungkan dengan {other.code}" for mail in merged)
    await society.review(other, ACCEPTED)
    accepted = await followers.told()
    assert sorted((mail["To"], mail["Subject"]) for mail in accepted) == [
        (email, f"{other.code}: Usulan diterima") for email in ("ani@contoh.id", SITI)
    ]


async def test_who_confirms_once_it_was_joined_to_another_follows_that(followers: Followers) -> None:
    society = followers.society
    process = (await society.process()).id
    one, between, other = [await society.published(process) for _ in range(3)]
    await followers.followed(other.code, "ani@contoh.id")
    for email in (SITI, "ani@contoh.id"):
        await followers.ask(one.code, email)
    await timers.deliver(followers.served.runtime)
    asked = [followers.catcher.to(email)[-1] for email in (SITI, "ani@contoh.id")]
    for made, into in ((one, between), (between, other)):
        request = proposals_pb2.MergeProposalRequest(code=made.code, etag=made.etag, into=into.code, note=REASON)
        await society.call(request, BAPPEDA)
    await followers.told()
    for mail in asked:
        confirmed = await followers.confirm(mail)
        assert (confirmed.state, confirmed.proposal) == (pb.FOLLOWER_STATE_CONFIRMED, other.code)
    await society.review(other, ACCEPTED)
    accepted = await followers.told()
    assert sorted((mail["To"], mail["Subject"]) for mail in accepted) == [
        (email, f"{other.code}: Usulan diterima") for email in ("ani@contoh.id", SITI)
    ]


async def test_who_asked_twice_and_confirms_before_its_joining_was_told_follows_once(followers: Followers) -> None:
    society = followers.society
    process = (await society.process()).id
    one, other = await society.published(process), await society.published(process)
    await followers.followed(one.code)
    await followers.ask(one.code)
    await timers.deliver(followers.served.runtime)
    again = followers.catcher.to(SITI)[-1]
    request = proposals_pb2.MergeProposalRequest(code=one.code, etag=one.etag, into=other.code, note=REASON)
    await society.call(request, BAPPEDA)
    confirmed = await followers.confirm(again)
    assert (confirmed.state, confirmed.proposal) == (pb.FOLLOWER_STATE_CONFIRMED, other.code)
    await followers.told()
    await society.review(other, ACCEPTED)
    assert [mail["Subject"] for mail in await followers.told()] == [f"{other.code}: Usulan diterima"]


async def test_the_author_follows_before_it_is_published_by_login_or_key(followers: Followers) -> None:
    process = (await followers.society.process()).id
    request = proposals_pb2.CreateProposalRequest(
        process=process, title="Lampu jalan", words="Gang gelap sejak tiang tumbang bulan lalu."
    )
    made = await followers.society.call(request)
    with refused("PROPOSAL_NOT_FOUND"):
        await followers.ask(made.proposal.code)
    await followers.followed(made.proposal.code, link_key=made.link_key)
    one = await followers.society.proposal(made.proposal.code, BAPPEDA)
    await followers.society.review(one, OPEN)
    (mail,) = await followers.told()
    assert "diterbitkan" in mail["Subject"]


async def test_what_is_hidden_before_its_mails_turn_is_told_to_nobody(followers: Followers) -> None:
    one = await followers.society.published()
    await followers.hear()
    await followers.followed(one.code)
    one = await followers.society.review(one, DECLINED)
    await followers.hear()
    await followers.served.admin.execute("UPDATE society.proposal SET state = 'refused'")
    assert await followers.told() == []


async def test_who_follows_what_is_taken_away_hears_why_and_none_of_its_words(followers: Followers) -> None:
    one = await followers.society.published()
    await followers.hear()
    await followers.followed(one.code)
    await followers.society.review(one, REFUSED)
    (mail,) = await followers.told()
    assert "tidak ditampilkan lagi" in mail["Subject"]
    assert REASON in mail.get_content()
    assert one.title not in mail.get_content()


async def test_who_follows_what_is_taken_back_is_not_mailed_what_its_author_writes(followers: Followers) -> None:
    one = await followers.society.published()
    await followers.hear()
    await followers.followed(one.code)
    note = "Hadiah menunggu: isi data di https://jahat.example"
    await followers.society.call(proposals_pb2.WithdrawProposalRequest(code=one.code, note=note), AUTHOR)
    (mail,) = await followers.told()
    assert mail["Subject"] == f"{one.code}: Usulan ditarik kembali oleh pengusulnya"
    assert "jahat" not in mail.get_content(), "no officer has read it, and the city says it to nobody"
    assert "menulis" not in mail.get_content()


async def test_an_address_that_nobody_has_is_erased(followers: Followers) -> None:
    one = await followers.society.published()
    await followers.ask(one.code, "nobody@contoh.id")
    await timers.deliver(followers.served.runtime)
    row = await followers.served.admin.fetchrow("SELECT state, why FROM society.proposal_follower")
    assert row is not None
    assert tuple(row) == ("ended", "undeliverable")


async def test_who_is_stopped_in_the_midst_of_it_sends_no_mail_twice(
    followers: Followers, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await followers.society.published()
    await followers.hear()
    for place in range(20):
        await followers.served.admin.execute("DELETE FROM society.follower_asked")
        await followers.followed(one.code, f"warga{place}@contoh.id")
    await followers.society.review(one, ACCEPTED)
    await followers.hear()
    before, taken, arrived_ = len(followers.catcher.mails), followers.catcher.handle_DATA, asyncio.Event()

    async def some(*given: object) -> str:
        answer = await taken(*given)
        if len(followers.catcher.mails) - before >= 5:
            arrived_.set()
        return answer

    monkeypatch.setattr(followers.catcher, "handle_DATA", some)
    task = asyncio.create_task(timers.deliver(followers.served.runtime))
    await arrived_.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    followers.served.pass_time(hours=1)
    await timers.deliver(followers.served.runtime)
    told = [mail["To"] for mail in followers.catcher.mails[before:]]
    assert sorted(told) == sorted(f"warga{place}@contoh.id" for place in range(20))


async def test_what_nothing_happens_to_for_long_and_what_nobody_confirmed_is_forgotten(followers: Followers) -> None:
    one = await followers.society.published()
    await followers.followed(one.code)
    await followers.ask(one.code, "ani@contoh.id")
    followers.served.pass_time(days=model.LET_GO.days + 1)
    await timers.prune(followers.served.runtime)
    rows = await followers.served.admin.fetch("SELECT state, why, sealed FROM society.proposal_follower")
    assert [tuple(row) for row in rows] == [("ended", "over", b"")]
    followers.served.pass_time(days=KEPT.days + 1)
    await timers.prune(followers.served.runtime)
    for table in ("proposal_follower", "follower_mail", "follower_asked", "follower_telling"):
        assert await followers.served.admin.fetchval(f"SELECT count(*) FROM society.{table}") == 0


async def test_no_more_than_three_confirmations_go_to_an_address_in_a_day(followers: Followers) -> None:
    one = await followers.society.published()
    for _ in range(5):
        assert (await followers.ask(one.code)).state == WAITING, "the answer is the same"
    await timers.deliver(followers.served.runtime)
    assert len(followers.catcher.to(SITI)) == 3


@pytest.mark.parametrize(("email", "reason"), [("siti@contoh", "EMAIL_INVALID"), ("", "EMAIL_INVALID")])
async def test_what_is_no_address_is_refused(followers: Followers, email: str, reason: str) -> None:
    with refused(reason):
        await followers.ask((await followers.society.published()).code, email)


async def test_where_no_mail_is_sent_nobody_is_asked_and_everybody_is_let_out(followers: Followers) -> None:
    one = await followers.society.published()
    mail = await followers.followed(one.code)
    runtime = followers.served.runtime
    runtime.settings = runtime.settings.model_copy(update={"smtp_url": ""})
    with refused("FOLLOWING_CLOSED"):
        await followers.ask(one.code)
    assert (await followers.end(mail)).state == ENDED


async def test_the_pages_ask_confirm_and_stop_in_a_fresh_browser(followers: Followers) -> None:
    one = await followers.society.published()
    await followers.ask(one.code)
    await timers.deliver(followers.served.runtime)
    (mail,) = followers.catcher.mails
    headers = {"accept": "text/html", "accept-language": "en"}
    async with stand_before(followers.served) as stand, stand.client(headers=headers) as fresh:
        page = await fresh.get(f"/sosial/usulan/{one.code}")
        assert 'id="follow-form"' in page.text
        confirm, end = (f"/surat/usulan/{kind}/{token_of(mail, kind)}" for kind in ("konfirmasi", "berhenti"))
        assert "Yes, send news to this address" in (await fresh.get(confirm)).text
        assert "News goes to this address from now on" in (await fresh.post(confirm)).text
        one_click = {"content-type": "application/x-www-form-urlencoded"}
        done = await fresh.post(end, content="List-Unsubscribe=One-Click", headers=one_click)
        assert "the address is erased" in done.text
        assert "by the link of a newer mail" in done.text, "who came back has another, which this link does not end"
