"""Filing a complaint, over gRPC and PostgreSQL."""

import asyncio
import hashlib
from typing import Any

import pytest

from services.governance.keys import link
from services.governance.pillar import PILLAR
from services.kit import codes
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import events_pb2
from smartcity.types.v1 import place_pb2
from tests.fixtures.pillars import answered_elsewhere
from tests.governance.cases import WASTE, emitted, file, filing, state, types
from tests.governance.conftest import ADMIN, CITIZEN, Governance, RefusedError, refused


async def test_a_filed_complaint_gets_code_agency_reason_and_due_dates(governance: Governance) -> None:
    filed = (await file(governance)).last
    assert codes.parse("SMG", filed.code) == filed.code
    assert (filed.area.name, filed.area.district) == ("Sekayu", "Semarang Tengah")
    assert filed.category.id == "sampah-menumpuk"
    assert filed.agency.id == "dlh"
    assert filed.routing.rule > 0
    assert filed.routing.why_id != filed.routing.why_en
    assert filed.due.HasField("verification")
    assert filed.due.HasField("resolution")
    assert not filed.due.HasField("response")
    assert (state(filed), types(filed)) == ("filed", ["ComplaintFiled"])


async def test_filing_tells_of_it_without_the_words(governance: Governance) -> None:
    filed = (await file(governance, landmark="Rumah Bu Siti", location=place_pb2.Point(lon=110.4137, lat=-6.9805))).last
    (row,) = await governance.events(filed.correlation_id)
    event = events_pb2.ComplaintFiled.FromString(row["payload"])
    assert (event.code, event.agency, event.area.name) == (filed.code, "dlh", "Sekayu")
    assert (row["aggregate"], row["version"], row["exercise"]) == (filed.correlation_id, 1, False)
    assert b"pasar" not in row["payload"]
    assert b"Siti" not in row["payload"]


async def test_the_link_key_has_128_bits_and_only_its_hash_is_stored(governance: Governance) -> None:
    filed = await file(governance)
    assert len(filed.key) == 26
    stored = await governance.runtime.pool.fetchval("SELECT link_hash FROM complaint")
    assert stored == link.digest(filed.key)
    everything = await governance.admin.fetchval("SELECT string_agg(answer::text, '') FROM governance.idempotency_key")
    assert filed.key.encode().hex() not in everything


async def test_the_same_request_answers_the_same_again_with_its_link_key(governance: Governance) -> None:
    request = filing()
    first = await governance.call("ComplaintService.CreateComplaint", request)
    again = await governance.call("ComplaintService.CreateComplaint", request)
    assert first == again
    assert again.link_key
    assert await governance.runtime.pool.fetchval("SELECT count(*) FROM complaint") == 1


async def test_a_contact_is_known_again_in_every_process_and_cannot_be_tried_out(governance: Governance) -> None:
    request = filing(contact={"email": "siti@contoh.id"})
    first = await governance.call("ComplaintService.CreateComplaint", request)
    kept = await governance.runtime.pool.fetchval("SELECT request_hash FROM idempotency_key")
    assert kept != hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
    await answered_elsewhere(PILLAR, governance.runtime)
    assert await governance.call("ComplaintService.CreateComplaint", request) == first
    request.contact.email = "budi@contoh.id"
    with refused("IDEMPOTENCY_KEY_REUSED"):
        await governance.call("ComplaintService.CreateComplaint", request)


async def test_the_same_key_with_another_body_is_refused(governance: Governance) -> None:
    request = filing()
    await governance.call("ComplaintService.CreateComplaint", request)
    request.text = "Sesuatu yang lain sama sekali"
    with refused("IDEMPOTENCY_KEY_REUSED"):
        await governance.call("ComplaintService.CreateComplaint", request)


async def test_requests_at_once_with_one_key_file_one_case(governance: Governance) -> None:
    request = filing()
    calls = [governance.call("ComplaintService.CreateComplaint", request) for _ in range(5)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    codes_ = {answer.complaint.code for answer in answers if isinstance(answer, pb.CreateComplaintResponse)}
    assert len(codes_) == 1
    assert await governance.runtime.pool.fetchval("SELECT count(*) FROM complaint") == 1


async def test_those_who_file_at_once_are_answered_each_for_themselves(governance: Governance) -> None:
    before = filing()
    known = await governance.call("ComplaintService.CreateComplaint", before)
    nowhere = filing(location=place_pb2.Point(lon=0, lat=0))
    requests = [nowhere, before, *(filing(text=f"Lubang {n} di depan pasar") for n in range(20)), nowhere]
    calls = [governance.call("ComplaintService.CreateComplaint", each) for each in requests]
    refusal, again, *rest = await asyncio.gather(*calls, return_exceptions=True)
    *filed, other = rest
    texts = [answer.complaint.text for answer in filed if isinstance(answer, pb.CreateComplaintResponse)]
    assert again == known
    assert isinstance(refusal, RefusedError)
    assert isinstance(other, RefusedError)
    assert texts == [each.text for each in requests[2:-1]]
    assert await governance.runtime.pool.fetchval("SELECT count(*) FROM complaint") == 21
    assert await governance.runtime.pool.fetchval("SELECT sum(open) FROM workload") == 21


async def test_a_taken_code_is_passed_over(governance: Governance, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = await file(governance)
    made = iter([taken.code, taken.code])
    new = codes.new
    monkeypatch.setattr(codes, "new", lambda prefix, length: next(made, None) or new(prefix, length))
    other = await file(governance)
    assert other.code != taken.code
    assert len(other.code) > len(taken.code)  # the space fills up: codes grow
    assert (await other.read()).timeline[0].number == 1


async def test_a_place_may_be_an_area_or_a_landmark(governance: Governance) -> None:
    assert (await file(governance, area_code="33.74.01.1007")).last.area.name == "Sekayu"
    lawang_sewu = (await file(governance, landmark="di depan Lawang Sewu")).last
    assert lawang_sewu.area.name == "Sekayu"
    assert lawang_sewu.HasField("location")


async def test_an_unknown_landmark_is_kept_for_the_verifier(governance: Governance) -> None:
    filed = (await file(governance, landmark="sebelah warung pojok gang buntu")).last
    assert not filed.HasField("area")
    assert filed.landmark
    assert filed.agency.id == "dlh"


async def test_an_address_that_names_the_city_alone_is_left_to_the_verifier(governance: Governance) -> None:
    filed = (await file(governance, landmark="Jl. Gajah Mada no. 5, Kota Semarang")).last
    assert not filed.HasField("area")
    assert not filed.HasField("location")


@pytest.mark.parametrize(
    ("reason", "field", "fields"),
    [
        ("TEXT_LENGTH", "text", {"text": "pendek"}),
        ("TEXT_LENGTH", "text", {"text": "x" * 5001}),
        ("TEXT_LENGTH", "text", {"text": " \x00 " * 20}),
        ("CATEGORY_UNKNOWN", "category", {"category": "kucing-hilang"}),
        ("OUTSIDE_CITY", "location", {"location": place_pb2.Point(lon=110.83, lat=-7.57)}),
        ("OUTSIDE_CITY", "location", {"location": place_pb2.Point(lon=-6.98, lat=110.41 - 90)}),
        ("LOCATION_INVALID", "location.lon", {"location": place_pb2.Point(lon=float("nan"), lat=0)}),
        ("LOCATION_INVALID", "location.lon", {"location": place_pb2.Point(lon=181, lat=0)}),
        ("LOCATION_INVALID", "location.lat", {"location": place_pb2.Point(lon=0, lat=float("-inf"))}),
        ("LOCATION_INVALID", "location.lat", {"location": place_pb2.Point(lon=0, lat=-91)}),
        ("LOCATION_REQUIRED", "location", {"landmark": ""}),
        ("LANDMARK_TOO_LONG", "location.landmark", {"landmark": "x" * 301}),
        ("AREA_UNKNOWN", "location.area_code", {"area_code": "33.22.01.2001"}),
        ("AREA_UNKNOWN", "location.area_code", {"area_code": "33.74.01"}),
        ("CONTACT_INVALID", "contact.email", {"contact": pb.Contact(email="bukan alamat")}),
        ("CONTACT_INVALID", "contact.email", {"contact": pb.Contact(email=f"{'x' * 245}@contoh.id")}),
        ("CONTACT_INVALID", "contact.name", {"contact": pb.Contact(name="x" * 101)}),
        ("CONTACT_INVALID", "contact.name", {"contact": pb.Contact(name="S" + 5 * "\u0301")}),
        ("CONTACT_INVALID", "contact.phone", {"contact": pb.Contact(phone="0" * 33)}),
        ("REQUEST_ID_REQUIRED", "request_id", {"request_id": ""}),
        ("REQUEST_ID_REQUIRED", "request_id", {"request_id": "\x00"}),
    ],
)
async def test_bad_input_is_refused_with_the_field(
    governance: Governance, reason: str, field: str, fields: dict[str, Any]
) -> None:
    with refused(reason) as caught:
        await file(governance, **fields)
    assert caught.value.metadata["field"] == field
    assert await governance.runtime.pool.fetchval("SELECT count(*) FROM complaint") == 0


@pytest.mark.parametrize("text", ["x" * 10, "x" * 5000, "  " + "x" * 5000 + "\x00"])
async def test_a_text_may_have_10_to_5000_characters(governance: Governance, text: str) -> None:
    assert (await file(governance, text=text)).last.text == text.strip(" \x00")


async def test_swapped_coordinates_are_named_as_such(governance: Governance) -> None:
    with refused("LOCATION_INVALID"):
        await file(governance, location=place_pb2.Point(lat=110.41, lon=-6.98))


async def test_a_text_that_tells_nothing_becomes_other(governance: Governance) -> None:
    assert (await file(governance, text="Mohon perhatiannya ya terima kasih")).last.category.id == "lainnya"


async def test_a_private_category_makes_the_case_secret(governance: Governance) -> None:
    filed = (await file(governance, category="pungli-korupsi")).last
    assert filed.secret
    assert getattr(filed, "class") == pb.COMPLAINT_CLASS_SUPERVISORY


async def test_a_drill_is_marked_in_its_events_and_for_staff_only(governance: Governance) -> None:
    with refused("DRILL_NOT_ALLOWED"):
        await file(governance, CITIZEN, exercise=True)
    drill = await file(governance, ADMIN, exercise=True)
    await drill.transition("verify")
    rows = await governance.events(drill.last.correlation_id)
    assert all(row["exercise"] for row in rows)


async def test_a_complaint_of_a_drill_says_so_to_whoever_reads_it(governance: Governance) -> None:
    drill, real = await file(governance, ADMIN, exercise=True), await file(governance, ADMIN)
    assert [(await one.read(CITIZEN)).exercise for one in (drill, real)] == [True, False]


async def test_demonstration_data_is_for_the_city_only(governance: Governance) -> None:
    with refused("CHANNEL_NOT_ALLOWED"):
        await file(governance, CITIZEN, channel=pb.CHANNEL_KIND_DEMO)
    assert (await file(governance, ADMIN, channel=pb.CHANNEL_KIND_DEMO)).last.channel == pb.CHANNEL_KIND_DEMO


async def test_a_contact_is_kept_away_from_row_and_events(governance: Governance) -> None:
    contact = pb.Contact(name="Siti", email="siti@contoh.id")
    filed = (await file(governance, contact=contact)).last
    assert filed.has_contact
    row = await governance.admin.fetchval("SELECT to_jsonb(c)::text FROM governance.complaint c")
    assert "siti" not in row.lower()
    assert await emitted(governance, filed) == ["ComplaintFiled"]
    answers = await governance.admin.fetchval(
        "SELECT string_agg(encode(answer, 'escape'), '') FROM governance.idempotency_key"
    )
    assert "siti" not in answers.lower()


async def test_control_characters_are_dropped_from_the_words(governance: Governance) -> None:
    assert (await file(governance, text=f"{WASTE}\x00\x07\r\nsekali")).last.text == f"{WASTE}\nsekali"
