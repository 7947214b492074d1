"""What was to be erased and is still there: words, photos, notes; and who may have something erased."""

import hmac
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from gateway.photos.erased import erase_once
from gateway.photos.records import COMPLAINTS
from services.governance.receipts.verify import verify
from services.governance.resources import resources
from services.kit.caller import ANONYMOUS, Caller
from smartcity.governance.v1 import receipts_views
from smartcity.governance.v1 import redactions_pb2 as pb
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_filing import code_of, link_of, picture
from tests.gateway.running import Stand
from tests.governance.calls import DPU, OTHER, TEXT, Filed, Records
from tests.governance.cases import Filed as Case
from tests.governance.conftest import ADMIN, CITIZEN, VERIFIER, refused, request_id
from tests.governance.receipts.test_receipts import next_day

NAME = "Pak Contoh dari RT 3"
SECOND = Caller("verifier-2", frozenset({"verifier"}))
WORDS = f"{TEXT} {NAME} yang merusaknya."
THIRD = pb.REDACTION_REASON_THIRD_PERSON


async def case_with_all(records: Records, **fields: Any) -> tuple[Filed, Case, str]:
    """A released case whose words, landmark and notes name somebody, with a photo of the reporter's."""
    filed = await records.file(text=WORDS, landmark=f"rumah {NAME}", **fields)
    seen = await records.complaint("GetComplaint", VERIFIER, code=filed.code)
    case = Case(records.governance, filed.code, filed.link_key, seen.complaint)
    photo = await case.snapshot()
    await case.edit("Release", public_text=WORDS, photos=[photo])
    await records.transition(filed, "verify", VERIFIER)
    await records.transition(filed, "ask", VERIFIER, note="Di mana tepatnya?")
    await records.complaint("ReplyComplaint", **filed.owner, request_id=request_id(), note=f"Di depan rumah {NAME}")
    return filed, case, photo


async def redact(records: Records, filed: Filed, caller: Caller = ANONYMOUS, **fields: Any) -> pb.Redaction:
    answer = await records.redaction("RedactComplaint", caller, request_id=request_id(), code=filed.code, **fields)
    redaction: pb.Redaction = answer.redaction
    return redaction


async def approve(records: Records, filed: Filed, one: pb.Redaction, caller: Caller) -> pb.Redaction:
    asked = {"request_id": request_id(), "code": filed.code, "id": one.id}
    answer: pb.Redaction = (await records.redaction("ApproveRedaction", caller, **asked)).redaction
    return answer


async def everywhere(records: Records, words: str) -> set[str]:
    """The tables that hold these words, kept answers of a few days aside."""
    rows = await records.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'governance'")
    found = set()
    for table in {row["table_name"] for row in rows} - {"idempotency_key"}:
        lines = await records.sql(f"SELECT t::text AS line FROM {table} AS t")
        found |= {table for row in lines if words in row["line"]}
    return found


async def test_what_the_reporter_erases_is_gone_from_every_answer_and_every_table(records: Records) -> None:
    filed, _, photo = await case_with_all(records)
    assert await everywhere(records, NAME) == {"complaint", "entry"}
    done = await redact(records, filed, link_key=filed.link_key, words=True, photos=[photo])
    assert done.state == pb.REDACTION_STATE_DONE
    for caller, key in ((ANONYMOUS, ""), (ANONYMOUS, filed.link_key), (DPU, ""), (VERIFIER, ""), (ADMIN, "")):
        seen = (await records.complaint("GetComplaint", caller, code=filed.code, link_key=key)).complaint
        assert NAME not in str(seen)
        assert (seen.text, seen.landmark, list(seen.photos), seen.redacted, seen.released) == ("", "", [], True, False)
        with refused("PHOTO_UNKNOWN"):
            await records.photo("GetPhoto", caller, code=filed.code, id=photo, link_key=key)
    assert await everywhere(records, NAME) == set()
    assert await everywhere(records, WORDS[:20]) == set()


async def test_the_events_of_an_erasure_hold_nothing_of_it(records: Records) -> None:
    filed, _, photo = await case_with_all(records)
    await redact(records, filed, link_key=filed.link_key, words=True, photos=[photo])
    events = await records.governance.events(str(filed.id))
    assert events[-1]["type"] == "smartcity.governance.v1.ComplaintRedacted"
    assert not [event for event in events if NAME.encode() in event["payload"] or photo.encode() in event["payload"]]


async def test_the_chain_and_a_receipt_of_before_hold_after_an_erasure(records: Records) -> None:
    filed, _, photo = await case_with_all(records)
    before = await _receipt(records, filed)
    await next_day(records)
    await redact(records, filed, link_key=filed.link_key, words=True, photos=[photo])
    await next_day(records)
    after = await _receipt(records, filed)
    assert verify(after) == []
    assert verify(after, earlier=before) == []
    assert NAME in str(before)
    assert NAME not in str(after)


async def _receipt(records: Records, filed: Filed) -> Any:
    found = (await records.receipt("GetReceipt", **filed.owner)).receipt
    return msgspec.to_builtins(receipts_views.receipt(found))


async def test_the_history_keeps_a_digest_by_which_the_city_knows_the_words_again(records: Records) -> None:
    filed, _, _ = await case_with_all(records)
    await redact(records, filed, link_key=filed.link_key, words=True)
    seen = (await records.complaint("GetComplaint", **filed.owner)).complaint
    note = seen.timeline[-1].note
    secret = resources(records.runtime).link_secret
    digest = hmac.digest(secret, b"out:" + filed.id.bytes + WORDS.encode(), "sha256").hex()
    assert f"kata-kata / words: hmac-sha256 {digest}" in note


async def test_an_erasure_stays_when_the_case_goes_on(records: Records) -> None:
    filed, _, _ = await case_with_all(records)
    await redact(records, filed, link_key=filed.link_key, words=True)
    await records.transition(filed, "ask", VERIFIER, note="Masih ada?")
    seen = (await records.complaint("GetComplaint", VERIFIER, code=filed.code)).complaint
    assert (seen.text, seen.redacted) == ("", True)


async def test_erased_words_are_never_made_public_again_and_photos_still_are(records: Records) -> None:
    filed, case, photo = await case_with_all(records)
    await redact(records, filed, link_key=filed.link_key, words=True)
    case.last = await case.read()
    with refused("WORDS_TAKEN_OUT"):  # a verifier had them before their eyes
        await case.edit("Release", public_text=WORDS, photos=[photo])
    await case.edit("Release", photos=[photo])
    seen = await case.read(ANONYMOUS)
    assert (seen.text, [one.id for one in seen.photos]) == ("", [photo])


async def test_words_that_were_made_public_after_an_erasure_can_be_erased_once_more(records: Records) -> None:
    filed, _, _ = await case_with_all(records)
    await redact(records, filed, link_key=filed.link_key, words=True)
    await records.sql("UPDATE complaint SET public_text = $1", WORDS)
    await redact(records, filed, link_key=filed.link_key, words=True)
    assert await everywhere(records, NAME) == set()


async def test_the_reporter_erases_no_evidence_and_no_note_of_the_city(records: Records) -> None:
    filed, case, _ = await case_with_all(records)
    evidence = await case.evidence(DPU)
    history = (await records.complaint("GetComplaint", VERIFIER, code=filed.code)).complaint.timeline
    (question,) = [entry.number for entry in history if entry.note == "Di mana tepatnya?"]
    for fields in ({"photos": [evidence]}, {"entries": [question]}):
        with refused("REDACTION_NOT_YOURS"):
            await redact(records, filed, link_key=filed.link_key, **fields)


@pytest.mark.parametrize("caller", [ANONYMOUS, CITIZEN, DPU], ids=lambda caller: caller.subject)
async def test_nobody_else_erases_words(records: Records, caller: Caller) -> None:
    filed, _, _ = await case_with_all(records)
    with refused("REDACTION_NOT_YOURS"):
        await redact(records, filed, caller, words=True, reason=THIRD)


async def test_a_verifier_takes_nothing_out_alone(records: Records) -> None:
    filed, _, photo = await case_with_all(records)
    asked = await redact(records, filed, VERIFIER, words=True, photos=[photo], reason=THIRD)
    assert asked.state == pb.REDACTION_STATE_WAITING
    assert (await records.complaint("GetComplaint", VERIFIER, code=filed.code)).complaint.text == WORDS
    with refused("OWN_MATTER"):
        await approve(records, filed, asked, VERIFIER)
    with refused("REDACTION_ASKED"):  # asking twice is not two people
        await redact(records, filed, VERIFIER, words=True, reason=THIRD)
    done = await approve(records, filed, asked, SECOND)
    assert done.state == pb.REDACTION_STATE_DONE
    assert await everywhere(records, WORDS[:20]) == set()


async def test_a_verifier_approves_nothing_of_a_case_they_reported(records: Records) -> None:
    filed, _, _ = await case_with_all(records)
    await records.sql("UPDATE complaint SET reporter = 'verifier-2'")
    asked = await redact(records, filed, VERIFIER, words=True, reason=THIRD)
    with refused("OWN_MATTER"):
        await approve(records, filed, asked, SECOND)


async def test_two_verifiers_take_a_name_out_of_an_officers_note(records: Records) -> None:
    filed = await records.file()
    await records.transition(filed, "verify", VERIFIER, note=f"Menurut {NAME} benar.")
    history = (await records.complaint("GetComplaint", VERIFIER, code=filed.code)).complaint.timeline
    (number,) = [entry.number for entry in history if NAME in entry.note]
    asked = await redact(records, filed, VERIFIER, entries=[number], reason=THIRD)
    await approve(records, filed, asked, ADMIN)
    assert await everywhere(records, NAME) == set()
    assert verify(await _receipt(records, filed)) == []
    with refused("ENTRY_UNKNOWN"):  # there is nothing to take out any more
        await redact(records, filed, VERIFIER, entries=[number], reason=THIRD)


async def test_what_nobody_approves_in_a_week_lapses_and_is_done_once(records: Records) -> None:
    filed, _, _ = await case_with_all(records)
    late = await redact(records, filed, VERIFIER, words=True, reason=THIRD)
    records.governance.pass_time(days=8)
    with refused("REDACTION_NOT_WAITING"):
        await approve(records, filed, late, SECOND)
    fresh = await redact(records, filed, VERIFIER, words=True, reason=THIRD)
    await approve(records, filed, fresh, SECOND)
    with refused("REDACTION_NOT_WAITING"):
        await approve(records, filed, fresh, ADMIN)
    listed = (await records.redaction("ListRedactions", ADMIN, code=filed.code)).redactions
    assert [one.state for one in listed] == [pb.REDACTION_STATE_DONE, pb.REDACTION_STATE_LAPSED]


async def test_what_waits_for_a_second_verifier_is_asked_for_once(records: Records) -> None:
    filed, _, photo = await case_with_all(records)
    first = await redact(records, filed, VERIFIER, words=True, photos=[photo], reason=THIRD)
    with refused("REDACTION_ASKED"):
        await redact(records, filed, ADMIN, words=True, reason=THIRD)
    assert first.own
    (listed,) = (await records.redaction("ListRedactions", ADMIN, code=filed.code)).redactions
    assert not listed.own, "they may approve it"
    records.governance.pass_time(days=8)
    assert (await redact(records, filed, ADMIN, words=True, reason=THIRD)).own, "what lapsed is asked for anew"


async def test_nothing_waits_of_what_another_redaction_took_out(records: Records) -> None:
    filed, _, photo = await case_with_all(records)
    narrow = await redact(records, filed, VERIFIER, words=True, reason=THIRD)
    wide = await redact(records, filed, ADMIN, words=True, photos=[photo], reason=THIRD)
    await approve(records, filed, wide, SECOND)
    listed = (await records.redaction("ListRedactions", SECOND, code=filed.code)).redactions
    assert {one.state for one in listed} == {pb.REDACTION_STATE_DONE}
    with refused("REDACTION_NOT_WAITING"):
        await approve(records, filed, narrow, SECOND)
    seen = (await records.complaint("GetComplaint", VERIFIER, code=filed.code)).complaint
    told = [one for one in seen.timeline if one.type.endswith("Redacted")]
    assert len(told) == 1, "the timeline tells of nothing that took nothing out"


async def test_a_redaction_of_one_case_is_not_approved_as_anothers(records: Records) -> None:
    filed, _, _ = await case_with_all(records)
    other = await records.file(OTHER)
    asked = await redact(records, filed, VERIFIER, words=True, reason=THIRD)
    with refused("REDACTION_NOT_FOUND"):
        await approve(records, other, asked, SECOND)


async def test_an_empty_or_unreasoned_redaction_is_refused(records: Records) -> None:
    filed, _, _ = await case_with_all(records)
    with refused("REDACTION_EMPTY"):
        await redact(records, filed, link_key=filed.link_key)
    with refused("REDACTION_REASON_REQUIRED"):
        await redact(records, filed, VERIFIER, words=True)
    with refused("PHOTO_UNKNOWN"):
        await redact(records, filed, link_key=filed.link_key, photos=["0192f3a4-7c1e-7d44-9c1b-2f6f0e8f3a10"])


async def test_a_mail_that_waits_loses_the_note_that_was_taken_out(records: Records) -> None:
    filed = await records.file(contact={"email": "siti@contoh.id"})
    await records.sql("UPDATE contact SET mail = 'confirmed'")
    await records.transition(filed, "verify", VERIFIER)
    await records.transition(filed, "ask", VERIFIER, note=f"Apakah {NAME} di sana?")
    assert "news" in await everywhere(records, NAME)
    history = (await records.complaint("GetComplaint", VERIFIER, code=filed.code)).complaint.timeline
    number = next(entry.number for entry in history if NAME in entry.note)
    await approve(records, filed, await redact(records, filed, VERIFIER, entries=[number], reason=THIRD), SECOND)
    assert await everywhere(records, NAME) == set()


async def test_erased_words_and_photos_are_gone_from_pages_and_from_the_file_store(
    stand: Stand, citizen: Browser
) -> None:
    files = {"photos": ("rumah.jpg", picture(), "image/jpeg")}
    page = await citizen.report(WORDS, files=files)
    code, link = code_of(page), link_of(page)
    stored = Path(urlsplit(stand.settings.files_url).path) / "complaints" / code
    assert len(list(stored.iterdir())) == 1
    page = await citizen.open(link)
    (photo,) = re.findall(r'name="photos" value="([0-9a-f-]+)"', page.source)
    page = await citizen.send(page.forms["redact-form"], words="yes", photos=photo)
    assert (page.status, NAME in page.source) == (200, False)
    assert "taken out for good" in page.words
    answer = await stand_get(stand, f"/v1/complaints/{code}")
    assert (answer["redacted"], answer["text"], answer["photos"]) == (True, "", [])
    assert (await citizen.open(f"/lapor/{code}/foto/{photo}")).status == 404
    await erase_once(stand.gateway.files, stand.gateway.pillars, COMPLAINTS)  # the stand's own timer may come first
    assert not stored.exists() or not list(stored.iterdir())
    assert await erase_once(stand.gateway.files, stand.gateway.pillars, COMPLAINTS) == (0, ())


async def stand_get(stand: Stand, path: str) -> Any:
    async with stand.client() as client:
        return (await client.get(path)).json()


async def test_a_supporter_sees_and_erases_their_contact_on_the_page_of_the_case(
    stand: Stand, citizen: Browser
) -> None:
    code = code_of(await citizen.report(TEXT))
    async with stand.client() as client:
        supporter = Browser(client)
        page = await supporter.open(f"/lapor/{code}")
        page = await supporter.send(page.forms["join-form"], email="budi@contoh.id")
        assert "We have sent a confirmation to budi@contoh.id" in page.words
        found = re.search(r'id="link-key">([A-Z2-7]+)<', page.source)
        assert found is not None
    async with stand.client() as client:  # another day, another browser
        supporter = Browser(client)
        page = await supporter.open(f"/lapor/{code}?k={found[1]}")
        assert "budi@contoh.id" in page.words
        page = await supporter.send(page.forms["erase-form"])
        assert "budi@contoh.id" not in page.words
        assert "Your contact is erased" in page.words
