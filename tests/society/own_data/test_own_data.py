"""Requests for own data over the real server: asked of all pillars, answered one by one, erased."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.kit import personal
from services.kit.ids import uuid7
from services.society.own_data import reactions, store, timers
from services.society.own_data.model import PILLARS
from smartcity.society.v1 import ballots_pb2, comments_pb2, own_records_pb2, proposals_pb2
from smartcity.society.v1 import data_requests_pb2 as pb
from smartcity.society.v1.data_requests_pb2_grpc import DataRequestServiceStub
from smartcity.society.v1.own_records_pb2_grpc import OwnRecordServiceStub
from smartcity.types.v1.personal_data_pb2 import PersonalDataReported
from tests.fixtures.arriving import arrived
from tests.fixtures.edge import stand_before
from tests.fixtures.personal import asked, exported
from tests.governance.conftest import RefusedError, refused, request_id
from tests.society.ballots.voting import SECOND, Voting
from tests.society.pages import reader, said
from tests.society.residents.people import BONGSARI, BUDI, SEKAYU, SITI, People
from tests.society.taking_part import BAPPEDA, REASON, Society


async def _call(people: People, request: object, caller: object = SITI) -> object:
    import grpc.aio

    name = type(request).__name__.removesuffix("Request")
    try:
        return await people.served.call(DataRequestServiceStub, name, request, caller)  # type: ignore[arg-type]
    except grpc.aio.AioRpcError as error:
        raise RefusedError(error) from error


async def _asked(people: People, caller: object = SITI, *, erase: bool = False) -> pb.DataRequest:
    request = pb.CreateDataRequestRequest(request_id=request_id(), erase=erase)
    made: pb.DataRequest = (await _call(people, request, caller)).data_request  # type: ignore[attr-defined]
    return made


async def _answered(people: People, request: str, pillar: str, held: int = 2, kind: str = "wallets") -> None:
    kinds = [PersonalDataReported.Kind(kind=kind, held=held, reason="ledger")]
    async with people.served.runtime.transaction() as tx:
        event = arrived(people.served, PersonalDataReported(request=request, kinds=kinds), pillar)
        await reactions.on_personal_data_reported(tx, event)


async def test_nobody_has_every_pillar_look_all_day(people: People) -> None:
    await people.served.admin.execute(
        "INSERT INTO society.data_request (id, subject, erase, missing, created_at)"
        " SELECT gen_random_uuid(), $1, false, 0, $2 FROM generate_series(1, 20)",
        SITI.subject,
        people.served.now,
    )
    people.served.pass_time(hours=1)
    with refused("DATA_REQUESTS_FULL") as caught:
        await _asked(people)
    assert caught.value.metadata == {"retry_after": str(23 * 3600)}
    await _asked(people, BUDI)
    people.served.pass_time(days=1)
    await _asked(people)


async def test_each_pillar_answers_for_itself_and_once(people: People) -> None:
    made = await _asked(people)
    assert [one.answered for one in made.answers] == [False] * len(PILLARS)
    with refused("DATA_REQUEST_OPEN"):
        await _asked(people)
    for pillar in (*PILLARS[:-1], PILLARS[0], "gateway"):
        await _answered(people, made.id, pillar)
    await _answered(people, made.id, PILLARS[0], 9)
    found = (await _call(people, pb.GetDataRequestRequest(id=made.id))).data_request  # type: ignore[attr-defined]
    assert not found.done, "one that is stopped answers when it is back"
    await _answered(people, made.id, PILLARS[-1])
    listed = (await _call(people, pb.ListDataRequestsRequest())).data_requests  # type: ignore[attr-defined]
    assert [(one.id, one.done) for one in listed] == [(made.id, True)]
    assert listed[0].answers[0].kinds[0].held == 2
    with refused("DATA_REQUEST_NOT_FOUND"):
        await _call(people, pb.GetDataRequestRequest(id=made.id), BUDI)
    people.served.pass_time(days=366)
    await timers.forget(people.served.runtime)
    assert await people.served.admin.fetchval("SELECT count(*) FROM society.data_answer") == 0


async def test_erasure_ends_residence_and_consents_and_tells_who_relied_on_them(people: People) -> None:
    await people.verified()
    await people.agree()
    kinds = ("residents", "consents")
    told = await asked(people.served, reactions, SITI.subject)
    assert [told[kind] for kind in kinds] == [(1, 0, ""), (1, 0, "")]
    for held in (1, 0):
        told = await asked(people.served, reactions, SITI.subject, erase=True)
        assert [told[kind] for kind in kinds] == [(held, held, ""), (held, held, "")], "again is harmless"
    assert await people.told() == [("ResidencyConfirmed", SITI.subject), ("ResidencyWithdrawn", SITI.subject)]


async def test_where_somebody_lived_before_is_exported_as_long_as_it_counts_for_votes(people: People) -> None:
    await people.verified(area=SEKAYU)
    people.served.pass_time(days=91)
    await people.verified(area=BONGSARI)
    before = f"{SEKAYU} 2026-11-24"
    own = (await _call(people, pb.GetOwnDataRequest())).own_data  # type: ignore[attr-defined]
    assert [list(one.lived_before) for one in own.residences] == [[before], []]
    listed = await exported(people.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SITI)
    assert listed["residents"][0]["lived_before"] == before


async def _taken_part(people: People) -> list[proposals_pb2.Proposal]:
    """What Siti made, of which one waits, one is open and one was declined; and Budi's, both of which she supports."""
    society = Society(people.served)
    process = (await society.process()).id
    made = [await society.propose(process), await society.published(process), await society.published(process)]
    others = [await society.published(process, BUDI) for _ in range(2)]
    for one in others:
        await society.support(one.code, SITI, session="browser")
    await society.call(comments_pb2.CreateCommentRequest(code=others[0].code, words="Setuju, gelap sekali."), SITI)
    for one in (made[2], others[1]):
        await society.review(one, proposals_pb2.PROPOSAL_STATE_DECLINED)
    return [*made, *others]


async def test_what_somebody_proposed_said_and_supported_is_exported_in_their_words(people: People) -> None:
    made = await _taken_part(people)
    own = (await _call(people, pb.GetOwnDataRequest())).own_data  # type: ignore[attr-defined]
    assert [(one.code, one.state) for one in own.proposals] == [
        (made[2].code, "declined"), (made[1].code, "open"), (made[0].code, "waiting"),
    ]  # fmt: skip
    assert own.proposals[0].words == made[2].words
    assert [(one.proposal, one.words) for one in own.comments] == [(made[3].code, "Setuju, gelap sekali.")]
    assert [one.proposal for one in own.supports] == [made[4].code, made[3].code]
    listed = await exported(people.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SITI)
    assert [len(listed[kind]) for kind in ("proposals", "comments", "supports")] == [3, 1, 2]
    assert listed["comments"][0]["words"] == "Setuju, gelap sekali."
    other = (await _call(people, pb.GetOwnDataRequest(), BUDI)).own_data  # type: ignore[attr-defined]
    assert [len(part) for part in (other.proposals, other.comments, other.supports)] == [2, 0, 0]


async def test_erasure_leaves_what_is_published_and_counted_and_takes_the_rest(people: People) -> None:
    made, society = await _taken_part(people), Society(people.served)
    told = await asked(people.served, reactions, SITI.subject, erase=True)
    assert {kind: told[kind] for kind in ("proposals", "comments", "supports")} == {
        "proposals": (3, 3, ""), "comments": (1, 1, ""), "supports": (2, 1, "counted"),
    }  # fmt: skip
    waiting = await people.served.admin.fetchrow(
        "SELECT state, words, never_shown FROM society.proposal WHERE code = $1", made[0].code
    )
    assert waiting is not None
    assert tuple(waiting) == ("withdrawn", "", True)
    for one in made[1:3]:
        left = await society.proposal(one.code, SITI)
        assert (left.own, left.words) == (False, one.words)
    assert (await society.proposal(made[4].code)).supporters == 1, "they stay counted"
    again = await society.support(made[3].code, SITI)
    assert (again.supporters, again.counted) == (1, True), "and count once where support is taken"


async def test_why_somebody_took_a_proposal_back_is_theirs_to_read_and_to_erase(people: People) -> None:
    society = Society(people.served)
    made = await society.published()
    note = "Gang itu gang rumah saya."
    await society.call(proposals_pb2.WithdrawProposalRequest(code=made.code, note=note), SITI)
    own = (await _call(people, pb.GetOwnDataRequest())).own_data  # type: ignore[attr-defined]
    assert [one.note for one in own.proposals] == [note]
    listed = await exported(people.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SITI)
    assert listed["proposals"][0]["note"] == note
    await asked(people.served, reactions, SITI.subject, erase=True)
    assert [step.note for step in (await society.proposal(made.code)).steps] == ["", REASON, ""]


async def test_erased_words_are_in_no_kept_answer_and_are_not_handed_out_again(people: People) -> None:
    society, words = Society(people.served), "Siti Rahma di 0812-5550-1234 setuju."
    made = await society.published(caller=BUDI)
    comment = comments_pb2.CreateCommentRequest(request_id=request_id(), code=made.code, words=words)
    await society.call(comment, SITI)
    erasure = pb.CreateDataRequestRequest(request_id=request_id(), erase=True)
    first = await society.call(erasure, SITI)
    await asked(people.served, reactions, SITI.subject, erase=True)
    with refused("ANSWER_ERASED"):
        await society.call(comment, SITI)
    kept = await people.served.admin.fetch("SELECT answer FROM society.idempotency_key WHERE answer IS NOT NULL")
    assert not [row for row in kept if words.encode() in row["answer"]]
    assert await people.served.admin.fetchval("SELECT count(*) FROM society.comment") == 0, "nor is it done twice"
    assert (await society.call(erasure, SITI)).data_request.id == first.data_request.id, "a form that is sent twice"


async def test_supports_of_before_are_exported_and_erased_too(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SOME", 1)
    made, society = await _taken_part(people), Society(people.served)
    await society.support(made[1].code, BUDI)
    await people.served.admin.execute("UPDATE society.proposal_supporter SET person = NULL")
    for _ in range(2):
        own = (await _call(people, pb.GetOwnDataRequest())).own_data  # type: ignore[attr-defined]
        assert [one.proposal for one in own.supports] == [made[4].code, made[3].code]
        told = await asked(people.served, reactions, SITI.subject)
        assert told["supports"] == (2, 0, "counted"), "found by who they are, from now on"
    await people.served.admin.execute("UPDATE society.proposal_supporter SET person = NULL")
    told = await asked(people.served, reactions, SITI.subject, erase=True)
    assert told["supports"] == (2, 1, "counted")
    left = "SELECT count(*) FROM society.proposal_supporter WHERE login IS NOT NULL AND (person IS NULL) = $1"
    assert [await people.served.admin.fetchval(left, whose) for whose in (True, False)] == [1, 1], "Budi's is his"


async def test_an_erasure_that_is_cut_off_is_done_once_and_nothing_is_lost(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _taken_part(people)
    request, report = str(uuid7()), personal.report

    def cut_off(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(personal, "report", cut_off)
    with pytest.raises(ConnectionError):
        await asked(people.served, reactions, SITI.subject, erase=True, request=request)
    own = (await _call(people, pb.GetOwnDataRequest())).own_data  # type: ignore[attr-defined]
    assert (len(own.proposals), len(own.comments)) == (3, 1), "either all of it is done, or nothing"
    monkeypatch.setattr(personal, "report", report)
    told = await asked(people.served, reactions, SITI.subject, erase=True, request=request)
    assert told["proposals"] == (3, 3, "")


async def test_who_was_erased_and_is_verified_anew_has_voted_still(people: People) -> None:
    voting = Voting(people.served)
    ballot, voter = await voting.held(), await voting.voter(1)
    await voting.cast(ballot, voter, 1)
    await asked(people.served, reactions, voter.subject, erase=True)
    again = await voting.voter(1)
    with refused("VOTED_ALREADY"):
        await voting.cast(ballot, again, 2)


async def test_who_set_counts_of_a_booth_aside_is_told_that_and_when_and_not_that_they_counted(people: People) -> None:
    voting, third = Voting(people.served), replace(BAPPEDA, subject="officer-rina")
    ballot = await voting.held()
    await voting.mark(ballot, 0)
    people.served.pass_time(days=2)
    for caller, option in ((BAPPEDA, 1), (SECOND, 2)):
        await voting.enter(ballot, [(1, [option])], caller)
    people.served.pass_time(hours=5)
    aside = people.served.now
    request = ballots_pb2.SetBoothCountsAsideRequest(id=ballot.id, booth="TPS-1", reason=REASON)
    await voting.call(request, third)
    people.served.pass_time(hours=1)
    await voting.enter(ballot, [(1, [1])], SECOND)
    rina = replace(SITI, subject=third.subject)
    listed = await exported(people.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), rina)
    told = {kind: [(one["count"], one["first"], one["last"]) for one in rows] for kind, rows in listed.items()}
    at = aside.isoformat(timespec="seconds").replace("+00:00", "Z")
    assert told == {"set_aside_counts": [("2", at, at)]}


async def test_a_kind_that_the_page_has_no_words_for_yet_is_told_by_its_name(people: People) -> None:
    """A pillar of the next version answers while a gateway of this one still runs."""
    async with stand_before(people.served) as stand:
        siti = await reader(stand, SITI)
        made = await _asked(people)
        await _answered(people, made.id, PILLARS[0], kind="bicycles")
        page = await siti.page("/sosial/data-saya")
        assert page.xpath("//tr[@data-kind='bicycles']/td/text()")[:2] == ["bicycles", "2"]
        await siti.client.aclose()


async def test_the_page_asks_and_erases_with_a_tick(people: People) -> None:
    async with stand_before(people.served) as stand:
        siti = await reader(stand, SITI)
        people.served.now = datetime.now(UTC)  # pages look at the clock
        asked_page = await siti.send("/sosial/data-saya", "ask-form")
        (made,) = (await _call(people, pb.ListDataRequestsRequest())).data_requests  # type: ignore[attr-defined]
        assert said(asked_page, "waiting").startswith(f"0 of {len(PILLARS)} parts have answered. The others do within")
        assert asked_page.xpath("//div[@id='waiting']/@data-again") == ["3"], "it looks by itself"
        assert not asked_page.xpath("//form[@id='ask-form']"), "nobody need ask again meanwhile"
        await _answered(people, made.id, PILLARS[0])
        people.served.now -= timedelta(minutes=3)
        await people.served.admin.execute("UPDATE society.data_request SET created_at = $1", people.served.now)
        page = await siti.page("/sosial/data-saya")
        assert said(page, "waiting").startswith(f"1 of {len(PILLARS)} parts have answered. One that does not")
        assert (page.xpath("//@data-again"), len(page.xpath("//div[@data-pillar]"))) == ([], 1)
        for pillar in PILLARS:
            await _answered(people, made.id, pillar)
        told = (await siti.client.get("/sosial/data-saya")).text
        assert "kept for ten years" in told
        assert "Why some of it may have to stay" in told, "nothing was tried yet, so nothing is told to be kept"
        assert "stays until you log out there, 12 h at most" in told, "logins are no pillar's"
        unsure = await siti.send("/sosial/data-saya", "erase-form")
        assert "Tick that you are sure" in unsure.text_content()
        page = await siti.page("/sosial/data-saya")
        (form,) = page.xpath("//form[@id='erase-form']")
        assert "being erased" in (await siti.submit(form, sure="yes")).text_content()
        file = await siti.client.get("/sosial/data-saya/unduh")
        assert "attachment" in file.headers["content-disposition"]
        assert file.json()["pillars"]["society"] == {}
        assert "living" in file.json()["missing"], "one that does not answer is named"
        await siti.client.aclose()
