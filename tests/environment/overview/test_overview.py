"""The section of the city home."""

from datetime import timedelta

import pytest

from services.kit.caller import ANONYMOUS, Caller
from tests.environment.conftest import DLH, DUE, KAUMAN, Environment
from tests.governance.conftest import ADMIN, CITIZEN, VERIFIER


@pytest.mark.parametrize("caller", [ANONYMOUS, CITIZEN, DLH, VERIFIER, ADMIN])
async def test_everybody_reads_an_honestly_empty_section(environment: Environment, caller: Caller) -> None:
    found = await environment.overview(caller)
    assert (found.open, found.overdue, found.completed_this_week, len(found.areas)) == (0, 0, 0, 0)


async def test_it_counts_what_waits_runs_and_is_late(environment: Environment) -> None:
    await environment.assigned()
    running = await environment.assigned(due=None)
    await environment.move("Dispatch", await running.job())
    await environment.assigned(due=environment.now - timedelta(seconds=1))
    await (await environment.assigned()).becomes("withdrawn")
    found = await environment.overview()
    assert (found.open, found.overdue) == (3, 1)


async def test_a_job_falls_late_as_time_passes(environment: Environment) -> None:
    await environment.assigned()
    environment.served.now = DUE
    assert (await environment.overview()).overdue == 0
    environment.served.pass_time(seconds=1)
    assert (await environment.overview()).overdue == 1


async def test_it_counts_the_weeks_completions_by_kelurahan(environment: Environment) -> None:
    for fields in ({}, {}, {"area": KAUMAN}, {"area": None}):
        complaint = await environment.assigned(**fields)
        await environment.move("Complete", await complaint.job())
    await environment.move("Abandon", await (await environment.assigned()).job())
    found = await environment.overview()
    assert found.completed_this_week == 4
    assert [(one.area.name, one.area.district, one.completed) for one in found.areas] == [
        ("Sekayu", "Semarang Tengah", 2),
        ("Kauman", "Semarang Tengah", 1),
    ]
    environment.served.pass_time(days=7, seconds=1)
    later = await environment.overview()
    assert (later.completed_this_week, len(later.areas)) == (0, 0)


async def test_drills_never_count(environment: Environment) -> None:
    await environment.assigned(exercise=True, due=environment.now - timedelta(days=1))
    done = await environment.assigned(exercise=True)
    await environment.move("Complete", await done.job())
    found = await environment.overview()
    assert (found.open, found.overdue, found.completed_this_week, len(found.areas)) == (0, 0, 0, 0)


async def test_a_secret_case_counts_but_its_kelurahan_does_not_tell(environment: Environment) -> None:
    secret = await environment.assigned(secret=True)
    await environment.move("Complete", await secret.job())
    found = await environment.overview()
    assert (found.completed_this_week, len(found.areas)) == (1, 0)
