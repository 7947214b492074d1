"""Proposals over the pillar's real server: who makes and answers them, who supports them, and what becomes of them."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from deploy.faults import society as fault
from observability import semconv
from services.kit.caller import ANONYMOUS, Caller
from services.kit.rpc import protos
from services.society.proposals import gauges, reactions, store, timers
from services.society.proposals.model import StepKind
from smartcity.economy.v1 import events_pb2 as economy
from smartcity.economy.v1 import permits_pb2
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.governance.v1 import events_pb2 as governance
from smartcity.society.v1 import comments_pb2, processes_pb2
from smartcity.society.v1 import proposals_pb2 as pb
from smartcity.types.v1.money_pb2 import Money
from smartcity.types.v1.origin_pb2 import Origin
from smartcity.types.v1.place_pb2 import Point
from tests.fixtures.edge import stand_before
from tests.governance.conftest import ADMIN, RefusedError, refused
from tests.society.pages import reader
from tests.society.taking_part import BAPPEDA, BUDI, DLH, PLEBURAN, REASON, SELATAN, SELATAN_AREA, SITI, Society, listed

WAITING, REFUSED, OPEN = pb.PROPOSAL_STATE_WAITING, pb.PROPOSAL_STATE_REFUSED, pb.PROPOSAL_STATE_OPEN
ACCEPTED, DECLINED = pb.PROPOSAL_STATE_ACCEPTED, pb.PROPOSAL_STATE_DECLINED


def test_a_step_of_a_later_version_reads_as_news_of_the_work() -> None:
    assert StepKind("sung about") is StepKind.REPORTED


async def test_it_is_the_authors_and_the_agencys_until_an_officer_publishes_it(society: Society) -> None:
    made = await society.propose()
    assert (made.state, made.own, made.due_time.ToDatetime().day) == (WAITING, True, 8), "ten working days"
    for caller in (ANONYMOUS, BUDI, DLH):
        with refused("PROPOSAL_NOT_FOUND"):
            await society.proposal(made.code, caller)
    assert (await society.proposal(made.code, SITI)).words == made.words
    assert await listed(society) == []
    assert await listed(society, BAPPEDA, states=[WAITING]) == [made.code]
    assert await listed(society, DLH, states=[WAITING]) == []
    shown = await society.review(made, OPEN)
    assert (await society.proposal(made.code)).answer == REASON
    assert await listed(society) == [made.code]
    assert [step.kind for step in shown.steps] == [pb.PROPOSAL_STEP_KIND_MADE, pb.PROPOSAL_STEP_KIND_PUBLISHED]
    assert await society.told() == ["ProcessMoved", "ProposalAdvanced"]


async def test_without_a_login_the_key_makes_the_author(society: Society) -> None:
    process = (await society.process()).id
    request = pb.CreateProposalRequest(
        process=process, title="Lampu jalan di gang", words="Gang gelap sejak tiang tumbang bulan lalu."
    )
    answer = await society.call(request)
    assert (await society.call(request)).link_key == answer.link_key, "a repeated request gets the same once more"
    code = answer.proposal.code
    assert (await society.proposal(code, link_key=answer.link_key)).own
    with refused("PROPOSAL_NOT_FOUND"):
        await society.proposal(code, link_key=answer.link_key[:40] + answer.link_key[41:] + "a")
    with refused("PROPOSAL_NOT_FOUND"):
        await society.call(pb.WithdrawProposalRequest(code=code, note=REASON))
    done = await society.call(pb.WithdrawProposalRequest(code=code, note=REASON, link_key=answer.link_key))
    assert done.proposal.state == pb.PROPOSAL_STATE_WITHDRAWN
    society.served.pass_time(days=31)
    await timers.forget(society.served.runtime)
    assert (await society.proposal(code, link_key=answer.link_key)).words == ""


async def test_why_it_was_taken_back_is_forgotten_with_its_words(society: Society) -> None:
    made = await society.published()
    await society.call(pb.WithdrawProposalRequest(code=made.code, note="Gang itu gang rumah saya."), SITI)
    notes = []
    for days in (29, 2):
        society.served.pass_time(days=days)
        await timers.forget(society.served.runtime)
        steps = (await society.proposal(made.code)).steps
        notes.append([step.note for step in steps if step.kind != pb.PROPOSAL_STEP_KIND_MADE])
    assert notes == [[REASON, "Gang itu gang rumah saya."], [REASON, ""]]


async def test_what_no_officer_published_stays_hidden_when_it_is_taken_back(society: Society) -> None:
    process = (await society.process()).id
    withdrawn = pb.PROPOSAL_STATE_WITHDRAWN
    one, shown = await society.propose(process), await society.published(process)
    for made in (one, shown):
        await society.call(pb.WithdrawProposalRequest(code=made.code, note=REASON), SITI)
    for caller in (ANONYMOUS, BUDI, DLH):
        with refused("PROPOSAL_NOT_FOUND"):
            await society.proposal(one.code, caller)
        assert await listed(society, caller, states=[withdrawn]) == [shown.code]
        assert await listed(society, caller, states=[withdrawn], process=process, agency="bappeda") == [shown.code]
    with refused("PROPOSAL_NOT_FOUND"):
        await society.call(comments_pb2.ListCommentsRequest(code=one.code))
    with refused("PROPOSAL_NOT_FOUND"):
        await society.support(one.code, BUDI)
    for caller in (SITI, BAPPEDA):
        assert (await society.proposal(one.code, caller)).words == one.words
    for caller in (BAPPEDA, ADMIN):
        assert await listed(society, caller, states=[withdrawn], agency="bappeda") == [shown.code, one.code]
    assert (await society.proposal(shown.code)).words == shown.words


async def test_what_a_process_of_the_version_before_took_back_unpublished_is_hidden_as_soon_as_it_is_looked_for(
    society: Society,
) -> None:
    process = (await society.process()).id
    one, shown = await society.propose(process), await society.published(process)
    for made in (one, shown):
        await society.call(pb.WithdrawProposalRequest(code=made.code, note=REASON), SITI)
    await society.served.admin.execute("UPDATE society.proposal SET never_shown = false")
    await timers.forget(society.served.runtime)
    with refused("PROPOSAL_NOT_FOUND"):
        await society.proposal(one.code)
    assert await listed(society, ANONYMOUS, states=[pb.PROPOSAL_STATE_WITHDRAWN]) == [shown.code]


async def test_a_mistyped_code_is_found_out(society: Society) -> None:
    made = await society.published()
    wrong = made.code[:-1] + ("0" if made.code[-1] != "0" else "1")
    with refused("PROPOSAL_NOT_FOUND"):
        await society.proposal(wrong)
    assert (await society.proposal(made.code.lower().replace("-", " "))).code == made.code


async def test_a_point_tells_the_area_and_lies_within_the_process(society: Society) -> None:
    process = (await society.process("musrenbang-kecamatan", SELATAN, area=SELATAN_AREA)).id
    made = await society.propose(process, point=Point(lon=110.42438, lat=-6.99568))
    assert (made.area.code, made.agency) == (PLEBURAN, "kec-semarang-selatan")
    for fields in ({"point": Point(lon=110.41962, lat=-6.98168)}, {"area": "33.74.01"}):
        with refused("PROPOSAL_OUTSIDE"):
            await society.propose(process, **fields)
    with refused("AREA_UNKNOWN"):
        await society.propose(process, area="33.99")


async def test_it_costs_no_more_than_the_budget(society: Society) -> None:
    process = (await society.process("anggaran-rt", SELATAN, area=PLEBURAN, rt="RT 03 RW 02")).id
    made = await society.propose(process, cost=Money(currency="IDR", units=25_000_000))
    assert made.cost.units == 25_000_000
    with refused("PROPOSAL_TOO_COSTLY"):
        await society.propose(process, cost=Money(currency="IDR", units=25_000_001))
    with refused("AMOUNT_INVALID"):
        await society.propose(process, cost=Money(currency="IDR", units=-5))


async def test_proposals_are_taken_while_the_process_collects(society: Society) -> None:
    process = await society.process()
    await society.move(process, processes_pb2.PROCESS_PHASE_REVIEW)
    with refused("PROCESS_NOT_COLLECTING"):
        await society.propose(process.id)


async def test_none_is_taken_once_its_day_has_come_though_the_timer_has_not(society: Society) -> None:
    review = protos.timestamp(society.served.now + timedelta(days=2))
    process = await society.process(dates=processes_pb2.ProcessDates(review=review))
    society.served.pass_time(days=2, seconds=-1)
    await society.propose(process.id)
    society.served.pass_time(seconds=1)
    with refused("PROCESS_NOT_COLLECTING"):
        await society.propose(process.id)


async def test_a_person_makes_ten_in_a_process_and_so_does_a_network_without_logins(society: Society) -> None:
    process = (await society.process()).id
    at_once = await asyncio.gather(*(society.propose(process) for _ in range(13)), return_exceptions=True)
    assert [each.reason for each in at_once if isinstance(each, RefusedError)] == ["OWN_PROPOSALS_FULL"] * 3
    for _ in range(10):
        await society.propose(process, ANONYMOUS, origin=Origin(network="warung"))
    with refused("NETWORK_PROPOSALS_FULL"):
        await society.propose(process, ANONYMOUS, origin=Origin(network="warung"))
    await society.propose(process, BUDI)


async def test_a_person_counts_once(society: Society) -> None:
    code = (await society.published()).code
    for caller, session, network, supporters, counted in (
        (BUDI, "", "", 1, True),
        (BUDI, "other", "", 1, True),
        (ANONYMOUS, "phone", "cafe", 2, True),
        (ANONYMOUS, "phone", "train", 2, True),
        (ANONYMOUS, "laptop", "cafe", 2, False),
        (Caller("citizen-ani", frozenset({"citizen"})), "laptop", "cafe", 3, True),
        (SITI, "", "", 3, False),
    ):
        joined = await society.support(code, caller, session, network)
        assert (joined.supporters, joined.counted) == (supporters, counted), (caller, session, network)
    assert (await society.proposal(code)).supporters == 3
    await society.review(await society.proposal(code, BAPPEDA), DECLINED)
    with refused("PROPOSAL_NOT_OPEN"):
        await society.support(code, DLH)


async def test_nobody_answers_their_own(society: Society) -> None:
    insider = replace(BAPPEDA, roles=frozenset({"officer", "citizen"}))
    made = await society.propose(caller=insider)
    with refused("OWN_MATTER"):
        await society.review(made, OPEN, insider)
    colleague = replace(BAPPEDA, subject="officer-colleague")
    assert (await society.review(made, OPEN, colleague)).state == OPEN


async def test_what_is_kept_back_only_its_author_sees_and_why(society: Society) -> None:
    made = await society.propose()
    await society.review(made, REFUSED)
    with refused("PROPOSAL_NOT_FOUND"):
        await society.proposal(made.code)
    back = await society.proposal(made.code, SITI)
    assert (back.answer, back.HasField("due_time")) == (REASON, False)
    assert await society.told() == ["ProcessMoved"]
    society.served.pass_time(days=1)
    shown = await society.review(back, OPEN)
    assert (shown.state, shown.due_time.ToDatetime().day) == (OPEN, 9), "ten working days from then on"


async def test_what_has_no_words_any_more_is_published_by_nobody(society: Society) -> None:
    made = await society.review(await society.propose(), REFUSED)
    society.served.pass_time(days=31)
    await timers.forget(society.served.runtime)
    empty = await society.proposal(made.code, BAPPEDA)
    assert (empty.title, empty.words) == ("", "")
    with refused("INVALID_TRANSITION"):
        await society.review(empty, OPEN)
    async with stand_before(society.served) as stand:
        officer_ = await reader(stand, BAPPEDA)
        page = await officer_.page(f"/petugas/usulan/{made.code}")
        assert not page.xpath("//form[@id='review-form']"), "nor does the desk offer it"
        await officer_.client.aclose()


async def test_what_everybody_saw_is_taken_away_in_front_of_everybody(society: Society) -> None:
    made = await society.published()
    await society.review(made, REFUSED)
    seen = await society.proposal(made.code)
    assert (seen.state, seen.title, seen.words, seen.answer) == (REFUSED, "", "", REASON)
    assert (await society.proposal(made.code, SITI)).words == made.words
    assert await society.told() == ["ProcessMoved", "ProposalAdvanced", "ProposalAdvanced"]


async def test_an_accepted_one_goes_on_to_the_next_level_with_its_support(society: Society) -> None:
    first = await society.process("rembug-warga", SELATAN, area=PLEBURAN)
    made = await society.propose(first.id)
    shown = await society.review(made, OPEN, SELATAN)
    await society.support(made.code, BUDI)
    accepted = await society.review(shown, ACCEPTED, SELATAN)
    next_one = await society.process("musrenbang-kelurahan", SELATAN, area=PLEBURAN)
    too_far = await society.process("musrenbang-kecamatan", SELATAN, area=SELATAN_AREA)
    request = pb.CarryProposalRequest(code=made.code, etag=accepted.etag, process=too_far.id, note=REASON)
    with refused("PROPOSAL_CARRY_INVALID"):
        await society.call(request, SELATAN)
    request.process, request.request_id = next_one.id, ""
    done = (await society.call(request, SELATAN)).proposal
    assert (done.process, done.state, done.supporters) == (next_one.id, OPEN, 1)
    assert done.due_time.ToDatetime().day == 8, "ten working days, to be answered there, too"
    assert done.process_title == next_one.title


async def test_what_it_is_linked_to_tells_of_itself_on_its_page(society: Society) -> None:
    one = await society.accepted()
    links = (
        (pb.PROPOSAL_LINK_KIND_COMPLAINT, "smg-7k4p-92"),
        (pb.PROPOSAL_LINK_KIND_PAYMENT, "SMGP-7K4P2M8-92"),
        (pb.PROPOSAL_LINK_KIND_PERMIT, "503/12/2026"),
    )
    for kind, reference in links:
        request = pb.ReportProposalRequest(code=one.code, etag=one.etag, note=REASON, link=kind, reference=reference)
        one = (await society.call(request, BAPPEDA)).proposal
    assert one.state == pb.PROPOSAL_STATE_IN_PROGRESS
    paid = economy.PaymentCaptured()
    paid.payment.code = "SMGP-7K4P2M8-92"
    for react, message in (
        (reactions.on_cleanup_completed, environment.CleanupCompleted(id="a", complaint="SMG-7K4P-92")),
        (reactions.on_complaint_resolved, governance.ComplaintResolved(code="SMG-7K4P-92")),
        (reactions.on_complaint_resolved, governance.ComplaintResolved(code="SMG-AAAA-AA")),
        (reactions.on_payment_captured, paid),
    ):
        async with society.served.runtime.transaction() as tx:
            await cast(Any, react)(tx, SimpleNamespace(message=message, exercise=False))
    one = await society.proposal(one.code, BAPPEDA)
    assert [step.kind for step in one.steps][-4:] == [
        pb.PROPOSAL_STEP_KIND_CLEANED_UP, pb.PROPOSAL_STEP_KIND_RESOLVED, pb.PROPOSAL_STEP_KIND_FINISHED,
        pb.PROPOSAL_STEP_KIND_PAID,
    ]  # fmt: skip
    assert one.state == pb.PROPOSAL_STATE_DONE, "all work that it is linked to has ended"
    for finished, state in ((False, pb.PROPOSAL_STATE_IN_PROGRESS), (True, pb.PROPOSAL_STATE_DONE)):
        request = pb.ReportProposalRequest(code=one.code, etag=one.etag, note=REASON, finished=finished)
        one = (await society.call(request, BAPPEDA)).proposal
        assert one.state == state


async def test_no_drill_carries_a_proposal_out(society: Society) -> None:
    one = await society.accepted()
    link, code = pb.PROPOSAL_LINK_KIND_COMPLAINT, "SMG-7K4P-92"
    request = pb.ReportProposalRequest(code=one.code, etag=one.etag, note=REASON, link=link, reference=code)
    before = (await society.call(request, BAPPEDA)).proposal
    for react, message in (
        (reactions.on_cleanup_completed, environment.CleanupCompleted(id="a", complaint=code)),
        (reactions.on_complaint_resolved, governance.ComplaintResolved(code=code)),
    ):
        async with society.served.runtime.transaction() as tx:
            await cast(Any, react)(tx, SimpleNamespace(message=message, exercise=True))
    assert await society.proposal(one.code, BAPPEDA) == before


async def test_a_service_that_is_granted_is_news_as_a_permit_is(society: Society) -> None:
    one = await society.accepted()
    request = pb.ReportProposalRequest(
        code=one.code, etag=one.etag, note=REASON, link=pb.PROPOSAL_LINK_KIND_PERMIT, reference="SMGZ-7K4P2M8Q-1"
    )
    await society.call(request, BAPPEDA)
    ended, told = permits_pb2.PERMIT_STATE_ENDED, []
    for before in (permits_pb2.PERMIT_STATE_GRANTED, permits_pb2.PERMIT_STATE_DECIDING):
        message = economy.PermitAdvanced(code=request.reference, state=ended, from_state=before)
        async with society.served.runtime.transaction() as tx:
            await cast(Any, reactions.on_permit_advanced)(tx, SimpleNamespace(message=message, exercise=False))
        told.append((await society.proposal(one.code)).steps[-1].kind == pb.PROPOSAL_STEP_KIND_PERMITTED)
    assert told == [False, True]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"link": pb.PROPOSAL_LINK_KIND_PAYMENT}, "PROPOSAL_LINK_INVALID"),
        ({"reference": "SMG-7K4P-92"}, "PROPOSAL_LINK_INVALID"),
        ({"etag": "1"}, "STALE_ETAG"),
        ({"note": "ya"}, "NOTE_REQUIRED"),
    ],
)
async def test_a_report_that_cannot_be_is_refused(society: Society, fields: dict[str, Any], reason: str) -> None:
    one = await society.accepted()
    good = {"code": one.code, "etag": one.etag, "note": REASON}
    with refused(reason):
        await society.call(pb.ReportProposalRequest(**{**good, **fields}), BAPPEDA)


async def test_the_most_supported_stand_first(society: Society) -> None:
    process = (await society.process()).id
    first, second = await society.published(process), await society.published(process)
    await society.support(first.code, BUDI)
    assert await listed(society, process=process) == [second.code, first.code]
    assert await listed(society, process=process, most_supported=True) == [first.code, second.code]


async def test_the_fault_of_a_late_proposal_shows_in_the_gauge_and_is_undone(society: Society) -> None:
    society.served.now = datetime.now(UTC)

    async def late() -> float:
        return float(next(iter((await gauges.GAUGES.read(society.served.runtime))[semconv.PROPOSAL_LATE_AGE]))[0])

    for _ in range(2):
        for sql in fault.UNANSWERED:
            await society.served.admin.execute(sql)
    assert await late() > 600_000
    for _ in range(2):
        for sql in fault.ANSWERED:
            await society.served.admin.execute(sql)
    assert await late() == 0
    async with society.served.runtime.snapshot() as tx:
        assert not any((await store.counted(tx)).values())
