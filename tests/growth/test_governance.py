"""Governance, driven through all it does; then each statement it ran is planned as in a city with a million of each."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.governance.cases import store as complaints
from services.governance.keys.acting import EVERYTHING, Act, Grant
from services.governance.keys.mail import Purpose, token
from services.governance.mailing.model import CONFIRMATIONS_A_DAY
from services.governance.pillar import PILLAR
from services.governance.resources import resources
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import overview_pb2
from smartcity.types.v1.origin_pb2 import Origin
from tests.governance.calls import Records
from tests.governance.cases import DLH, SEKAYU, WASTE, Filed, file
from tests.governance.conftest import ADMIN, CITIZEN, VERIFIER, Governance, refused, request_id
from tests.governance.mails import Catcher, follow
from tests.governance.receipts.test_receipts import next_day
from tests.governance.routing.test_routing import draft
from tests.governance.transitions.test_reactions import _happens
from tests.growth.judging import flat, nouns_live, tick
from tests.growth.recording import Recorder

SMALL = {
    "workload": "a row for each agency",
    "punctuality_rolling": "a row for each agency",
    "activity_rolling": "a row for each area",
    "rolling": "a row for each counter of days",
    "performance_figure": "a row for each agency, kind and month",
    "performance_satisfaction": "a row for each agency and period",
    "performance_recompute": "a row each time that an operator asks",
    "emergency_number": "a row for each kind of number",
    "emergency_unit": "a row for each vehicle",
    "unit_position": "a row for each vehicle",
    "flooded_area": "a row for each kelurahan under a warning in force",
    "response_day": "a row for each day, service and priority",
    "seal": "a row for each day",
    "seal_key": "a row for each key that ever signed",
    "seal_size": "a row for each day",
}
UNRUN = {
    "SELECT code FROM complaint WHERE code = ANY": "runs when somebody files under a code just taken; by its index",
    "SELECT pg_advisory_xact_lock": "reads no table",
    "SELECT 1 FROM wrapped_key LIMIT 1": "asked over a connection of its own; one row",
    "UPDATE news SET attempts = attempts - 1": "runs when the mail server goes away in the midst; by the primary key",
    "UPDATE wrapped_key SET key_id": "runs when a wrapping key is retired; by the primary key",
}
ALLOWED = {
    "SELECT position FROM outbox WHERE recorded_at >= $1": "an operator's; from the oldest to the first of a time",
}
GIVEN = pb.Contact(name="Siti Contoh", email="siti@contoh.id", phone="+62 812 0000 0000")


async def test_no_statement_of_governance_grows_with_its_tables(
    governance: Governance, records: Records, catcher: Catcher, recorder: Recorder
) -> None:
    await _lives(governance)
    await _lists(governance, records)
    await _records(records)
    async with governance.runtime.statement() as tx:
        await complaints.has_demo(tx)
    await nouns_live(governance.served)
    await tick(PILLAR, governance.runtime)
    governance.pass_time(days=30)
    await tick(PILLAR, governance.runtime)
    await flat(recorder, PILLAR, governance.admin, small=SMALL, unrun=UNRUN, allowed=ALLOWED)


async def _lives(governance: Governance) -> None:
    """Cases go all ways that there are."""
    rated, reopened, asked = [await (await file(governance, contact=GIVEN)).resolved() for _ in range(3)]
    await rated.act("Rate", rating=4)
    await reopened.act("Reopen", note="Masih menumpuk")
    await asked.act("Reopen", note="Masih menumpuk")
    await asked.read(DLH)
    asked.last = await asked.read(DLH)
    await asked.transition("ask", DLH, note="Di sebelah mana?")
    await asked.act("Reply", note="Di sebelah kiri gerbang")
    await (await file(governance)).act("Withdraw")
    corrected = await file(governance)
    await corrected.edit("Correct", category="jalan-rusak", area_code="33.74.01.1001")
    await corrected.edit("Release", public_text="Jalan berlubang")
    proven = await file(governance)
    await proven.transition("verify")
    photos = [await proven.evidence(), await proven.evidence()]
    reviewed = pb.ReviewEvidenceRequest(
        request_id=request_id(), code=proven.code, etag=proven.last.etag, photos=photos[:1], withheld=photos[1:]
    )
    await governance.call("ComplaintService.ReviewEvidence", reviewed, VERIFIER)
    proven.last = await proven.read()
    await proven.transition("transfer", DLH, note="Bukan kami", agency="dpu")
    await proven.transition("decline", note="Bukan kami juga")
    double = await file(governance)
    await double.transition("mark_duplicate", duplicate_of=corrected.code)
    request = pb.JoinComplaintRequest(request_id=request_id(), code=corrected.code, contact=GIVEN)
    await governance.call("ComplaintService.JoinComplaint", request, CITIZEN)
    await _cleaned(governance)


async def _cleaned(governance: Governance) -> None:
    """Environment cleans up."""
    for end in (environment.CleanupCompleted, environment.CleanupAbandoned):
        filed = await file(governance)
        await filed.transition("verify")
        for event in (environment.CleanupOpened, environment.CleanupDispatched, end):
            await _happens(governance, event(id="1", complaint=filed.code))


async def _lists(governance: Governance, records: Records) -> None:
    """The lists with all their filters, and the page after."""
    some = [pb.COMPLAINT_STATE_RESOLVED, pb.COMPLAINT_STATE_CLOSED, pb.COMPLAINT_STATE_WITHDRAWN]
    for caller in (DLH, VERIFIER):
        for states in ([], some[:1], some):
            for wanted in (
                pb.ListComplaintsRequest(),
                pb.ListComplaintsRequest(category="jalan-rusak"),
                pb.ListComplaintsRequest(area_code="33.74.01"),
                pb.ListComplaintsRequest(overdue=True),
                pb.ListComplaintsRequest(evidence=True),
                pb.ListComplaintsRequest(evidence=True, overdue=True),
            ):
                request = pb.ListComplaintsRequest(states=states, page_size=1)
                request.MergeFrom(wanted)
                page = await governance.call("ComplaintService.ListComplaints", request, caller)
                if page.next_page_token:
                    request.page_token = page.next_page_token
                    await governance.call("ComplaintService.ListComplaints", request, caller)
    filed = await file(governance)
    await governance.call("ComplaintService.ListComplaints", pb.ListComplaintsRequest(code=filed.code), VERIFIER)
    await records.complaint("ListSimilarComplaints", text=WASTE, location=SEKAYU)
    await records.complaint("ListSimilarComplaints", text=WASTE, area_code="33.74.01.1007")


async def _records(records: Records) -> None:
    """What lies beside a case: contact, photos, seals, receipts; and routing."""
    governance = records.governance
    filed = await records.file(contact=GIVEN)
    case = Filed(governance, filed.code, filed.link_key, await _seen(governance, filed.code))
    await records.photo("CheckPhoto", **filed.owner)
    photo = await case.snapshot()
    await case.edit("Release", public_text="Jalan berlubang", photos=[photo])
    await records.photo("GetPhoto", code=filed.code, id=photo)
    await records.photo("ListPhotoPaths", ids=[photo])
    await records.contact("GetContact", **filed.owner)
    await records.contact("ListContactReads", **filed.owner, page_size=1)
    await tick(PILLAR, governance.runtime)  # sends the news
    await _mails(records, filed.owner)
    await _links(records)
    await _redactions(records, filed.owner, photo)
    await records.contact("EraseContact", **filed.owner, request_id=request_id())
    day = await next_day(records)
    await records.receipt("GetSeal", day=day.isoformat())
    await next_day(records)
    page = await records.receipt("ListSeals", page_size=1)
    await records.receipt("ListSeals", page_size=1, page_token=page.next_page_token)
    held = (await records.receipt("GetReceipt", **filed.owner)).receipt
    await records.receipt("CheckReceipt", receipt=held)
    await records.routing("SuggestCategories", text=WASTE)
    await records.routing("SimulateRouting", ADMIN, rules_csv=draft(records))
    await records.complaint("GetComplaint", code=filed.code)
    await governance.call("OverviewService.GetOverview", overview_pb2.GetOverviewRequest())
    assert await resources(governance.runtime).keys.rewrap("a former key") == 0
    governance.now += timedelta(days=1)


async def _mails(records: Records, owner: dict[str, Any]) -> None:
    """An address is confirmed, ended by its owner and by its server, asked again; and a supporter's."""
    await records.mail("GetContactMail", **owner)
    secret = resources(records.runtime).link_secret
    joined = await records.complaint(
        "JoinComplaint", code=owner["code"], request_id=request_id(), contact=GIVEN,
        origin=Origin(session="s", network="n"),
    )  # fmt: skip
    await records.complaint(
        "JoinComplaint", code=owner["code"], request_id=request_id(), origin=Origin(session="t", network="n")
    )
    supporter: dict[str, Any] = {"code": owner["code"], "link_key": joined.link_key}
    await records.contact("GetContact", **supporter)
    subject = UUID(joined.supporter)
    await records.mail("GetMailLink", link="MAIL_LINK_STOP", token=token(secret, Purpose.STOP, subject))
    await follow(records, "ConfirmAddress", token(secret, Purpose.CONFIRM, subject))
    await tick(PILLAR, records.governance.runtime)
    await follow(records, "Unsubscribe", token(secret, Purpose.STOP, subject))
    await follow(records, "ReportBounce", token(secret, Purpose.BOUNCE, subject))
    await records.mail("RequestConfirmation", **supporter, request_id=request_id())
    await records.mail("CorrectAddress", **supporter, email="benar@example.org", request_id=request_id())
    await records.mail(
        "CorrectAddress", **supporter, contact=pb.Contact(phone="+62 24 3513366"), request_id=request_id()
    )
    await records.file(contact=GIVEN, origin=Origin(own_address=True))
    for _ in range(CONFIRMATIONS_A_DAY + 1):
        await records.file(contact=pb.Contact(email="penuh@example.org"))
    await tick(PILLAR, records.runtime)


async def _links(records: Records) -> None:
    """A reporter asks for links, one of a case and those of all, lists the cases, and ends the links."""
    governance, keys = records.governance, resources(records.runtime).mail_keys
    own = pb.Contact(email="sendiri@example.org")  # nobody ended mail to it
    filed = [await records.file(CITIZEN, contact=own, origin=Origin(own_address=True)) for _ in range(2)]
    await records.sql("UPDATE contact SET mailbox = NULL WHERE subject = $1", filed[0].id)  # of the version before
    await records.mail("RequestMailLink", **filed[0].owner, request_id=request_id())
    with refused("MAIL_LINK_JUST_SENT"):
        await records.mail("RequestMailLink", **filed[0].owner, request_id=request_id())
    await records.mail("RequestMyLinks", email=own.email, request_id=request_id())
    await tick(PILLAR, records.runtime)
    link = keys.token(Grant(filed[1].id, Act.MINE | EVERYTHING, 0, governance.now + timedelta(days=1)))
    await records.complaint("GetComplaint", code=filed[1].code, link_key=link)
    await records.mail("GetMailLink", link="MAIL_LINK_CASE", token=link)
    await records.mail("RecoverLinkKey", token=link, code=filed[1].code, request_id=request_id())
    for caller, token_ in ((CITIZEN, ""), (CITIZEN, link)):
        page = await records.mail("ListMyComplaints", caller, token=token_, page_size=1)
        await records.mail("ListMyComplaints", caller, token=token_, page_size=1, page_token=page.next_page_token)
    await records.mail("EndMailLinks", token=link, request_id=request_id())


async def _redactions(records: Records, owner: dict[str, Any], photo: str) -> None:
    """The reporter takes out a photo, verifiers the rest; the file is said to be gone."""
    await records.redaction("RedactComplaint", **owner, request_id=request_id(), photos=[photo])
    asked = await records.redaction(
        "RedactComplaint", VERIFIER, code=owner["code"], request_id=request_id(), words=True, reason=2
    )
    await records.redaction("ListRedactions", ADMIN, code=owner["code"])
    await records.redaction(
        "ApproveRedaction", ADMIN, code=owner["code"], request_id=request_id(), id=asked.redaction.id
    )
    paths = (await records.redaction("ListErasedFiles")).paths
    await records.redaction("ForgetErasedFiles", request_id=request_id(), paths=paths)


async def _seen(governance: Governance, code: str) -> pb.Complaint:
    answer = await governance.call("ComplaintService.GetComplaint", pb.GetComplaintRequest(code=code), VERIFIER)
    found: pb.Complaint = answer.complaint
    return found
