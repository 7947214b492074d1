"""What the reporter does: rate, reopen, reply, withdraw."""

import asyncio
from typing import Any

import pytest

from services.kit.caller import ANONYMOUS
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import events_pb2
from tests.governance.cases import DLH, emitted, file, state, types
from tests.governance.conftest import CITIZEN, VERIFIER, Governance, refused, request_id


async def test_a_rating_closes_the_case(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    rated = await filed.act("Rate", rating=4, note="Terima kasih")
    assert (state(rated), rated.rating, types(rated)[-1]) == ("closed", 4, "ComplaintRated")
    assert not rated.due.HasField("auto_close")
    public = (await filed.read(ANONYMOUS)).timeline[-1]
    assert (public.by, public.note) == ("reporter", "")
    row = next(row for row in await governance.events(rated.correlation_id) if row["type"].endswith("Rated"))
    assert events_pb2.ComplaintRated.FromString(row["payload"]).rating == 4


@pytest.mark.parametrize("rating", [0, 6, -1])
async def test_a_rating_goes_from_one_to_five(governance: Governance, rating: int) -> None:
    filed = await (await file(governance)).resolved()
    with refused("RATING_INVALID") as caught:
        await filed.act("Rate", rating=rating)
    assert caught.value.metadata == {"field": "rating"}
    assert (await filed.read()).rating == 0


@pytest.mark.parametrize(
    ("verb", "fields", "reason"),
    [
        ("Rate", {"rating": 5, "note": "x" * 2001}, "NOTE_TOO_LONG"),
        ("Reopen", {"note": "x" * 2001}, "NOTE_REQUIRED"),
        ("Reopen", {"note": "x" * 9}, "NOTE_REQUIRED"),
        ("Reopen", {"note": f"  {'x' * 9}\x00 "}, "NOTE_REQUIRED"),
        ("Reopen", {"note": "\u200b" * 12}, "NOTE_REQUIRED"),
        ("Reply", {"note": "x" * 2001}, "NOTE_REQUIRED"),
        ("Reply", {"note": ""}, "NOTE_REQUIRED"),
    ],
)
async def test_what_the_reporter_writes_is_measured(
    governance: Governance, verb: str, fields: dict[str, Any], reason: str
) -> None:
    filed = await (await file(governance)).resolved()
    if verb == "Reply":
        await filed.act("Reopen", note="Masih ada sampah")
        await filed.transition("ask", DLH, note="Di mana?")
    before = state(filed.last)
    with refused(reason) as caught:
        await filed.act(verb, **fields)
    assert caught.value.metadata == {"field": "note"}
    assert state(await filed.read()) == before


@pytest.mark.parametrize("note", ["x" * 10, "x" * 2000])
async def test_a_reopening_may_say_10_to_2000_characters(governance: Governance, note: str) -> None:
    filed = await (await file(governance)).resolved()
    assert (await filed.act("Reopen", note=note)).timeline[-1].note == note


@pytest.mark.parametrize(
    ("verb", "fields"),
    [("Rate", {"rating": 5}), ("Reopen", {"note": "Masih ada sampah"}), ("Withdraw", {}), ("Reply", {"note": "Ya"})],
)
async def test_only_the_reporter_acts_as_the_reporter(
    governance: Governance, verb: str, fields: dict[str, object]
) -> None:
    filed = await file(governance, CITIZEN)
    for caller, key in ((ANONYMOUS, ""), (ANONYMOUS, "A" * 26), (VERIFIER, ""), (DLH, "")):
        with refused("LINK_KEY_REQUIRED"):
            await filed.act(verb, caller, key=key, **fields)


async def test_the_login_that_filed_needs_no_link_key(governance: Governance) -> None:
    filed = await (await file(governance, CITIZEN)).resolved()
    assert (await filed.act("Rate", CITIZEN, key="", rating=5)).rating == 5


async def test_a_case_is_reopened_with_all_its_time(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    governance.pass_time(days=3)
    reopened = await filed.act("Reopen", note="Sampahnya masih ada di sana")
    assert (state(reopened), types(reopened)[-1]) == ("reopened", "ComplaintReopened")
    assert reopened.due.HasField("response")
    assert reopened.due.HasField("resolution")
    assert not reopened.due.HasField("auto_close")
    assert state(await filed.resolve()) == "resolved"


async def test_a_bad_rating_does_not_bar_reopening(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    await filed.act("Rate", rating=1)
    reopened = await filed.act("Reopen", note="Sampahnya masih ada di sana")
    assert (state(reopened), reopened.rating) == ("reopened", 0)


async def test_reopening_ends_after_fourteen_days(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    governance.pass_time(days=15)
    with refused("REOPEN_WINDOW_PASSED"):
        await filed.act("Reopen", note="Sampahnya masih ada di sana")


async def test_reopening_needs_a_reason_and_a_resolution(governance: Governance) -> None:
    filed = await file(governance)
    with refused("INVALID_TRANSITION"):
        await filed.act("Reopen", note="Sampahnya masih ada di sana")
    await filed.resolved()
    with refused("NOTE_REQUIRED"):
        await filed.act("Reopen", note="Kurang")


async def test_a_reply_answers_a_question_only(governance: Governance) -> None:
    filed = await file(governance)
    with refused("INVALID_TRANSITION"):
        await filed.act("Reply", note="Halo")
    await filed.transition("verify")
    await filed.transition("ask", DLH, note="Di mana?")
    with refused("NOTE_REQUIRED"):
        await filed.act("Reply", note=" ")


async def test_an_answer_reaches_the_case_also_where_it_went_on_without_it(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await filed.transition("ask", DLH, note="Di mana?")
    started = await filed.transition("start", DLH)
    governance.pass_time(hours=1)
    told = await filed.read(key=filed.key)
    assert (state(told), told.question_open) == ("in_progress", True)
    replied = await filed.act("Reply", note="Di belakang pasar, dekat pos")
    assert (state(replied), replied.due, replied.question_open) == ("in_progress", started.due, False)
    assert replied.etag != started.etag, "an officer who decides sees it first"
    seen = await filed.read(DLH)
    assert [entry.note for entry in seen.timeline if entry.by == "reporter"][-1] == "Di belakang pasar, dekat pos"
    with refused("QUESTION_NOT_OPEN"):
        await filed.act("Reply", note="Di belakang pasar, dekat pos")


async def test_an_answer_to_what_was_handed_on_moves_no_clock(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await filed.transition("ask", DLH, note="Di mana?")
    handed = await filed.transition("transfer", DLH, note="Bukan kami", agency="dpu")
    replied = await filed.act("Reply", note="Di belakang pasar")
    assert (state(replied), replied.due) == ("transferred", handed.due)
    assert len(await emitted(governance, replied)) == len(await emitted(governance, handed)), "no state has changed"


async def test_a_question_from_before_a_resolution_is_answered_no_more(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await filed.transition("ask", DLH, note="Di mana?")
    await filed.resolve()
    with refused("INVALID_TRANSITION"):
        await filed.act("Reply", note="Di belakang pasar")
    await filed.act("Reopen", note="Sampahnya masih ada di sana")
    await filed.transition("start", DLH)
    with refused("QUESTION_NOT_OPEN"):
        await filed.act("Reply", note="Di belakang pasar")


async def test_an_open_case_can_be_withdrawn_once(governance: Governance) -> None:
    filed = await file(governance)
    withdrawn = await filed.act("Withdraw")
    assert state(withdrawn) == "withdrawn"
    assert await emitted(governance, withdrawn) == ["ComplaintFiled", "ComplaintStatusChanged"]
    with refused("INVALID_TRANSITION"):
        await filed.act("Withdraw")


async def test_what_others_stand_behind_is_not_withdrawn_for_them(governance: Governance) -> None:
    filed, duplicate = await file(governance), await file(governance)
    await duplicate.transition("mark_duplicate", duplicate_of=filed.code)
    with refused("COMPLAINT_SUPPORTED"):
        await filed.act("Withdraw")
    assert state(await filed.read()) == "filed"


async def test_a_resolved_case_is_not_withdrawn(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    with refused("INVALID_TRANSITION"):
        await filed.act("Withdraw")


async def test_two_ratings_at_once_leave_one(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    requests = [
        pb.RateComplaintRequest(request_id=request_id(), code=filed.code, link_key=filed.key, rating=stars)
        for stars in (1, 5)
    ]
    calls = [governance.call("ComplaintService.RateComplaint", request) for request in requests]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(answer, pb.RateComplaintResponse) for answer in answers) == 1
