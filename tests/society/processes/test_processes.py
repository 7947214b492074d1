"""Processes over the pillar's real server."""

from typing import Any

import pytest

from services.kit.caller import ANONYMOUS
from smartcity.society.v1 import events_pb2, overview_pb2
from smartcity.society.v1 import processes_pb2 as pb
from smartcity.types.v1.money_pb2 import Money
from tests.governance.conftest import ADMIN, refused
from tests.society.taking_part import BAPPEDA, CITY, DLH, PLEBURAN, REASON, SELATAN, SELATAN_AREA, SITI, Society, at

COLLECT, REVIEW, VOTE = pb.PROCESS_PHASE_COLLECT, pb.PROCESS_PHASE_REVIEW, pb.PROCESS_PHASE_VOTE


async def test_a_draft_is_its_agencys_until_it_takes_proposals(society: Society) -> None:
    made = await society.draft()
    for caller in (ANONYMOUS, SITI, DLH):
        with refused("PROCESS_NOT_FOUND"):
            await society.read(made.id, caller)
    assert (await society.read(made.id, BAPPEDA)).phase == pb.PROCESS_PHASE_DRAFT
    assert await society.told() == []
    shown = await society.move(made, COLLECT)
    assert await society.read(made.id) == shown
    assert [(step.before, step.phase, step.automatic, step.agency) for step in shown.steps] == [
        (pb.PROCESS_PHASE_DRAFT, COLLECT, False, "bappeda")
    ]


async def test_phases_begin_by_themselves_and_other_pillars_hear_of_it(society: Society) -> None:
    dates = pb.ProcessDates(collect=at(days=1), review=at(days=8))
    made = await society.draft(dates=dates)
    await society.fall_due(days=1)
    assert (await society.read(made.id)).phase == COLLECT
    await society.fall_due(days=7)
    found = await society.read(made.id)
    assert (found.phase, found.HasField("due_time")) == (REVIEW, False)
    assert [step.automatic for step in found.steps] == [True, True]
    rows = await society.served.outbox()
    moved = [events_pb2.ProcessMoved.FromString(row["payload"]) for row in rows]
    assert [(one.before, one.phase, one.automatic) for one in moved] == [
        (pb.PROCESS_PHASE_DRAFT, COLLECT, True), (COLLECT, REVIEW, True),
    ]  # fmt: skip
    await society.fall_due(days=100)
    assert len(await society.told()) == 2


async def test_kinds_say_what_a_process_rests_on_who_votes_and_what_may_be_spent(society: Society) -> None:
    made = await society.draft("anggaran-rt", SELATAN, area=PLEBURAN, rt="RT 03 RW 02")
    assert (made.budget.units, made.votes, made.voters.min_age) == (25_000_000, True, 17)
    assert list(made.voters.areas) == [PLEBURAN]
    other = await society.draft("musrenbang-kelurahan", SELATAN, area=PLEBURAN)
    assert (other.basis, other.HasField("budget"), other.regulation) == ("Perwal Kota Semarang 88/2018", False, "")
    kinds = await society.call(pb.ListProcessKindsRequest())
    assert [one.id for one in kinds.kinds if one.moves_on] == ["rembug-warga", "musrenbang-kelurahan"]


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("pemilu", {}, "PROCESS_KIND_UNKNOWN"),
        ("konsultasi", {"area": "33.99"}, "AREA_UNKNOWN"),
        ("musrenbang-kelurahan", {"area": SELATAN_AREA}, "PROCESS_AREA_INVALID"),
        ("anggaran-rt", {"area": PLEBURAN}, "PROCESS_RT_INVALID"),
        ("konsultasi", {"rt": "RT 1"}, "PROCESS_RT_INVALID"),
        ("konsultasi", {"voters": pb.ProcessVoters(min_age=17)}, "PROCESS_VOTERS_INVALID"),
        ("konsultasi", {"budget": Money(currency="USD", units=5)}, "CURRENCY_UNKNOWN"),
        ("konsultasi", {"budget": Money(currency="IDR", units=-1)}, "AMOUNT_INVALID"),
        ("konsultasi", {"dates": pb.ProcessDates(collect=at(days=-1))}, "PROCESS_DATES_INVALID"),
        ("musrenbang-kecamatan", {"area": SELATAN_AREA, "voters": pb.ProcessVoters(cut_off="2026-12-01"),
         "dates": pb.ProcessDates(vote=at(days=9), carry_out=at(days=102))}, "PROCESS_DATES_INVALID"),
        ("musrenbang-kecamatan", {"area": SELATAN_AREA, "voters": pb.ProcessVoters(cut_off="2026-02-30")},
         "DAY_INVALID"),
    ],
)  # fmt: skip
async def test_a_draft_that_cannot_be_is_refused(
    society: Society, kind: str, fields: dict[str, Any], reason: str
) -> None:
    with refused(reason):
        await society.draft(kind, **fields)


@pytest.mark.parametrize(
    ("dates", "cut_off", "reason"),
    [
        (pb.ProcessDates(vote=at(days=40), carry_out=at(days=93)), "2026-11-24", "PROCESS_DATES_INVALID"),
        (pb.ProcessDates(carry_out=at(days=9)), "2026-12-31", "PROCESS_VOTERS_INVALID"),
    ],
)
async def test_a_vote_begins_by_hand_only_where_a_ballot_can_be_held_until_its_end(
    society: Society, dates: pb.ProcessDates, cut_off: str, reason: str
) -> None:
    voters = pb.ProcessVoters(min_age=17, cut_off=cut_off)
    made = await society.process("anggaran-rt", SELATAN, area=PLEBURAN, rt="RT 03 RW 02", voters=voters, dates=dates)
    with refused(reason):
        await society.move(made, VOTE, SELATAN)
    assert await society.read(made.id) == made


async def test_an_agency_runs_processes_where_it_serves(society: Society) -> None:
    await society.draft(caller=SELATAN, area=PLEBURAN)
    with refused("AREA_NOT_OURS"):
        await society.draft(caller=SELATAN, area=CITY)
    made = await society.process()
    for caller in (DLH, SELATAN):
        with refused("NOT_YOURS"):
            await society.move(made, REVIEW, caller)
    assert (await society.move(made, REVIEW, ADMIN)).phase == REVIEW


async def test_what_is_public_changes_with_a_reason_that_everybody_reads(society: Society) -> None:
    made = await society.process()
    said: dict[str, Any] = {
        "id": made.id,
        "etag": made.etag,
        "title": made.title,
        "summary": "Semua warga kota boleh mengusulkan.",
    }
    with refused("PROCESS_REASON_REQUIRED"):
        await society.call(pb.UpdateProcessRequest(**said), BAPPEDA)
    dates = pb.ProcessDates(review=at(days=9))
    done = (await society.call(pb.UpdateProcessRequest(**said, dates=dates, reason=REASON), BAPPEDA)).process
    assert (done.summary, done.dates.review, done.due_time) == (said["summary"], at(days=9), at(days=9))
    assert [(step.before == step.phase, step.reason) for step in done.steps][1:] == [(True, REASON)]
    with refused("STALE_ETAG"):
        await society.move(made, REVIEW)


async def test_a_list_holds_what_concerns_an_area(society: Society) -> None:
    of_city = await society.process()
    of_district = await society.process(caller=SELATAN, area=SELATAN_AREA)
    of_other = await society.process(area="33.74.01")

    async def listed(**asked: Any) -> list[str]:
        return [one.id for one in (await society.call(pb.ListProcessesRequest(**asked))).processes]

    assert await listed() == [of_other.id, of_district.id, of_city.id]
    assert await listed(area=PLEBURAN) == [of_district.id, of_city.id]
    assert await listed(area=PLEBURAN, phases=[REVIEW]) == []
    with refused("AREA_UNKNOWN"):
        await listed(area="33.99")
    with refused("NOT_YOURS"):
        await listed(phases=[pb.PROCESS_PHASE_DRAFT])
    with refused("PROCESS_DRAFTS_ALONE"):
        await listed(phases=[pb.PROCESS_PHASE_DRAFT, REVIEW])


async def test_the_overview_counts_what_goes_on(society: Society) -> None:
    await society.move(await society.process(), REVIEW)
    await society.process()
    found = await society.call(overview_pb2.GetOverviewRequest())
    assert (list(found.nouns), found.collecting, found.reviewing, found.voting) == (
        ["ballots", "courses", "processes", "residents"],
        1,
        1,
        0,
    )
