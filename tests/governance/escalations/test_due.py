"""What falls due by itself: escalation and auto-close, exactly once, whoever runs the timer and however often."""

import asyncio
import runpy
from datetime import UTC, datetime, timedelta

import pytest

from services.governance.escalations import actions, timers
from services.governance.pillar import PILLAR
from services.kit.city import working_time
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import events_pb2
from tests.fixtures.holidays import decided_off
from tests.governance.cases import DLH, Filed, emitted, file, state
from tests.governance.conftest import VERIFIER, Governance


async def _due(governance: Governance) -> None:
    await timers.due(governance.runtime)


async def test_each_breach_goes_one_step_up_exactly_once(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    governance.pass_time(days=9)  # past the first response
    await _due(governance)
    await _due(governance)
    late = await filed.read()
    assert late.escalation == 1
    assert late.timeline[-1].note == "Tenggat tanggapan pertama terlewati. Eskalasi tingkat 1."
    assert late.timeline[-1].by == "system"
    governance.pass_time(days=30)  # past the resolution
    await _due(governance)
    await _due(governance)
    assert (await filed.read()).escalation == 2
    told = [row for row in await governance.events(late.correlation_id) if row["type"].endswith("Escalated")]
    events = [events_pb2.ComplaintEscalated.FromString(row["payload"]) for row in told]
    assert [(event.clock, event.step) for event in events] == [("response", 1), ("resolution", 2)]


async def test_nothing_escalates_on_a_day_that_was_decided_since_to_be_off(
    governance: Governance, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = await file(governance)
    due = filed.last.due.verification.ToDatetime(UTC)
    decided_off(governance.runtime.city.calendar, due, monkeypatch)
    governance.pass_time(seconds=(due - governance.now).total_seconds() + 1)
    await _due(governance)
    seen = await filed.read()
    put_off = seen.due.verification.ToDatetime(UTC)
    assert (seen.escalation, put_off > due) == (0, True)
    governance.pass_time(seconds=(put_off - governance.now).total_seconds() + 1)
    await _due(governance)
    assert (await filed.read()).escalation == 1


async def test_an_unverified_case_escalates_and_stays_filed(governance: Governance) -> None:
    filed = await file(governance)
    governance.pass_time(days=4)
    await _due(governance)
    late = await filed.read()
    assert (state(late), late.escalation) == ("filed", 1)
    assert late.timeline[-1].note == "Tenggat verifikasi terlewati.", "a verifier is late, and nobody of the agency"
    assert late.due.HasField("verification")  # still owed, and shown as late
    filed.last = late
    assert state(await filed.transition("verify")) == "assigned"


async def test_many_processes_escalate_once(governance: Governance) -> None:
    cases = [await file(governance) for _ in range(5)]
    governance.pass_time(days=4)
    await asyncio.gather(*(_due(governance) for _ in range(4)))
    assert [(await filed.read()).escalation for filed in cases] == [1] * 5


async def test_the_ladder_ends_with_its_last_step(governance: Governance) -> None:
    filed = await file(governance)
    last = len(governance.runtime.city.ladder("dlh"))
    for _ in range(last + 1):
        await filed.transition("verify") if state(filed.last) == "filed" else None
        governance.pass_time(days=60)
        await _due(governance)
        filed.last = await filed.read()
        await filed.resolve()
        await filed.act("Reopen", note="Sampahnya masih ada di sana")
    assert filed.last.escalation == last


async def test_nothing_escalates_while_the_case_waits_for_its_reporter(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await filed.transition("ask", DLH, note="Di mana?")
    governance.pass_time(days=200)
    await _due(governance)
    assert (await filed.read()).escalation == 0


async def _asked(governance: Governance) -> Filed:
    """A case that waits for its reporter."""
    filed = await file(governance)
    await filed.transition("verify")
    await filed.transition("ask", DLH, note="Di mana?")
    return filed


async def test_an_answer_is_awaited_for_ten_working_days(governance: Governance) -> None:
    filed = await _asked(governance)
    until = working_time.local(governance.runtime.city.calendar, filed.last.due.waiting.ToDatetime(UTC))
    assert (str(until.date()), str(until.time())) == ("2026-03-16", "23:59:59")
    governance.pass_time(days=13)
    await _due(governance)
    assert state(await filed.read()) == "waiting_for_reporter"


async def test_a_case_goes_on_with_its_clock_when_no_answer_has_come(governance: Governance) -> None:
    filed = await _asked(governance)
    governance.pass_time(days=16)
    await _due(governance)
    await _due(governance)
    seen = await filed.read(DLH)
    assert (state(seen), seen.escalation, seen.due.HasField("waiting")) == ("in_progress", 0, False)
    assert seen.due.resolution.ToDatetime(UTC) > governance.now
    assert [(line.by, line.state) for line in seen.timeline[-2:]] == [
        ("officer dlh", pb.COMPLAINT_STATE_WAITING_FOR_REPORTER),
        ("system", pb.COMPLAINT_STATE_IN_PROGRESS),
    ]
    assert (await emitted(governance, seen))[-1] == "ComplaintStatusChanged"


async def test_an_answer_that_comes_after_the_case_went_on_is_still_taken(governance: Governance) -> None:
    filed = await _asked(governance)
    governance.pass_time(days=16)
    await _due(governance)
    assert (await filed.read()).question_open
    assert state(await filed.act("Reply", note="Di depan pasar")) == "in_progress"


async def test_what_was_answered_goes_on_once(governance: Governance) -> None:
    filed = await _asked(governance)
    answered = await filed.act("Reply", note="Di depan pasar")
    assert not answered.due.HasField("waiting")
    governance.pass_time(days=16)
    await _due(governance)
    assert [line.by for line in (await filed.read()).timeline if line.state == pb.COMPLAINT_STATE_IN_PROGRESS] == [
        "reporter"
    ]


async def test_an_answer_is_awaited_past_a_day_that_was_decided_since_to_be_off(
    governance: Governance, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = await _asked(governance)
    until = filed.last.due.waiting.ToDatetime(UTC)
    decided_off(governance.runtime.city.calendar, until, monkeypatch)
    governance.pass_time(seconds=(until - governance.now).total_seconds() + 1)
    await _due(governance)
    assert state(await filed.read()) == "waiting_for_reporter"


async def test_what_waits_since_the_version_before_goes_on_after_two_weeks(governance: Governance) -> None:
    filed = await _asked(governance)
    await governance.runtime.pool.execute("UPDATE complaint SET waiting_until = NULL, wake_at = NULL")
    migration = runpy.run_path(str(PILLAR.migrations / "2026_12_01_waiting_ends.py"))
    await governance.runtime.pool.execute(migration["WAITING"].replace("{slice}", "true"))
    for days in (15, 30):  # the end of a day that is no working day puts it off
        governance.now = datetime.now(UTC) + timedelta(days=days)
        await _due(governance)
    assert state(await filed.read()) == "in_progress"


async def test_a_case_that_the_version_before_took_on_does_not_wait(governance: Governance) -> None:
    """It leaves the day until which the case waited as it was."""
    filed = await _asked(governance)
    await governance.runtime.pool.execute("UPDATE complaint SET state = 'in_progress'")
    assert not (await filed.read()).due.HasField("waiting")


async def test_a_resolved_case_closes_after_ten_working_days(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    governance.pass_time(days=13)
    await _due(governance)
    assert state(await filed.read()) == "resolved"
    governance.pass_time(days=2)
    await _due(governance)
    closed = await filed.read()
    assert (state(closed), closed.timeline[-1].by) == ("closed", "system")
    assert (await emitted(governance, closed))[-1] == "ComplaintStatusChanged"
    await _due(governance)
    assert (await filed.read()).etag == closed.etag


async def test_a_transfer_begins_the_ladder_of_the_other_agency(governance: Governance) -> None:
    filed = await file(governance)
    governance.pass_time(days=4)
    await _due(governance)
    filed.last = await filed.read()
    await filed.transition("verify")
    handed = await filed.transition("transfer", VERIFIER, agency="dpu", note="Saluran")
    assert handed.escalation == 0


async def test_one_broken_case_does_not_stop_the_others(
    governance: Governance, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = await file(governance), await file(governance)
    fall_due = actions.fall_due

    async def fail(tx: object, case: object) -> None:
        if case.complaint.code == broken.code:  # type: ignore[attr-defined]
            raise RuntimeError("broken")
        await fall_due(tx, case)  # type: ignore[arg-type]

    governance.pass_time(days=4)
    with monkeypatch.context() as patch:
        patch.setattr(actions, "fall_due", fail)
        await _due(governance)
    assert [(await broken.read()).escalation, (await sound.read()).escalation] == [0, 1]
    await _due(governance)
    assert (await broken.read()).escalation == 1


async def test_a_drills_escalation_is_a_drill(governance: Governance) -> None:
    drill = await file(governance, VERIFIER, exercise=True)
    governance.now += timedelta(days=4)
    await _due(governance)
    assert all(row["exercise"] for row in await governance.events(drill.last.correlation_id))
