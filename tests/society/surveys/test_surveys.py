"""Surveys over the pillar's real server: who asks, who answers once, and what may be told of it."""

import asyncio
from datetime import timedelta

import pytest

from services.kit.caller import ANONYMOUS, Caller
from services.society.answering import actions as answering
from services.society.inviting import timers as inviting_timers
from services.society.inviting.model import Kind
from services.society.questionnaires.model import Answer
from services.society.roster import store as roster
from services.society.satisfaction.profile import required
from services.society.surveys import gauges, timers
from smartcity.society.v1 import satisfaction_pb2 as satisfaction
from smartcity.society.v1 import surveys_pb2 as pb
from smartcity.types.v1.origin_pb2 import Origin
from tests.governance.conftest import officer, refused
from tests.society.surveys.surveying import DISDAG, DPU, LEVELS, Surveying
from tests.society.taking_part import SITI, Society


@pytest.fixture
def surveying(society: Society) -> Surveying:
    """The pillar, where nothing is asked."""
    return Surveying(society.served)


async def test_a_survey_is_a_draft_then_asked_then_closed_then_published(surveying: Surveying) -> None:
    one = await surveying.draft()
    with refused("SURVEY_NOT_FOUND"):
        await surveying.call(pb.GetSurveyRequest(id=one.id))
    for caller, agency in ((DPU, "disdag"), (DISDAG, ""), (SITI, "disdag"), (ANONYMOUS, "")):
        with refused("NOT_YOURS"):
            await surveying.call(pb.ListSurveysRequest(states=[pb.SURVEY_STATE_DRAFT], agency=agency), caller)
    changed = pb.UpdateSurveyRequest(id=one.id, etag=one.etag, title="Jam pasar", questions=one.questions)
    one = (await surveying.call(changed, DISDAG)).survey
    one = (await surveying.call(surveying.opening(one), DISDAG)).survey
    with refused("INVALID_TRANSITION"):
        await surveying.call(
            pb.UpdateSurveyRequest(id=one.id, etag=one.etag, title="Lain", questions=one.questions), DISDAG
        )
    for place, choice in enumerate((1, 1, 1, 1, 1, 1, 2, 2, 3)):
        await surveying.answer(one, place, choice, words=f"Saran {place}")
    shown = await surveying.result(one)
    assert (shown.answers, shown.final, len(shown.questions)) == (0, False, 0), "the first batch waits for the second"
    await surveying.answer(one, 9, words="Saran 9")
    assert (await surveying.result(one)).answers == 5
    words = pb.ListSurveyWordsRequest(id=one.id)
    assert len((await surveying.call(words, DISDAG)).words) == 5
    with refused("NOT_YOURS"):
        await surveying.call(words, DPU)
    one = await surveying.closed(one)
    assert (await surveying.result(one)).withheld, "nobody else sees it before it is published"
    assert (await surveying.result(one, DISDAG)).questions
    assert len((await surveying.call(words, DISDAG)).words) == 10
    await surveying.call(pb.PublishSurveyRequest(id=one.id, etag=one.etag), DISDAG)
    result = await surveying.result(one)
    assert (result.answers, result.final) == (10, True)
    first, scale, _ = result.questions
    assert [(each.answers, each.hidden) for each in first.options] == [(0, True), (0, True), (0, True)]
    assert first.hidden_answers == 10, "seven with two and one would leave too few"
    assert scale.mean == "2.00"
    assert await Society(surveying.served).told() == ["SurveyPublished"]
    for table in ("survey_tally", "survey_person"):
        assert not await surveying.served.admin.fetchval(f"SELECT count(*) FROM society.{table}")


async def test_somebody_answers_once_and_a_repeat_changes_nothing(surveying: Surveying) -> None:
    one = await surveying.asked()
    await surveying.answer(one, 1, key="6f0e4b5a-43f1-4e9b-9d64-0f2f7f1f2a11")
    await surveying.answer(one, 1, choice=3, key="6f0e4b5a-43f1-4e9b-9d64-0f2f7f1f2a11")
    with refused("ANSWERED_ALREADY"):
        await surveying.answer(one, 1, choice=3)
    with refused("ANSWERS_INCOMPLETE"):
        await surveying.call(pb.AnswerSurveyRequest(id=one.id, answers=[pb.Answer(question=1, option=1)]), SITI)
    with refused("ANSWERS_INVALID"):
        bad = [pb.Answer(question=1, option=4), pb.Answer(question=2, option=1)]
        await surveying.call(pb.AnswerSurveyRequest(id=one.id, answers=bad), SITI)
    row = await surveying.served.admin.fetchrow("SELECT * FROM society.survey_tally")
    assert row is not None
    assert (row["filling"], list(row["filling_counts"])) == (1, [1, 0, 0, 0, 1, 0])


@pytest.mark.parametrize("caller", [SITI, ANONYMOUS])
async def test_an_answer_that_is_sent_again_while_its_first_sending_commits_is_answered_as_that(
    surveying: Surveying, monkeypatch: pytest.MonkeyPatch, caller: Caller
) -> None:
    monkeypatch.setattr(roster, "MOST_OF_A_NETWORK", 1)
    one = await surveying.asked()
    answers, origin = {1: Answer(option=1), 2: Answer(option=2)}, Origin(session="browser", network="network")
    said = [pb.Answer(question=question, option=each.option) for question, each in answers.items()]
    async with surveying.served.runtime.transaction(caller) as tx:
        await answering.answer(tx, one.id, "key-1", answers, origin.session, origin.network)
        request = pb.AnswerSurveyRequest(request_id="key-1", id=one.id, answers=said, origin=origin)
        again = asyncio.create_task(surveying.call(request, caller))
        await asyncio.wait({again}, timeout=0.3)
        assert not again.done()
    assert (await again).survey == one.id
    request.request_id = "key-2"
    with refused("ANSWERED_ALREADY"):
        await surveying.call(request, caller)
    assert await surveying.served.admin.fetchval("SELECT filling FROM society.survey_tally") == 1


async def test_with_fewer_than_five_nothing_is_published(surveying: Surveying) -> None:
    one = await surveying.asked(days=1)
    for place in range(4):
        await surveying.answer(one, place, words="Hanya kami berempat")
    surveying.served.pass_time(days=2)
    with refused("SURVEY_NOT_OPEN"):
        await surveying.answer(one, 5)
    await timers.due(surveying.served.runtime)
    one = (await surveying.call(pb.GetSurveyRequest(id=one.id))).survey
    assert one.state == pb.SURVEY_STATE_CLOSED
    with refused("SURVEY_ANSWERS_TOO_FEW"):
        await surveying.call(pb.PublishSurveyRequest(id=one.id, etag=one.etag), DISDAG)
    assert (await surveying.result(one, DISDAG)).withheld
    assert not await surveying.served.admin.fetchval("SELECT count(*) FROM society.survey_words")


async def test_of_many_who_answer_at_once_from_one_network_no_more_than_may_are_counted(
    surveying: Surveying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "MOST_OF_A_NETWORK", 3)
    one = await surveying.asked()
    of_one_network = [surveying.answer(one, 4 * number) for number in range(12)]
    answers = await asyncio.gather(*of_one_network, return_exceptions=True)
    assert sum(each is None for each in answers) == 3


async def test_whoever_had_a_case_that_ended_judges_once_and_nothing_tells_whose(surveying: Surveying) -> None:
    assert not await surveying.code("SMG-0000"), "nothing has ended"
    await surveying.case_ends("SMG-0000")
    await surveying.case_ends("SMG-0000")
    await surveying.case_ends("SMG-LATI", exercise=True)
    code = await surveying.code("SMG-0000")
    asked = satisfaction.GetInvitationRequest(link_key=code)
    invitation = (await surveying.call(asked)).invitation
    assert (invitation.agency.id, invitation.used, len(invitation.questions)) == ("dpu", False, 10)
    await surveying.judge(code, words="Cepat.", key="6f0e4b5a-43f1-4e9b-9d64-0f2f7f1f2a11")
    await surveying.judge(code, [1] * 9, key="6f0e4b5a-43f1-4e9b-9d64-0f2f7f1f2a11")
    with refused("ANSWERED_ALREADY"):
        await surveying.judge(code, [1] * 9)
    with refused("INVITATION_NOT_FOUND"):
        await surveying.judge("a" * 26)
    assert not await surveying.code("SMG-0000")
    assert not await surveying.code("SMG-LATI")
    admin = surveying.served.admin
    (invited,) = await admin.fetch("SELECT * FROM society.survey_invitation")
    assert set(dict(invited)) == {"id", "agency", "request", "until"}
    assert code.encode() not in invited["id"]
    assert b"SMG" not in invited["id"]
    assert not await admin.fetchval("SELECT count(*) FROM society.idempotency_key"), "nor does a digest of the answers"
    surveying.served.pass_time(days=31)
    await inviting_timers.forget(surveying.served.runtime)
    assert not await admin.fetchval("SELECT count(*) FROM society.survey_invitation")


@pytest.mark.parametrize(
    ("undecided", "decided"),
    [
        ("DRAFT CHECKING DECIDING", "DECIDING PAYABLE"),
        ("DRAFT CHECKING", "CHECKING PAYABLE"),
        ("DRAFT CHECKING DECIDING", "DECIDING GRANTED"),
        ("DRAFT CHECKING ASKED CHECKING", "CHECKING DEEMED_GRANTED"),
        ("DECIDING ASKED DECIDING", "DECIDING REFUSED"),
        ("CHECKING DECIDING", "DECIDING ENDED"),  # granted: it is a service
    ],
)
async def test_permits_are_asked_about_once_they_are_decided(
    surveying: Surveying, undecided: str, decided: str
) -> None:
    await surveying.permit_moves("SMGZ-0001", *undecided.split())
    assert not await surveying.code("SMGZ-0001", Kind.PERMIT)
    await surveying.permit_moves("SMGZ-0001", *decided.split())
    assert await surveying.code("SMGZ-0001", Kind.PERMIT)


@pytest.mark.parametrize(
    "again",
    ["GRANTED SUSPENDED GRANTED", "SUSPENDED OBJECTED GRANTED", "REVOKED OBJECTED DEEMED_GRANTED",
     "REFUSED OBJECTED GRANTED", "REFUSED OBJECTED REFUSED", "REFUSED OBJECTED PAYABLE GRANTED", "PAYABLE GRANTED",
     "PAYABLE LAPSED", "OBJECTED ENDED", "GRANTED ENDED"],
)  # fmt: skip
async def test_a_permit_that_was_judged_is_asked_about_no_more_however_much_later_it_holds_again(
    surveying: Surveying, again: str
) -> None:
    first, *_ = again.split()
    await surveying.permit_moves("SMGZ-0001", "DECIDING", first if first in ("REFUSED", "PAYABLE") else "GRANTED")
    await surveying.judge(await surveying.code("SMGZ-0001", Kind.PERMIT))
    surveying.served.pass_time(days=31)
    await inviting_timers.forget(surveying.served.runtime)
    assert not await surveying.served.admin.fetchval("SELECT count(*) FROM society.survey_invitation")
    await surveying.permit_moves("SMGZ-0001", *again.split())
    assert not await surveying.code("SMGZ-0001", Kind.PERMIT)


async def test_payments_to_agencies_are_asked_about_and_others_are_not(surveying: Surveying) -> None:
    await surveying.paid("SMGP-0001", "dlh")
    await surveying.paid("SMGP-0002", "dishub", "fare")
    await surveying.paid("SMGP-0003", "")
    codes = [await surveying.code(f"SMGP-000{number}", Kind.PAYMENT) for number in (1, 2, 3)]
    assert [bool(code) for code in codes] == [True, False, False]
    assert not await surveying.code("SMGP-0001"), "a case of the same code is something else"
    judged = satisfaction.AnswerInvitationRequest(link_key=codes[0], levels=LEVELS)
    with refused("OWN_AGENCY"):
        await surveying.call(judged, officer("dlh"))


async def test_of_a_case_that_ended_again_elsewhere_the_last_agency_is_judged(surveying: Surveying) -> None:
    await surveying.case_ends("SMG-0000", "dlh")
    code = await surveying.code("SMG-0000")
    surveying.served.pass_time(days=3)
    await surveying.case_ends("SMG-0000", "dpu")
    assert await surveying.code("SMG-0000") == code, "links that were handed out stay good"
    found = (await surveying.call(satisfaction.GetInvitationRequest(link_key=code))).invitation
    days = required(surveying.served.runtime.city).invite_days
    until = surveying.served.now.astimezone(surveying.served.runtime.city.timezone).date() + timedelta(days=days)
    assert (found.agency.id, found.until) == ("dpu", str(until))
    assert {one.agency.id: one.invited for one in await surveying.indexes()} == {"dlh": 0, "dpu": 1}


async def test_who_has_judged_a_case_is_not_asked_again_when_it_ends_again(surveying: Surveying) -> None:
    await surveying.case_ends("SMG-0000", "dlh")
    code = await surveying.code("SMG-0000")
    await surveying.judge(code)
    await surveying.case_ends("SMG-0000", "dpu")
    found = (await surveying.call(satisfaction.GetInvitationRequest(link_key=code))).invitation
    assert (found.agency.id, found.used) == ("dlh", True)


@pytest.mark.parametrize(("state", "asked"), [("filed", False), ("verified", False), ("assigned", True)])
async def test_an_agency_that_never_had_a_rejected_case_is_not_judged(
    surveying: Surveying, state: str, asked: bool
) -> None:
    await surveying.case_ends("SMG-0000", rejected_from=state)
    assert bool(await surveying.code("SMG-0000")) == asked


async def test_a_period_is_published_by_itself_and_does_not_change(surveying: Surveying) -> None:
    await surveying.judged(12)
    (now,) = await surveying.indexes()
    assert (now.final, now.answers, now.invited, now.needed, now.enough) == (False, 5, 12, 14, False)
    assert (now.index, now.grade) == ("80.56", "B")
    assert [each.mean for each in now.elements] == [f"{level}.00" for level in LEVELS]
    surveying.served.pass_time(days=40)
    await timers.due(surveying.served.runtime)
    await timers.fold_counters(surveying.served.runtime)
    (done,) = await surveying.indexes(final=True)
    assert (done.final, done.answers, done.first_day, done.last_day) == (True, 12, "2026-10-01", "2026-12-31")
    assert (done.index, done.formula) == ("80.56", "per-sembilan")
    assert [(each.formula, each.index) for each in done.others] == [("tiga-desimal", "80.48"), ("dua-desimal", "79.75")]
    assert await Society(surveying.served).told() == ["SurveyPublished", "SatisfactionPublished"]
    await surveying.case_ends("SMG-9999")
    await surveying.judge(await surveying.code("SMG-9999"), [1] * 9)
    assert (await surveying.indexes(final=True)) == [done]
    with refused("SURVEY_BY_INVITATION"):
        await surveying.call(pb.AnswerSurveyRequest(id=done.survey, answers=[pb.Answer(question=1, option=1)]), SITI)


async def test_a_period_with_too_few_goes_on_for_another(surveying: Surveying) -> None:
    await surveying.judged(4)
    surveying.served.pass_time(days=40)
    await timers.due(surveying.served.runtime)
    (one,) = await surveying.indexes()
    assert (one.final, one.answers, one.index, one.last_day) == (False, 0, "", "2027-03-31")
    await surveying.judged(1, first=4)
    surveying.served.pass_time(days=90)
    await timers.due(surveying.served.runtime)
    (one,) = await surveying.indexes()
    assert (one.final, one.answers, one.first_day, one.last_day) == (True, 5, "2026-10-01", "2027-03-31")


async def test_what_is_judged_after_the_end_counts_in_the_next_period_though_the_timer_has_not_been(
    surveying: Surveying,
) -> None:
    await surveying.judged(5)
    surveying.served.pass_time(days=37)
    await surveying.case_ends("SMG-9999")
    code = await surveying.code("SMG-9999")
    surveying.served.pass_time(days=1)
    await surveying.judge(code)
    await timers.due(surveying.served.runtime)
    found = await surveying.indexes(final=True)
    assert [(one.answers, one.last_day) for one in found] == [(5, "2026-12-31")]


async def test_a_survey_that_is_overdue_is_seen(surveying: Surveying) -> None:
    await surveying.asked(days=1)
    surveying.served.pass_time(days=1, hours=2)
    ((value, _),) = next(iter((await gauges.GAUGES.read(surveying.served.runtime)).values()))
    assert value == 7200.0


async def test_what_the_index_rests_on_is_told(surveying: Surveying) -> None:
    found = await surveying.call(satisfaction.ListSatisfactionFormulasRequest())
    assert [(one.id, one.weight, one.current) for one in found.formulas] == [
        ("per-sembilan", "1/9", True), ("tiga-desimal", "0.111", False), ("dua-desimal", "0.11", False),
    ]  # fmt: skip
    assert (found.basis, found.months) == ("Permenpan RB 14/2017", 3)
