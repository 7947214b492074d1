"""Nobody of the city moves, corrects, proves or rates what they reported or stand behind."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from services.governance.personal import reactions
from services.kit.caller import Caller
from smartcity.governance.v1 import redactions_pb2
from tests.economy.conftest import (
    CITIZEN,
    refused,
    request_id,
)
from tests.fixtures.personal import asked
from tests.governance.calls import Filed, Records

ROAD_OFFICER = Caller("officer-dpu", frozenset({"officer", "citizen"}), "dpu")
VERIFIER = Caller("verifier-1", frozenset({"verifier", "citizen"}))


async def _filed(records: Records, who: Caller, *moves: str) -> Filed:
    """A report of theirs, taken so far by others."""
    filed = await records.file(who)
    other = Caller("verifier-2", frozenset({"verifier"}))
    for move in moves:
        more = {"note": "Tidak dapat dikerjakan.", "refusal": True} if move == "resolve" else {}
        await records.transition(filed, move, other, **more)
    return filed


@pytest.mark.parametrize("who", [VERIFIER, Caller("admin-1", frozenset({"admin"}))], ids=["verifier", "admin"])
@pytest.mark.parametrize("move", ["verify", "reject", "mark_duplicate"])
async def test_nobody_moves_the_own_report(records: Records, who: Caller, move: str) -> None:
    filed = await _filed(records, who)
    with refused("OWN_MATTER"):
        await records.transition(filed, move, who, note="Sudah diperiksa petugas.")


@pytest.mark.parametrize("move", ["start", "transfer", "resolve", "ask"])
async def test_an_officer_does_not_work_on_the_own_report(records: Records, move: str) -> None:
    filed = await _filed(records, ROAD_OFFICER, "verify")
    with refused("OWN_MATTER"):
        await records.transition(filed, move, ROAD_OFFICER, note="Sudah selesai dikerjakan.")


async def test_nobody_counts_a_duplicate_to_the_own_report(records: Records) -> None:
    own, other = await _filed(records, VERIFIER), await records.file(CITIZEN)
    with refused("OWN_MATTER"):
        await records.transition(other, "mark_duplicate", VERIFIER, note="Sama.", duplicate_of=own.code)


@pytest.mark.parametrize("joined", [False, True], ids=["their own report is its duplicate", "they joined it"])
async def test_nobody_moves_or_corrects_what_they_stand_behind(records: Records, joined: bool) -> None:
    other = await _filed(records, CITIZEN, "verify")
    if joined:
        await records.complaint("JoinComplaint", ROAD_OFFICER, request_id=request_id(), code=other.code)
    else:
        own, colleague = await _filed(records, ROAD_OFFICER, "verify"), Caller("verifier-2", frozenset({"verifier"}))
        await records.transition(own, "mark_duplicate", colleague, note="Sama.", duplicate_of=other.code)
    for move, more in (("start", {}), ("resolve", {"note": "Bukan kewenangan kami.", "refusal": True})):
        with refused("OWN_MATTER"):
            await records.transition(other, move, ROAD_OFFICER, **more)
    etag = (await records.complaint("GetComplaint", VERIFIER, code=other.code)).complaint.etag
    about = {"request_id": request_id(), "code": other.code, "etag": etag}
    with refused("OWN_MATTER"):
        await records.complaint("CorrectComplaint", ROAD_OFFICER, category="sampah-menumpuk", **about)
    await records.transition(other, "start", Caller("officer-dpu-2", frozenset({"officer"}), "dpu"))


@pytest.mark.parametrize("how", ["they reported it", "they joined it", "their own report is its duplicate"])
async def test_nobody_moves_what_is_their_own_once_it_is_erased(records: Records, how: str) -> None:
    other = await _filed(records, ROAD_OFFICER if how == "they reported it" else CITIZEN, "verify")
    if how == "they joined it":
        await records.complaint("JoinComplaint", ROAD_OFFICER, request_id=request_id(), code=other.code)
    elif how != "they reported it":
        own, colleague = await _filed(records, ROAD_OFFICER, "verify"), Caller("verifier-2", frozenset({"verifier"}))
        await records.transition(own, "mark_duplicate", colleague, note="Sama.", duplicate_of=other.code)
    served: Any = SimpleNamespace(runtime=records.runtime, now=records.runtime.clock(), admin=records.runtime.pool)
    await asked(served, reactions, ROAD_OFFICER.subject, erase=True)
    seen = (await records.complaint("GetComplaint", ROAD_OFFICER, code=other.code)).complaint
    assert (seen.own_matter, list(seen.transitions)) == (True, []), "no move is offered that is refused"
    with refused("OWN_MATTER"):
        await records.transition(other, "start", ROAD_OFFICER)
    await records.transition(other, "start", Caller("officer-dpu-2", frozenset({"officer"}), "dpu"))


async def test_nobody_counts_a_duplicate_to_what_they_joined(records: Records) -> None:
    joined, other = await records.file(CITIZEN), await records.file(CITIZEN)
    await records.complaint("JoinComplaint", VERIFIER, request_id=request_id(), code=joined.code)
    with refused("OWN_MATTER"):
        await records.transition(other, "mark_duplicate", VERIFIER, note="Sama.", duplicate_of=joined.code)


async def test_nobody_releases_or_corrects_the_own_report(records: Records) -> None:
    filed = await _filed(records, VERIFIER)
    seen = (await records.complaint("GetComplaint", VERIFIER, code=filed.code)).complaint
    about = {"request_id": request_id(), "code": filed.code, "etag": seen.etag}
    with refused("OWN_MATTER"):
        await records.complaint("ReleaseComplaint", VERIFIER, public_text="Jalan berlubang.", **about)
    with refused("OWN_MATTER"):
        await records.complaint("CorrectComplaint", VERIFIER, category="sampah-menumpuk", **about)
    with refused("OWN_MATTER"):
        await records.complaint("ReviewEvidence", VERIFIER, photos=[str(uuid4())], **about)


async def test_nobody_approves_a_redaction_of_the_own_report_or_their_own_wish(records: Records) -> None:
    filed, colleague = await _filed(records, VERIFIER), Caller("verifier-2", frozenset({"verifier"}))
    wish = redactions_pb2.RedactComplaintRequest(
        request_id=request_id(), code=filed.code, words=True, reason=redactions_pb2.REDACTION_REASON_THIRD_PERSON
    )
    asked = (await records.governance.call("RedactionService.RedactComplaint", wish, colleague)).redaction
    for who in (VERIFIER, colleague):
        request = redactions_pb2.ApproveRedactionRequest(request_id=request_id(), code=filed.code, id=asked.id)
        with refused("OWN_MATTER"):
            await records.governance.call("RedactionService.ApproveRedaction", request, who)


async def test_nobody_approves_a_redaction_of_what_they_stand_behind(records: Records) -> None:
    filed, colleague = await records.file(CITIZEN), Caller("verifier-2", frozenset({"verifier"}))
    await records.complaint("JoinComplaint", VERIFIER, request_id=request_id(), code=filed.code)
    reason = redactions_pb2.REDACTION_REASON_THIRD_PERSON
    about = {"request_id": request_id(), "code": filed.code}
    asked = (await records.redaction("RedactComplaint", colleague, words=True, reason=reason, **about)).redaction
    with refused("OWN_MATTER"):
        await records.redaction("ApproveRedaction", VERIFIER, id=asked.id, **about)


@pytest.mark.parametrize("by_key", [False, True], ids=["by login", "by link key"])
async def test_nobody_rates_the_work_of_the_own_agency(records: Records, by_key: bool) -> None:
    filed = await _filed(records, CITIZEN if by_key else ROAD_OFFICER, "verify", "start", "resolve")
    rating = {"request_id": request_id(), **filed.owner, "rating": 5}
    with refused("OWN_MATTER"):
        await records.complaint("RateComplaint", ROAD_OFFICER, **rating)
    await records.complaint("RateComplaint", CITIZEN, **rating)
