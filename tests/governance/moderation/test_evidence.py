"""Evidence waits for a verifier in a list of its own, by a date, and becomes public through it."""

from typing import Any

import pytest

from services.governance.escalations import timers
from services.kit.caller import ANONYMOUS, Caller
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import events_pb2
from tests.governance.cases import DLH, DPU, Filed, file, state, types
from tests.governance.conftest import VERIFIER, Governance, refused, request_id


async def _waiting(governance: Governance, caller: Caller = VERIFIER, **fields: Any) -> list[str]:
    request = pb.ListComplaintsRequest(evidence=True, **fields)
    answer = await governance.call("ComplaintService.ListComplaints", request, caller)
    return [complaint.code for complaint in answer.complaints]


async def _review(filed: Filed, caller: Caller = VERIFIER, **fields: Any) -> pb.Complaint:
    fields.setdefault("etag", filed.last.etag)
    request = pb.ReviewEvidenceRequest(request_id=request_id(), code=filed.code, **fields)
    answer = await filed.governance.call("ComplaintService.ReviewEvidence", request, caller)
    filed.last = answer.complaint
    return filed.last


async def test_what_a_crew_adds_after_the_release_waits_in_the_list_until_a_verifier_shows_it(
    governance: Governance,
) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await filed.edit("Release", public_text="Sampah di depan pasar.")
    assert await _waiting(governance) == []
    resolved = await filed.resolve()
    photo = resolved.timeline[-1].photos[0]
    assert await _waiting(governance) == [filed.code]
    seen = await filed.read(ANONYMOUS)
    assert (list(seen.timeline[-1].photos), seen.due.HasField("evidence")) == ([], True)
    reviewed = await _review(filed, photos=[photo])
    assert (state(reviewed), types(reviewed)[-1]) == ("resolved", "ComplaintEvidenceReviewed")
    assert await _waiting(governance) == []
    seen = await filed.read(ANONYMOUS)
    assert (list(seen.timeline[-2].photos), seen.due.HasField("evidence")) == ([photo], False)
    assert seen.text == "Sampah di depan pasar."
    (told,) = [row for row in await governance.events(seen.correlation_id) if row["type"].endswith("EvidenceReviewed")]
    event = events_pb2.ComplaintEvidenceReviewed.FromString(told["payload"])
    assert (event.code, event.shown, event.withheld) == (filed.code, 1, 0)


async def test_withheld_evidence_waits_no_more_and_stays_hidden(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    (photo,) = (await filed.read()).photos
    assert photo.waiting
    await _review(filed, withheld=[photo.id])
    assert await _waiting(governance) == []
    assert list((await filed.read(ANONYMOUS)).photos) == []
    (photo,) = (await filed.read()).photos
    assert (photo.waiting, photo.released) == (False, False)


async def test_what_came_after_the_verifier_looked_goes_on_waiting(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    first, second = await filed.evidence(), await filed.evidence()
    await filed.edit("Release", public_text="Sampah.", photos=[first])
    assert await _waiting(governance) == [filed.code]
    await filed.edit("Release", public_text="Sampah.", photos=[first], withheld=[second])
    assert await _waiting(governance) == []


async def test_the_promise_has_a_clock_that_outlives_the_case_and_passes_once(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    promised = (await filed.read()).due.evidence
    await filed.act("Rate", rating=4)
    governance.pass_time(days=10)
    await timers.due(governance.runtime)
    await timers.due(governance.runtime)
    late = await filed.read()
    assert (state(late), late.due.evidence, late.escalation) == ("closed", promised, 0)
    assert [line.note for line in late.timeline].count("Tenggat pemeriksaan bukti terlewati.") == 1
    assert await _waiting(governance, overdue=True) == [filed.code]
    filed.last = late
    await _review(filed, photos=[late.photos[0].id])
    assert not (await filed.read()).due.HasField("evidence")


async def test_the_list_is_sorted_by_what_was_promised_and_paged(governance: Governance) -> None:
    codes = []
    for _ in range(3):
        codes.append((await (await file(governance)).resolved()).code)
        governance.pass_time(days=1)
    first = await governance.call(
        "ComplaintService.ListComplaints", pb.ListComplaintsRequest(evidence=True, page_size=2), VERIFIER
    )
    assert [each.code for each in first.complaints] == codes[:2]
    assert await _waiting(governance, page_size=2, page_token=first.next_page_token) == codes[2:]
    assert await _waiting(governance, DLH) == codes
    assert await _waiting(governance, DPU) == []


async def test_evidence_of_a_secret_case_and_what_is_taken_out_waits_for_nobody(governance: Governance) -> None:
    secret = await file(governance, secret=True)
    await secret.transition("verify")
    await secret.evidence()
    hidden = await file(governance)
    await hidden.transition("verify")
    await hidden.evidence()
    assert await _waiting(governance) == [hidden.code]
    await hidden.edit("Correct", category="perilaku-asn")
    assert await _waiting(governance) == []


@pytest.mark.parametrize(
    ("caller", "fields", "reason"),
    [
        (VERIFIER, {}, "EVIDENCE_MISSING"),
        (VERIFIER, {"photos": ["{photo}"], "withheld": ["{photo}"]}, "EVIDENCE_TWICE"),
        (VERIFIER, {"photos": ["0192f3a4-9a10-7b1e-8f55-6d1f0e1c2b3a"]}, "PHOTO_UNKNOWN"),
        (VERIFIER, {"photos": ["{reporters}"]}, "PHOTO_UNKNOWN"),
        (VERIFIER, {"photos": ["{photo}"], "etag": "99"}, "STALE_ETAG"),
        (DLH, {"photos": ["{photo}"]}, "ROLE_NOT_ALLOWED"),
    ],
)
async def test_a_review_names_evidence_of_the_case_once(
    governance: Governance, caller: Caller, fields: dict[str, Any], reason: str
) -> None:
    filed = await file(governance)
    reporters = await filed.snapshot()
    await filed.transition("verify")
    photo = await filed.evidence()
    named = {
        name: [each.format(photo=photo, reporters=reporters) for each in value] if isinstance(value, list) else value
        for name, value in fields.items()
    }
    with refused(reason):
        await _review(filed, caller, **named)
    assert await _waiting(governance) == [filed.code]


async def test_nobody_reviews_the_evidence_of_their_own_report(governance: Governance) -> None:
    reporter = Caller("both", frozenset({"citizen", "verifier"}))
    filed = await file(governance, reporter)
    await filed.transition("verify")
    photo = await filed.evidence()
    with refused("OWN_MATTER"):
        await _review(filed, reporter, photos=[photo])


async def test_a_reopened_case_is_not_resolved_by_the_evidence_of_before(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    (before,) = (await filed.read()).photos
    governance.pass_time(days=1)
    await filed.act("Reopen", note="Masih menumpuk.")
    with refused("EVIDENCE_OF_BEFORE") as caught:
        await filed.transition("resolve", DLH, note="Sudah diangkut lagi", photos=[before.id])
    assert caught.value.metadata == {"field": "photos"}
    resolved = await filed.resolve()
    assert (state(resolved), before.id in resolved.timeline[-1].photos) == ("resolved", False)
