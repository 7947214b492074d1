"""Reading one job, and the list page by page."""

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.kit.caller import ANONYMOUS, Caller
from smartcity.environment.v1 import cleanups_pb2 as pb
from tests.environment.conftest import DLH, DPU, DUE, Environment
from tests.governance.conftest import ADMIN, CITIZEN, VERIFIER, refused


async def _get(environment: Environment, name: str, caller: Caller = DLH) -> pb.Cleanup:
    answer = await environment.call("CleanupService.GetCleanup", pb.GetCleanupRequest(id=name), caller)
    cleanup: pb.Cleanup = answer.cleanup
    return cleanup


@pytest.mark.parametrize("caller", [DLH, VERIFIER, ADMIN])
async def test_a_job_is_read_by_id_or_by_its_complaints_code(environment: Environment, caller: Caller) -> None:
    complaint = await environment.assigned()
    job = await _get(environment, complaint.code, caller)
    assert await _get(environment, job.id, caller) == job
    assert await _get(environment, f" {complaint.code.lower()} ", caller) == job


@pytest.mark.parametrize(
    ("caller", "reason"), [(ANONYMOUS, "LOGIN_REQUIRED"), (CITIZEN, "ROLE_NOT_ALLOWED"), (DPU, "CLEANUP_NOT_FOUND")]
)
async def test_a_job_is_not_for_everybody(environment: Environment, caller: Caller, reason: str) -> None:
    complaint = await environment.assigned()
    with refused(reason):
        await _get(environment, complaint.code, caller)


@pytest.mark.parametrize("name", ["", "SMG-9999-99", "x" * 5000, str(UUID(int=1)), "'; --"])
async def test_an_unknown_job_is_not_found(environment: Environment, name: str) -> None:
    with refused("CLEANUP_NOT_FOUND"):
        await _get(environment, name)


async def test_another_agencys_job_answers_like_an_unknown_one(environment: Environment) -> None:
    complaint = await environment.assigned()
    with refused("CLEANUP_NOT_FOUND") as other:
        await _get(environment, complaint.code, DPU)
    with refused("CLEANUP_NOT_FOUND") as unknown:
        await _get(environment, "SMG-9999-99", DPU)
    assert other.value.answer == unknown.value.answer


async def test_the_list_has_the_soonest_due_first_and_those_without_due_date_last(environment: Environment) -> None:
    made = [await environment.assigned(due=due) for due in (None, DUE, DUE - timedelta(days=1), DUE)]
    found = (await environment.page(DLH)).cleanups
    codes = [job.complaint for job in found]
    assert (codes[0], codes[-1]) == (made[2].code, made[0].code)
    assert set(codes) == {one.code for one in made}


async def test_pages_of_any_size_give_each_job_once_in_the_same_order(environment: Environment) -> None:
    for number in range(7):
        await environment.assigned(due=None if number > 4 else DUE + timedelta(days=number // 2))
    whole = [job.id for job in (await environment.page()).cleanups]
    assert len(whole) == 7
    for size in (1, 2, 3, 7):
        found: list[str] = []
        token = ""
        while True:
            page = await environment.page(page_size=size, page_token=token)
            assert len(page.cleanups) <= size
            found += [job.id for job in page.cleanups]
            if not (token := page.next_page_token):
                break
        assert found == whole


async def test_a_job_that_ends_between_pages_does_not_shift_the_others(environment: Environment) -> None:
    for number in range(4):
        await environment.assigned(due=DUE + timedelta(days=number))
    whole = list((await environment.page()).cleanups)
    first = await environment.page(page_size=2)
    await environment.move("Complete", whole[0])
    second = await environment.page(page_size=2, page_token=first.next_page_token)
    assert [job.id for job in second.cleanups] == [job.id for job in whole[2:]]


async def test_officers_list_the_jobs_of_their_agency(environment: Environment) -> None:
    await environment.assigned()
    assert len((await environment.page(DLH)).cleanups) == 1
    assert len((await environment.page(VERIFIER)).cleanups) == 1
    for other in (DPU, Caller("officer-of-none", frozenset({"officer"}))):
        assert not (await environment.page(other)).cleanups


@pytest.mark.parametrize(("caller", "reason"), [(ANONYMOUS, "LOGIN_REQUIRED"), (CITIZEN, "ROLE_NOT_ALLOWED")])
async def test_the_list_is_not_public(environment: Environment, caller: Caller, reason: str) -> None:
    with refused(reason):
        await environment.page(caller)


async def test_the_list_shows_what_waits_or_runs_unless_other_states_are_named(environment: Environment) -> None:
    waiting, running, done = [await environment.assigned() for _ in range(3)]
    await environment.move("Dispatch", await running.job())
    await environment.move("Complete", await done.job())
    assert {job.complaint for job in (await environment.page()).cleanups} == {waiting.code, running.code}
    page = await environment.page(states=[pb.CLEANUP_STATE_COMPLETED, pb.CLEANUP_STATE_ABANDONED])
    assert [job.complaint for job in page.cleanups] == [done.code]


async def test_the_list_of_a_complaint_holds_its_jobs_only(environment: Environment) -> None:
    one, _ = await environment.assigned(), await environment.assigned()
    assert [job.complaint for job in (await environment.page(complaint=one.code.lower())).cleanups] == [one.code]
    for unknown in ("SMG-9999-99", "x" * 32):
        assert not (await environment.page(complaint=unknown)).cleanups


def _forged(*place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("reason", "field", "fields"),
    [
        ("PAGE_SIZE_INVALID", "page_size", {"page_size": -1}),
        ("PAGE_SIZE_INVALID", "page_size", {"page_size": 201}),
        ("STATE_UNKNOWN", "state.0", {"states": [0]}),
        ("STATE_UNKNOWN", "state.1", {"states": [1, 99]}),
        ("STATE_UNKNOWN", "state", {"states": [1] * 6}),
        ("INVALID_REQUEST", "complaint", {"complaint": "x" * 33}),
        ("PAGE_TOKEN_INVALID", "page_token", {"page_token": "x"}),
        ("PAGE_TOKEN_INVALID", "page_token", {"page_token": "é"}),
        ("PAGE_TOKEN_INVALID", "page_token", {"page_token": "A" * 100_000}),
        ("PAGE_TOKEN_INVALID", "page_token", {"page_token": _forged()}),
        ("PAGE_TOKEN_INVALID", "page_token", {"page_token": _forged(None, 7, "")}),
        ("PAGE_TOKEN_INVALID", "page_token", {"page_token": _forged("2026-03-02T00:00:00", str(UUID(int=1)), "")}),
        ("PAGE_TOKEN_INVALID", "page_token", {"page_token": _forged("0001-01-01T00:00+14:00", str(UUID(int=1)), "")}),
    ],
)
async def test_a_bad_list_request_is_refused_with_the_field(
    environment: Environment, reason: str, field: str, fields: dict[str, Any]
) -> None:
    with refused(reason) as caught:
        await environment.page(**fields)
    assert caught.value.metadata["field"] == field


async def test_a_token_belongs_to_its_filter(environment: Environment) -> None:
    for _ in range(2):
        await environment.assigned()
    token = (await environment.page(page_size=1)).next_page_token
    with refused("PAGE_TOKEN_INVALID"):
        await environment.page(page_token=token, states=[pb.CLEANUP_STATE_OPEN])
