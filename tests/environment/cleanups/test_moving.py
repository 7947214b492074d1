"""What officers do with a job, over gRPC."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import grpc
import pytest

from services.kit.caller import ANONYMOUS, Caller
from smartcity.environment.v1 import cleanups_pb2 as pb
from smartcity.environment.v1 import events_pb2
from tests.environment.conftest import DLH, DPU, DUE, NOTE, Environment, state
from tests.governance.conftest import ADMIN, CITIZEN, VERIFIER, RefusedError, refused, request_id


async def test_a_crew_is_sent_and_another_one_after_it(environment: Environment) -> None:
    job = await (await environment.assigned()).job()
    sent = await environment.move("Dispatch", job, crew="  Semarang\t Barat 2 ")
    assert (state(sent), sent.crew) == ("dispatched", "Semarang Barat 2")
    again = await environment.move("Dispatch", sent, crew="Semarang Barat 3")
    assert (state(again), again.crew) == ("dispatched", "Semarang Barat 3")
    assert await environment.emitted() == ["CleanupOpened", "CleanupDispatched", "CleanupDispatched"]


async def test_a_completion_tells_note_and_photos(environment: Environment) -> None:
    complaint = await environment.assigned()
    photos = [str(uuid4()), str(uuid4())]
    sent = await environment.move("Dispatch", await complaint.job())
    done = await environment.move("Complete", sent, photos=photos)
    assert (state(done), done.note, list(done.photos)) == ("completed", NOTE, photos)
    row = (await environment.served.outbox())[-1]
    told = events_pb2.CleanupCompleted.FromString(row["payload"])
    assert (told.id, told.complaint, told.note, list(told.photos)) == (done.id, complaint.code, NOTE, photos)
    assert (row["aggregate"], row["version"], row["correlation"]) == (complaint.id, 3, f"story of {complaint.code}")


async def test_a_job_may_be_completed_without_a_crew_sent_before(environment: Environment) -> None:
    job = await (await environment.assigned()).job()
    assert state(await environment.move("Complete", job)) == "completed"


async def test_an_abandoned_job_tells_why(environment: Environment) -> None:
    job = await (await environment.assigned()).job()
    given_back = await environment.move("Abandon", job, reason="Jalan tidak dapat dilewati truk.")
    assert state(given_back) == "abandoned"
    told = events_pb2.CleanupAbandoned.FromString((await environment.served.outbox())[-1]["payload"])
    assert told.reason == "Jalan tidak dapat dilewati truk."


async def test_a_crew_out_for_what_its_agency_resolved_or_refused_by_hand_is_called_back_too(
    environment: Environment,
) -> None:
    complaint = await environment.assigned()
    await environment.move("Dispatch", await complaint.job())
    await complaint.becomes("resolved")
    (job,) = (await environment.page(DLH)).cleanups
    assert (state(job), job.recall) == ("cancelled", True)


async def test_a_crew_out_for_what_ended_is_listed_first_until_it_is_said_to_be_called_back(
    environment: Environment,
) -> None:
    complaint, other = await environment.assigned(), await environment.assigned(due=DUE - timedelta(days=9))
    await environment.move("Dispatch", await complaint.job())
    await complaint.becomes("withdrawn")
    first, second = (await environment.page(DLH)).cleanups
    assert (first.complaint, state(first), first.recall, first.crew) == (
        complaint.code, "cancelled", True, "Semarang Tengah 1",
    )  # fmt: skip
    assert (second.complaint, second.recall) == (other.code, False)
    told = await environment.emitted()
    back = await environment.move("Abandon", first, reason="Regu sudah dipanggil kembali.")
    assert (state(back), back.recall, back.crew) == ("cancelled", False, "Semarang Tengah 1")
    assert [one.complaint for one in (await environment.page(DLH)).cleanups] == [other.code]
    assert await environment.emitted() == told, "the case is over and hears nothing"
    with refused("INVALID_TRANSITION"):
        await environment.move("Abandon", back)


async def test_a_crew_can_still_be_called_back_when_the_case_has_another_job(environment: Environment) -> None:
    complaint = await environment.assigned()
    await environment.move("Dispatch", await complaint.job())
    await complaint.becomes("transferred", "dpu")
    old = (await environment.page(DLH)).cleanups[0]
    await complaint.assigned()
    await environment.move("Abandon", old, reason="Regu sudah dipanggil kembali.")
    assert state(await complaint.job()) == "open"


async def test_nobody_is_to_be_called_back_who_was_not_sent(environment: Environment) -> None:
    complaint = await environment.assigned()
    await complaint.becomes("withdrawn")
    assert not (await environment.page(DLH)).cleanups


@pytest.mark.parametrize(("move", "field"), [("Complete", "note"), ("Abandon", "reason")])
async def test_a_crew_writes_nobodys_number_into_an_event(environment: Environment, move: str, field: str) -> None:
    job = await (await environment.assigned()).job()
    words: dict[str, Any] = {field: "Bu Zulaikha (0812-9999-7777) tidak di rumah."}
    with refused("WORDS_PERSONAL") as caught:
        await environment.move(move, job, **words)
    assert caught.value.metadata["field"] == field
    assert await environment.emitted() == ["CleanupOpened"]
    words[field] = "Tidak ada orang di rumah pada 30-11-2026 09.15."
    await environment.move(move, job, **words)


async def test_photo_ids_are_stored_as_they_are_always_written_and_each_once(environment: Environment) -> None:
    job = await (await environment.assigned()).job()
    photo = uuid4()
    done = await environment.move("Complete", job, photos=[str(photo).upper(), photo.hex, str(photo)])
    assert list(done.photos) == [str(photo)]


async def test_control_characters_are_dropped_from_the_words(environment: Environment) -> None:
    first, second = await environment.assigned(), await environment.assigned()
    sent = await environment.move("Dispatch", await first.job(), crew="Tim\x00 1")
    assert sent.crew == "Tim 1"
    done = await environment.move("Complete", sent, note="Sudah\x00 bersih\r\nsekali")
    assert done.note == "Sudah bersih\nsekali"
    assert (await environment.move("Abandon", await second.job(), reason="\x07Tidak ada sampah")).note == (
        "Tidak ada sampah"
    )


@pytest.mark.parametrize(
    ("verb", "fields", "reason", "field"),
    [
        ("Dispatch", {"crew": " "}, "CREW_REQUIRED", "crew"),
        ("Dispatch", {"crew": "\x00"}, "CREW_REQUIRED", "crew"),
        ("Dispatch", {"crew": "x" * 101}, "CREW_REQUIRED", "crew"),
        ("Complete", {"note": "singkat"}, "NOTE_REQUIRED", "note"),
        ("Complete", {"note": " \x00" * 20}, "NOTE_REQUIRED", "note"),
        ("Complete", {"note": "x" * 2001}, "NOTE_REQUIRED", "note"),
        ("Complete", {"photos": []}, "EVIDENCE_REQUIRED", "photos"),
        ("Complete", {"photos": [str(uuid4()) for _ in range(6)]}, "EVIDENCE_REQUIRED", "photos"),
        ("Complete", {"photos": ["foto-1"]}, "PHOTO_INVALID", "photos"),
        ("Complete", {"photos": [""]}, "EVIDENCE_REQUIRED", "photos.0"),
        ("Abandon", {"reason": "males"}, "REASON_REQUIRED", "reason"),
        ("Abandon", {"reason": "x" * 2001}, "REASON_REQUIRED", "reason"),
        ("Dispatch", {"etag": ""}, "ETAG_REQUIRED", "etag"),
        ("Dispatch", {"request_id": ""}, "REQUEST_ID_REQUIRED", "request_id"),
    ],
)
async def test_bad_input_is_refused_with_the_field(
    environment: Environment, verb: str, fields: dict[str, Any], reason: str, field: str
) -> None:
    complaint = await environment.assigned()
    job = await complaint.job()
    with refused(reason) as caught:
        await environment.move(verb, job, **fields)
    assert caught.value.code == grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.metadata["field"] == field
    assert await complaint.job() == job
    assert await environment.emitted() == ["CleanupOpened"]


@pytest.mark.parametrize("note", ["x" * 10, "x" * 2000])
async def test_a_note_may_have_10_to_2000_characters(environment: Environment, note: str) -> None:
    job = await (await environment.assigned()).job()
    assert (await environment.move("Complete", job, note=note)).note == note


@pytest.mark.parametrize("end", ["Complete", "Abandon"])
@pytest.mark.parametrize("verb", ["Dispatch", "Complete", "Abandon"])
async def test_a_job_that_ended_is_moved_no_more(environment: Environment, end: str, verb: str) -> None:
    done = await environment.move(end, await (await environment.assigned()).job())
    with refused("INVALID_TRANSITION") as caught:
        await environment.move(verb, done)
    assert caught.value.code == grpc.StatusCode.FAILED_PRECONDITION
    assert caught.value.metadata == {"state": state(done), "allowed": "none"}


async def test_a_stale_etag_is_refused_with_the_newer_one(environment: Environment) -> None:
    job = await (await environment.assigned()).job()
    sent = await environment.move("Dispatch", job)
    with refused("STALE_ETAG") as caught:
        await environment.move("Complete", job)
    assert caught.value.code == grpc.StatusCode.ABORTED
    assert caught.value.metadata["etag"] == sent.etag


@pytest.mark.parametrize("form", ["{}", '"{}"', 'W/"{}"'])
async def test_an_etag_may_be_written_as_in_http(environment: Environment, form: str) -> None:
    job = await (await environment.assigned()).job()
    assert state(await environment.move("Dispatch", job, etag=form.format(job.etag))) == "dispatched"


async def test_the_same_request_answers_the_same_again(environment: Environment) -> None:
    job = await (await environment.assigned()).job()
    key, photos = request_id(), [str(uuid4())]
    first = await environment.move("Complete", job, request_id=key, photos=photos)
    again = await environment.move("Complete", job, request_id=key, photos=photos)
    assert first == again
    assert await environment.emitted() == ["CleanupOpened", "CleanupCompleted"]


async def test_the_same_key_with_another_body_is_refused(environment: Environment) -> None:
    job = await (await environment.assigned()).job()
    key = request_id()
    sent = await environment.move("Dispatch", job, request_id=key)
    with refused("IDEMPOTENCY_KEY_REUSED"):
        await environment.move("Dispatch", sent, request_id=key, crew="Tim lain")


async def test_of_two_officers_at_once_one_wins(environment: Environment) -> None:
    job = await (await environment.assigned()).job()
    both = [environment.move("Complete", job), environment.move("Abandon", job, ADMIN)]
    answers = await asyncio.gather(*both, return_exceptions=True)
    (loser,) = [answer for answer in answers if isinstance(answer, RefusedError)]
    assert loser.reason == "STALE_ETAG"
    assert len(await environment.emitted()) == 2


@pytest.mark.parametrize("caller", [DLH, ADMIN])
@pytest.mark.parametrize("verb", ["Dispatch", "Complete", "Abandon"])
async def test_officers_of_the_agency_and_admins_move_jobs(environment: Environment, caller: Caller, verb: str) -> None:
    await environment.move(verb, await (await environment.assigned()).job(), caller)


@pytest.mark.parametrize(
    ("caller", "reason"),
    [
        (ANONYMOUS, "LOGIN_REQUIRED"),
        (CITIZEN, "ROLE_NOT_ALLOWED"),
        (VERIFIER, "ROLE_NOT_ALLOWED"),
        (DPU, "CLEANUP_NOT_FOUND"),
        (Caller("officer-of-none", frozenset({"officer"})), "CLEANUP_NOT_FOUND"),
    ],
)
@pytest.mark.parametrize("verb", ["Dispatch", "Complete", "Abandon"])
async def test_nobody_else_moves_jobs(environment: Environment, caller: Caller, reason: str, verb: str) -> None:
    complaint = await environment.assigned()
    job = await complaint.job()
    with refused(reason):
        await environment.move(verb, job, caller)
    assert await complaint.job() == job


@pytest.mark.parametrize("id_", ["", "kosong", "0198c0de-0000-7000-8000-000000000000", "SMG-0001-00"])
async def test_only_the_id_moves_a_job(environment: Environment, id_: str) -> None:
    complaint = await environment.assigned()
    with refused("CLEANUP_NOT_FOUND"):
        await environment.move("Dispatch", await complaint.job(), id=id_)


async def test_a_refusal_is_not_kept_for_the_key(environment: Environment) -> None:
    job = await (await environment.assigned()).job()
    key = request_id()
    request = pb.DispatchCleanupRequest(request_id=key, id=job.id, etag=job.etag, crew="")
    with refused("CREW_REQUIRED"):
        await environment.call("CleanupService.DispatchCleanup", request)
    assert state(await environment.move("Dispatch", job, request_id=key)) == "dispatched"
