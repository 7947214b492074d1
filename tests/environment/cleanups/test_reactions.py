"""What news of a complaint does to the jobs of the crews."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.environment.cleanups import reactions
from services.environment.pillar import PILLAR
from smartcity.environment.v1 import events_pb2
from tests.environment.conftest import DLH, DPU, DUE, KAUMAN, POINT, Environment, state
from tests.governance.conftest import refused

RULES = """order,category,area,agency,why_id,why_en
10,sampah-menumpuk,33.74.01,kec-semarang-tengah,Kecamatan mengangkut sendiri.,The district collects by itself.
20,sampah-menumpuk,*,dlh,Tugas DLH.,DLH's task.
30,*,*,diskominfo,Lain-lain.,The rest.
"""


async def test_assigned_waste_opens_a_job(environment: Environment) -> None:
    complaint = await environment.assigned()
    job = await complaint.job()
    assert (state(job), job.complaint, job.category, job.agency) == ("open", complaint.code, "sampah-menumpuk", "dlh")
    assert (job.area.name, job.location, job.crew) == ("Sekayu", POINT, "")
    assert job.due.ToDatetime(DUE.tzinfo) == DUE


async def test_a_job_of_a_drill_says_so(environment: Environment) -> None:
    assert (await (await environment.assigned(exercise=True)).job()).exercise
    assert not (await (await environment.assigned()).job()).exercise


async def test_the_opening_is_told_in_the_complaints_own_order_and_story(environment: Environment) -> None:
    complaint = await environment.assigned(exercise=True)
    (row,) = await environment.served.outbox()
    told = events_pb2.CleanupOpened.FromString(row["payload"])
    assert row["type"] == "smartcity.environment.v1.CleanupOpened"
    assert (told.complaint, told.area.name) == (complaint.code, "Sekayu")
    assert (row["aggregate"], row["version"]) == (complaint.id, 1)
    assert (row["correlation"], row["exercise"]) == (f"story of {complaint.code}", True)


@pytest.mark.parametrize(
    "fields",
    [
        {"category": "jalan-rusak"},
        {"category": "no-longer-in-the-profile"},
        {"agency": "dpu"},
    ],
)
async def test_what_is_not_waste_with_its_agency_opens_none(environment: Environment, fields: dict[str, Any]) -> None:
    complaint = await environment.assigned(**fields)
    with refused("CLEANUP_NOT_FOUND"):
        await complaint.job()
    assert await environment.emitted() == []


async def test_the_same_news_twice_changes_nothing(environment: Environment) -> None:
    complaint = await environment.assigned()
    before = await complaint.job()
    environment.served.pass_time(hours=1)
    await complaint.assigned()
    assert await complaint.job() == before
    assert await environment.emitted() == ["CleanupOpened"]


async def test_a_corrected_complaint_brings_its_job_up_to_date(environment: Environment) -> None:
    complaint = await environment.assigned()
    before = await complaint.job()
    later = DUE + timedelta(days=1)
    await complaint.assigned(category="sampah-liar-bakar", area=KAUMAN, location=None, due=later, secret=True)
    job = await complaint.job()
    assert (job.id, job.category, job.area.code) == (before.id, "sampah-liar-bakar", KAUMAN.code)
    assert not job.HasField("location")
    assert job.due.ToDatetime(later.tzinfo) == later
    with refused("STALE_ETAG"):
        await environment.move("Dispatch", before)


async def test_a_job_is_updated_while_its_crew_is_out(environment: Environment) -> None:
    complaint = await environment.assigned()
    await environment.move("Dispatch", await complaint.job())
    await complaint.assigned(due=None)
    job = await complaint.job()
    assert (state(job), job.crew, job.HasField("due")) == ("dispatched", "Semarang Tengah 1", False)


async def test_waste_that_goes_to_an_agency_that_does_not_clean_loses_its_job(environment: Environment) -> None:
    complaint = await environment.assigned()
    await complaint.assigned(agency="dpu")
    assert state(await complaint.job()) == "cancelled"


@pytest.mark.parametrize("dispatched", [False, True])
async def test_between_agencies_that_clean_a_waiting_job_moves_and_a_running_one_begins_anew(
    environment: Environment, dispatched: bool
) -> None:
    city = environment.served.runtime.city
    environment.served.runtime.city = replace(city, rules=city.parse_rules(RULES))
    complaint = await environment.assigned()
    before = await complaint.job()
    if dispatched:
        await environment.move("Dispatch", before)
    await complaint.assigned(agency="kec-semarang-tengah")
    job = await complaint.job()
    assert (state(job), job.agency, job.crew) == ("open", "kec-semarang-tengah", "")
    assert (job.id != before.id) == dispatched
    assert await environment.emitted() == (["CleanupOpened", "CleanupDispatched"] * dispatched + ["CleanupOpened"])
    if dispatched:
        assert state(await complaint.job(DLH)) == "cancelled"


WASTE_ELSEWHERE = """order,category,area,agency,why_id,why_en
10,sampah-menumpuk,33.74.01,kec-semarang-tengah,Kecamatan mengangkut sendiri.,The district collects by itself.
20,sampah-liar-bakar,*,diskominfo,Diteruskan.,Passed on.
"""
ALL_TO_ONE = "30,*,*,dlh,Semua.,All.\n"


@pytest.mark.parametrize(
    ("rules", "agency", "opens"),
    [
        (f"order,category,area,agency,why_id,why_en\n{ALL_TO_ONE}", "dlh", True),
        (f"{WASTE_ELSEWHERE}{ALL_TO_ONE}", "dlh", True),
        (f"{WASTE_ELSEWHERE}25,*,33.74.02,dpu,Utara.,North.\n{ALL_TO_ONE}", "dpu", True),
        (RULES.replace("30,", "25,sampah-liar-bakar,*,dlh,Tugas DLH.,DLH's task.\n30,"), "diskominfo", False),
    ],
    ids=["one rule for all", "the rest of one kind", "all of a district", "what waste never comes to"],
)
async def test_who_cleans_is_told_by_the_rules_that_waste_comes_to(
    environment: Environment, rules: str, agency: str, opens: bool
) -> None:
    city = environment.served.runtime.city
    environment.served.runtime.city = replace(city, rules=city.parse_rules(rules))
    complaint = await environment.assigned(agency=agency)
    if opens:
        assert (await complaint.job()).agency == agency
    else:
        with refused("CLEANUP_NOT_FOUND"):
            await complaint.job()


@pytest.mark.parametrize("end", ["resolved", "closed", "rejected", "transferred", "duplicate", "withdrawn"])
@pytest.mark.parametrize("dispatched", [False, True])
async def test_an_ended_complaint_cancels_its_job_silently(
    environment: Environment, end: str, dispatched: bool
) -> None:
    complaint = await environment.assigned()
    if dispatched:
        await environment.move("Dispatch", await complaint.job())
    told = await environment.emitted()
    await complaint.becomes(end)
    assert state(await complaint.job()) == "cancelled"
    assert await environment.emitted() == told


@pytest.mark.parametrize("onward", ["assigned", "in_progress", "reopened"])
async def test_a_complaint_that_goes_on_keeps_its_job(environment: Environment, onward: str) -> None:
    complaint = await environment.assigned()
    before = await complaint.job()
    await complaint.becomes(onward)
    assert await complaint.job() == before


async def test_a_job_stands_still_while_its_complaint_waits_and_is_due_with_it_afterwards(
    environment: Environment,
) -> None:
    complaint = await environment.assigned()
    await complaint.becomes("waiting_for_reporter")
    job = await complaint.job()
    assert (state(job), job.waiting, job.HasField("due")) == ("open", True, False)
    later = DUE + timedelta(days=3)
    await complaint.becomes("in_progress", due=later)
    job = await complaint.job()
    assert (state(job), job.waiting, job.due.ToDatetime(DUE.tzinfo)) == ("open", False, later)


async def test_a_job_that_was_overdue_when_its_reporter_was_asked_stays_overdue(environment: Environment) -> None:
    complaint = await environment.assigned()
    await complaint.becomes("waiting_for_reporter", due=DUE)
    job = await complaint.job()
    assert (job.waiting, job.due.ToDatetime(DUE.tzinfo)) == (True, DUE)


@pytest.mark.parametrize("end", ["completed", "abandoned"])
async def test_a_job_that_is_done_is_not_cancelled(environment: Environment, end: str) -> None:
    complaint = await environment.assigned()
    done = await environment.move({"completed": "Complete", "abandoned": "Abandon"}[end], await complaint.job())
    await complaint.becomes("resolved")
    assert await complaint.job() == done


async def test_a_reopened_complaint_gets_another_round_at_the_same_place(environment: Environment) -> None:
    complaint = await environment.assigned()
    first = await environment.move("Complete", await complaint.job())
    await complaint.becomes("resolved")
    environment.served.pass_time(days=1)
    await complaint.reopened(due=DUE + timedelta(days=1))
    await complaint.becomes("reopened")
    second = await complaint.job()
    assert second.id != first.id
    assert (state(second), second.note, list(second.photos), second.location) == ("open", "", [], POINT)
    assert int(second.etag) > int(first.etag)
    assert await environment.emitted() == ["CleanupOpened", "CleanupCompleted", "CleanupOpened"]
    versions = [row["version"] for row in await environment.served.outbox()]
    assert versions == sorted(set(versions))


async def test_a_place_that_is_no_longer_right_is_not_kept_for_another_round(environment: Environment) -> None:
    complaint = await environment.assigned()
    await environment.move("Complete", await complaint.job())
    await complaint.reopened(area=KAUMAN)
    assert not (await complaint.job()).HasField("location")


async def test_a_reopened_complaint_of_another_agency_gets_no_round(environment: Environment) -> None:
    complaint = environment.complaint()
    await complaint.reopened(agency="dpu")
    await complaint.reopened(category="jalan-rusak")
    assert await environment.emitted() == []


async def test_a_complaint_that_comes_back_gets_a_new_job(environment: Environment) -> None:
    complaint = await environment.assigned()
    first = await complaint.job()
    await complaint.becomes("transferred", "dpu")
    await complaint.assigned()
    second = await complaint.job()
    assert (state(second), second.id != first.id) == ("open", True)


async def test_a_secret_complaint_is_cleaned_up_and_seen_by_its_agency_only(environment: Environment) -> None:
    complaint = await environment.assigned(secret=True)
    assert state(await complaint.job(DLH)) == "open"
    with refused("CLEANUP_NOT_FOUND"):
        await complaint.job(DPU)
    assert await environment.emitted() == ["CleanupOpened"]


def test_every_reaction_is_wired() -> None:
    assert {reaction.handle for reaction in PILLAR.reactions} >= {
        reactions.on_complaint_assigned,
        reactions.on_complaint_reopened,
        reactions.on_complaint_status_changed,
    }


@pytest.mark.parametrize("taken_out", [{"words": True}, {"notes": 1}])
async def test_what_a_crew_noted_goes_with_the_words_that_are_taken_out_of_the_case(
    environment: Environment, taken_out: dict[str, Any]
) -> None:
    complaint, other = await environment.assigned(), await environment.assigned()
    for each in (complaint, other):
        await environment.move("Complete", await each.job())
    before = await complaint.job()
    assert before.note
    await complaint.redacted(photos=1)
    assert (await complaint.job()).note == before.note, "of photos it says nothing"
    await complaint.redacted(**taken_out)
    job = await complaint.job()
    assert (job.note, state(job), job.photos) == ("", "completed", before.photos)
    assert (await other.job()).note == before.note
