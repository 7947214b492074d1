"""Photos of documents of permits: added, taken out again, looked at on record, erased."""

import asyncio
from datetime import timedelta

from services.economy.permit_documents import gauges
from services.economy.personal import reactions
from services.kit.caller import Caller
from smartcity.economy.v1 import own_records_pb2
from smartcity.economy.v1 import permit_documents_pb2 as documents
from smartcity.economy.v1 import permits_pb2 as pb
from smartcity.economy.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.economy.permits.applying import BUDI, LURAH, MARKETS, SRI, Applying
from tests.fixtures.personal import asked, exported
from tests.governance.conftest import refused


async def test_a_photo_is_taken_out_of_a_draft_with_its_file_and_not_of_what_is_checked(applying: Applying) -> None:
    one = await applying.begun()
    photo = await applying.shown(one)

    async def remove(one: pb.Permit, photo: str, caller: Caller = SRI) -> None:
        await applying.call(documents.DeletePermitDocumentRequest(code=one.code, id=photo), caller)

    with refused("PERMIT_NOT_FOUND"):
        await remove(one, photo.id, BUDI)
    await remove(one, photo.id)
    assert "ktp" in (await applying.get(one)).missing
    assert len((await applying.call(documents.ListErasedPermitFilesRequest())).paths) == 1
    with refused("PHOTO_UNKNOWN"):
        await remove(one, photo.id)
    sent = await applying.sent()
    with refused("INVALID_TRANSITION"):
        await remove(sent, (await applying.get(sent)).documents[0].id)


async def test_the_same_photo_of_a_document_is_there_once_whoever_sends_it_again_at_once_and_of_another_anew(
    applying: Applying,
) -> None:
    one = await applying.begun()
    same = "a" * 64
    both = await asyncio.gather(*(applying.shown(one, sha256=same) for _ in range(2)))
    assert both[0] == both[1]
    other = await applying.shown(one, "foto-usaha", sha256=same)
    assert [each.id for each in (await applying.get(one)).documents] == [both[0].id, other.id]
    await applying.call(documents.DeletePermitDocumentRequest(code=one.code, id=both[0].id))
    assert (await applying.shown(one, sha256=same)).id != both[0].id, "what was taken out can be added again"
    for _ in range(2):
        await applying.shown(one)
    assert (await applying.shown(one, sha256=same)).document == "ktp", "it needs no room"


async def test_a_photo_is_exchanged_while_its_applicant_is_asked_and_checked_again(applying: Applying) -> None:
    one = await applying.begun()
    for document in ("ktp", "ktp", "ktp", "foto-usaha"):
        await applying.shown(one, document)
    one = await applying.move(await applying.move(one, "submit", SRI, ""), "check", LURAH)
    one = await applying.move(one, "ask", MARKETS, "Foto KTP buram, kirim yang lebih jelas.")
    with refused("TOO_MANY_PHOTOS"):
        await applying.shown(one)
    blurred = (await applying.get(one)).documents[0]
    await applying.call(documents.DeletePermitDocumentRequest(code=one.code, id=blurred.id))
    await applying.shown(one)
    one = await applying.move(await applying.get(one), "submit", SRI, "")
    assert one.state == pb.PERMIT_STATE_CHECKING, "what nobody has checked is not decided on, nor granted by silence"
    assert [each.document for each in one.documents].count("ktp") == 3


async def test_a_photo_that_who_decides_asked_for_is_checked_before_it_is_granted(applying: Applying) -> None:
    one = await applying.deciding()
    applying.served.pass_time(days=1)
    one = await applying.move(one, "ask", MARKETS, "Kirim juga halaman kedua KTP.")
    await applying.shown(one)
    one = await applying.move(one, "submit", SRI, "")
    assert (one.state, one.due_time.ToJsonString()) == (pb.PERMIT_STATE_CHECKING, "2026-12-02T16:59:59Z")
    with refused("NOT_YOURS"):
        await applying.move(await applying.get(one, MARKETS), "check", MARKETS)
    with refused("INVALID_TRANSITION"):
        await applying.move(await applying.get(one, MARKETS), "grant", MARKETS)
    one = await applying.move(await applying.get(one, LURAH), "check", LURAH)
    assert (await applying.move(one, "grant", MARKETS)).state == pb.PERMIT_STATE_GRANTED


async def test_a_photo_that_is_there_already_leaves_it_with_who_decides(applying: Applying) -> None:
    one, same = await applying.begun(), "a" * 64
    for document in one.missing:
        await applying.shown(one, document, sha256=same)
    one = await applying.move(await applying.move(one, "submit", SRI, ""), "check", LURAH)
    one = await applying.move(one, "ask", MARKETS, "Apakah nomor kios sudah benar?")
    await applying.shown(one, sha256=same)
    assert (await applying.move(one, "submit", SRI, "Sudah benar.")).state == pb.PERMIT_STATE_DECIDING


async def test_a_photo_that_who_checks_asked_for_is_for_them_and_their_clock_goes_on(applying: Applying) -> None:
    one = await applying.sent()
    due = one.due_time
    one = await applying.move(one, "ask", LURAH, "Foto tempat usaha kurang jelas, mohon ditambah.")
    await applying.shown(one, "foto-usaha")
    applying.served.pass_time(days=1)
    one = await applying.move(one, "submit", SRI, "")
    assert one.state == pb.PERMIT_STATE_CHECKING
    assert one.due_time.ToDatetime() - due.ToDatetime() == timedelta(days=1), "it waited a day"


async def test_who_looked_and_who_decided_is_known_for_as_long_as_ever_when_an_applicant_has_theirs_erased(
    applying: Applying,
) -> None:
    one = await applying.sent()
    photo = (await applying.get(one)).documents[0]
    await applying.call(documents.GetPermitDocumentRequest(code=one.code, id=photo.id), LURAH)
    over = await applying.move(one, "withdraw", SRI, "Alamat saya salah.")
    assert (await asked(applying.served, reactions, SRI.subject, erase=True))["permits"] == (1, 1, "")
    sql = "SELECT s.move, s.by, s.note FROM permit_step s JOIN permit p ON p.id = permit WHERE code = $1 ORDER BY s.id"
    kept = [tuple(row) for row in await applying.served.runtime.pool.fetch(sql, over.code)]
    assert kept == [("submit", "", ""), ("read", LURAH.subject, "ktp"), ("withdraw", "", "")]
    await applying.due(days=366)
    left = await applying.served.runtime.pool.fetch(sql, over.code)
    assert {(row["by"], row["note"]) for row in left} == {("", "")}


async def test_who_applied_is_told_of_their_name_their_documents_and_who_looked_at_them(applying: Applying) -> None:
    one = await applying.get(await applying.sent())
    await applying.call(documents.GetPermitDocumentRequest(code=one.code, id=one.documents[0].id), LURAH)
    mine = await exported(applying.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SRI)
    (permit,) = mine["permits"]
    assert (permit["code"], permit["holder"], "sealed" in permit) == (one.code, "Sri Wahyuni", False)
    addresses = [f"/v1/permits/{one.code}/documents/{each.id}" for each in one.documents]
    assert sorted(each["address"] for each in mine["permit_documents"]) == sorted(addresses)
    told = [(each["act"], each.get("agency"), each.get("note")) for each in mine["permit_history"]]
    assert told == [("read", "kec-semarang-tengah", one.documents[0].document), ("submit", None, None)]


async def test_names_and_documents_are_for_officers_read_on_record_and_erased(applying: Applying) -> None:
    one = await applying.sent()
    photo = (await applying.get(one)).documents[0]
    asked = documents.GetPermitDocumentRequest(code=one.code, id=photo.id)
    with refused("PERMIT_NOT_FOUND"):
        await applying.call(asked, BUDI)
    for _ in range(3):  # a page that is loaded again
        await applying.call(asked, LURAH)
    steps = (await applying.get(one)).steps
    assert [(each.act, each.agency) for each in steps] == [("submit", ""), ("read", "kec-semarang-tengah")]
    kept = await applying.served.runtime.pool.fetchrow("SELECT sealed FROM permit WHERE code = $1", one.code)
    assert kept is not None
    assert b"Sri" not in kept["sealed"]
    answers = await applying.served.runtime.pool.fetch("SELECT * FROM idempotency_key")
    assert "Sri Wahyuni" not in str([dict(row) for row in answers])
    over = await applying.move(one, "withdraw", SRI, "")
    await applying.due(days=366)
    with refused("PERMIT_NOT_FOUND"):
        await applying.get(over)
    row = await applying.served.runtime.pool.fetchrow("SELECT name, place FROM permit WHERE code = $1", one.code)
    assert row is not None
    assert tuple(row) == ("", ""), "it stands on no paper"
    files = (await applying.call(documents.ListErasedPermitFilesRequest())).paths
    assert len(files) == 2
    await applying.call(documents.ForgetErasedPermitFilesRequest(paths=files))
    assert not (await applying.call(documents.ListErasedPermitFilesRequest())).paths


async def test_a_file_that_stays_in_the_store_has_an_age_and_others_are_named_after_it(applying: Applying) -> None:
    async def age() -> float:
        ((value, _),) = next(iter((await gauges.GAUGES.read(applying.served.runtime)).values()))
        return value

    one = await applying.begun()
    first, second = await applying.shown(one), await applying.shown(one, "foto-usaha")
    assert await age() == 0
    for photo in (first, second):
        await applying.call(documents.DeletePermitDocumentRequest(code=one.code, id=photo.id))
        applying.served.pass_time(minutes=10)
    old, new = (await applying.call(documents.ListErasedPermitFilesRequest())).paths
    assert 1199 < await age() < 1300
    assert (await applying.call(documents.ListErasedPermitFilesRequest(after=old))).paths == [new]
    await applying.call(documents.ForgetErasedPermitFilesRequest(paths=[old]))
    assert 599 < await age() < 700
