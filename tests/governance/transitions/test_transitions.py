"""Transitions: every use case of officers and verifiers, and every refusal."""

import asyncio
from datetime import UTC, timedelta

from services.governance.deadlines.model import DeadlineCalculator
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import events_pb2
from tests.governance.cases import DLH, DPU, emitted, file, state, types
from tests.governance.conftest import ADMIN, CITIZEN, VERIFIER, Governance, RefusedError, refused


async def test_verifying_assigns_the_routed_agency_at_once(governance: Governance) -> None:
    filed = await file(governance)
    verified = await filed.transition("verify", note="Lengkap")
    assert state(verified) == "assigned"
    assert types(verified) == ["ComplaintFiled", "ComplaintStatusChanged", "ComplaintAssigned"]
    assert [entry.by for entry in verified.timeline] == ["reporter", "verifier", "verifier"]
    assert not verified.due.HasField("verification")
    assert verified.due.HasField("response")
    assert await emitted(governance, verified) == [
        "ComplaintFiled", "ComplaintStatusChanged", "ComplaintAssigned", "ComplaintStatusChanged",
    ]  # fmt: skip


async def test_the_event_of_an_assignment_carries_place_and_due_date(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    row = next(row for row in await governance.events(filed.last.correlation_id) if row["type"].endswith("Assigned"))
    event = events_pb2.ComplaintAssigned.FromString(row["payload"])
    assert (event.agency, event.area.name, event.due) == ("dlh", "Sekayu", filed.last.due.resolution)
    assert round(event.location.lon, 4) == 110.4137


async def test_changes_of_state_tell_the_due_date_and_that_it_stands_still_while_the_case_waits(
    governance: Governance,
) -> None:
    filed = await file(governance)
    assigned = await filed.transition("verify")
    await filed.transition("ask", DLH, note="Di sebelah mana pasar?")
    rows = [row for row in await governance.events(filed.last.correlation_id) if row["type"].endswith("StatusChanged")]
    told = [events_pb2.ComplaintStatusChanged.FromString(row["payload"]) for row in rows]
    assert (told[0].due, told[-1].HasField("due")) == (assigned.due.resolution, False)


async def test_versions_of_events_grow_and_the_last_is_the_etag(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    versions = [row["version"] for row in await governance.events(filed.last.correlation_id)]
    assert versions == list(range(1, len(versions) + 1))
    assert filed.last.etag == str(versions[-1])


async def test_a_verifier_may_assign_another_agency(governance: Governance) -> None:
    filed = await file(governance)
    verified = await filed.transition("verify", agency="dpu")
    assert (verified.agency.id, verified.routing.rule) == ("dpu", 0)


async def test_starting_stops_the_response_clock(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    started = await filed.transition("start", DLH)
    assert state(started) == "in_progress"
    assert not started.due.HasField("response")
    assert started.due.HasField("resolution")


async def test_waiting_for_the_reporter_suspends_and_a_reply_goes_on(governance: Governance) -> None:
    filed = await file(governance)
    due = (await filed.transition("verify")).due.resolution.ToDatetime(UTC)
    governance.pass_time(days=1)
    waiting = await filed.transition("ask", DLH, note="Di sebelah mana?")
    assert not waiting.due.HasField("resolution")
    governance.pass_time(days=7)  # five of them working days
    replied = await filed.act("Reply", note="Di depan pasar")
    assert state(replied) == "in_progress"
    calculator = DeadlineCalculator(governance.runtime.city.calendar)
    assert calculator.working_time(due, replied.due.resolution.ToDatetime(UTC)) == timedelta(days=5)


async def test_questions_of_a_second_are_due_at_the_end_of_one_working_day_more_at_most(governance: Governance) -> None:
    filed = await file(governance)
    due = (await filed.transition("verify")).due.resolution.ToDatetime(UTC)
    for _ in range(3):
        await filed.transition("ask", DLH, note="Di sebelah mana?")
        governance.pass_time(seconds=1)
        replied = await filed.act("Reply", note="Di depan pasar")
        assert replied.due.resolution.ToDatetime(UTC) == governance.runtime.city.calendar.add_working_days(due, 1)


async def test_resolving_needs_a_note_and_a_photo(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    with refused("NOTE_REQUIRED"):
        await filed.transition("resolve", DLH, photos=[await filed.evidence()])
    with refused("EVIDENCE_REQUIRED") as caught:
        await filed.transition("resolve", DLH, note="Sudah")
    assert caught.value.metadata["field"] == "photos"
    with refused("PHOTO_UNKNOWN"):
        await filed.transition("resolve", DLH, note="Sudah", photos=[await filed.snapshot()])
    assert state(await filed.read()) == "assigned"


async def test_a_resolution_shows_its_evidence(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    photo = await filed.evidence()
    resolved = await filed.transition("resolve", DLH, note="Sudah diangkut", photos=[photo])
    assert (state(resolved), resolved.timeline[-1].note) == ("resolved", "Sudah diangkut")
    assert list(resolved.timeline[-1].photos) == [photo]
    assert resolved.due.HasField("auto_close")
    assert resolved.due.HasField("reopen_until")
    assert not resolved.due.HasField("resolution")
    assert not (await filed.read(CITIZEN)).timeline[-1].photos  # not released yet


async def test_a_reasoned_refusal_needs_no_photo(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    resolved = await filed.transition("resolve", DLH, note="Bukan lahan kota", refusal=True)
    row = next(row for row in await governance.events(resolved.correlation_id) if row["type"].endswith("Resolved"))
    event = events_pb2.ComplaintResolved.FromString(row["payload"])
    assert (event.refusal, event.on_time) == (True, True)
    assert (resolved.refusal, resolved.timeline[-1].refusal) == (True, True)
    again = await filed.act("Reopen", note="Masih menumpuk seperti kemarin.")
    assert (again.refusal, [one.refusal for one in again.timeline].count(True)) == (False, 1)


async def test_a_refusal_with_photos_is_a_refusal_too(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    photo = await filed.evidence()
    resolved = await filed.transition("resolve", DLH, note="Bukan lahan kota", refusal=True, photos=[photo])
    assert (resolved.refusal, resolved.timeline[-1].refusal) == (True, True)
    again = await filed.act("Reopen", note="Masih menumpuk seperti kemarin.")
    assert (again.refusal, [one.refusal for one in again.timeline].count(True)) == (False, 1), "it was one all the same"
    done = await (await file(governance)).resolved()
    assert (done.last.refusal, done.last.timeline[-1].refusal) == (False, False)


async def test_a_late_resolution_is_told_as_late(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    governance.pass_time(days=60)
    resolved = await filed.resolve()
    row = next(row for row in await governance.events(resolved.correlation_id) if row["type"].endswith("Resolved"))
    assert not events_pb2.ComplaintResolved.FromString(row["payload"]).on_time


async def test_rejecting_needs_a_reason_and_ends_the_case(governance: Governance) -> None:
    filed = await file(governance)
    with refused("NOTE_REQUIRED"):
        await filed.transition("reject")
    rejected = await filed.transition("reject", note="Bukan wewenang kota")
    assert state(rejected) == "rejected"
    assert not rejected.due.ListFields()
    with refused("INVALID_TRANSITION") as caught:
        await filed.transition("verify")
    assert caught.value.metadata["allowed"] == "none"


async def test_a_transition_that_is_not_in_the_table_names_those_that_are(governance: Governance) -> None:
    filed = await file(governance)
    with refused("INVALID_TRANSITION") as caught:
        await filed.transition("start")
    assert caught.value.metadata["allowed"] == "verify, reject, mark_duplicate"
    assert caught.value.metadata["state"] == "filed"


async def test_an_officer_cannot_do_what_is_the_verifiers(governance: Governance) -> None:
    filed = await file(governance)
    with refused("MOVE_NOT_YOURS"):
        await filed.transition("verify", DLH)


async def test_another_agency_cannot_take_a_transition(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    with refused("NOT_YOUR_AGENCY"):
        await filed.transition("start", DPU)


async def test_citizens_cannot_use_transitions(governance: Governance) -> None:
    filed = await file(governance, CITIZEN)
    with refused("ROLE_NOT_ALLOWED"):
        await filed.transition("verify", CITIZEN)


async def test_a_stale_or_missing_etag_is_refused(governance: Governance) -> None:
    filed = await file(governance)
    first = filed.last.etag
    await filed.transition("verify")
    with refused("STALE_ETAG"):
        await filed.transition("start", DLH, etag=first)
    with refused("ETAG_REQUIRED"):
        await filed.transition("start", DLH, etag="")


async def test_an_unknown_transition_is_refused(governance: Governance) -> None:
    filed = await file(governance)
    request = pb.TransitionComplaintRequest(request_id="x", code=filed.code, etag=filed.last.etag)
    for value in (0, 99):
        request.transition = value  # type: ignore[assignment]
        with refused("TRANSITION_UNKNOWN"):
            await governance.call("ComplaintService.TransitionComplaint", request, VERIFIER)


async def test_a_transition_names_at_most_20_photos(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    with refused("PHOTO_UNKNOWN") as caught:
        await filed.transition("resolve", DLH, note="Sudah", photos=["foto"] * 21)
    assert "21 items" in caught.value.message


async def test_a_repeated_transition_answers_the_same(governance: Governance) -> None:
    filed = await file(governance)
    etag = filed.last.etag
    first = await filed.transition("verify", request_id="verify-1", etag=etag)
    again = await filed.transition("verify", request_id="verify-1", etag=etag)
    assert first == again


async def test_the_answer_lists_what_the_caller_can_do(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    names = [pb.Transition.Name(value) for value in (await filed.read(DLH)).transitions]
    assert names == [f"TRANSITION_{name}" for name in ("START", "ASK", "RESOLVE", "TRANSFER", "MARK_DUPLICATE")]


async def test_every_entry_is_chained_to_the_one_before(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    rows = await governance.runtime.pool.fetch("SELECT previous_hash, hash FROM entry ORDER BY number")
    assert [row["previous_hash"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]
    assert [entry.hash for entry in filed.last.timeline] == [row["hash"].hex() for row in rows]


async def test_an_admin_closes_what_is_resolved(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    closed = await filed.transition("close", ADMIN)
    assert (state(closed), closed.timeline[-1].by) == ("closed", "admin")


async def test_only_some_transitions_take_an_agency(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    with refused("AGENCY_NOT_EXPECTED"):
        await filed.transition("start", DLH, agency="dpu")


async def test_of_two_officers_at_once_one_is_told_to_read_again(governance: Governance) -> None:
    filed = await file(governance)
    etag = (await filed.transition("verify")).etag
    attempts = [filed.transition("start", DLH, etag=etag), filed.transition("ask", DLH, etag=etag, note="Di mana?")]
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    errors = [answer for answer in answers if isinstance(answer, RefusedError)]
    assert [error.reason for error in errors] == ["STALE_ETAG"]


async def test_the_reporter_is_notified_of_each_step(governance: Governance) -> None:
    filed = await file(governance, contact=pb.Contact(email="siti@contoh.id"))
    await governance.runtime.pool.execute("UPDATE contact SET mail = 'confirmed'")
    await filed.transition("verify")
    await filed.transition("start", DLH)
    await filed.transition("ask", DLH, note="Di mana?")
    await filed.act("Reply", note="Di depan pasar")
    await filed.resolve()
    rows = await governance.runtime.pool.fetch("SELECT kind FROM news ORDER BY create_time, id")
    assert [row["kind"] for row in rows] == ["confirm", "assigned", "started", "asked", "resolved"]
