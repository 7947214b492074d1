"""Notifications by mail: to a real SMTP server, again after a crash, never to somebody who is erased."""

import asyncio
import re

import pytest
import structlog

from services.governance.links import timers as links
from services.governance.notifications import store, timers
from tests.governance.calls import DPU, Records
from tests.governance.conftest import CITIZEN, VERIFIER, officer, request_id
from tests.governance.mails import Catcher, confirm, token_of

GIVEN = {"name": "Siti Contoh", "email": "siti@contoh.id"}


async def states(records: Records) -> list[tuple[str, str, str]]:
    rows = await records.sql("SELECT kind, state, reason FROM news ORDER BY id")
    return [(row["kind"], row["state"], row["reason"]) for row in rows]


async def test_the_reporter_hears_of_each_step_in_both_languages(records: Records, catcher: Catcher) -> None:
    filed = await records.file(contact=GIVEN)
    await confirm(records, catcher)
    await records.transition(filed, "verify", VERIFIER)
    await records.transition(filed, "ask", DPU, note="Di dekat rumah nomor berapa?")
    await timers.send_due(records.runtime)
    assert [mail["To"] for mail in catcher.mails] == ["siti@contoh.id"] * 4
    body = catcher.mails[-1].get_content()
    assert "> Di dekat rumah nomor berapa?" in body
    assert ("ditunggu sampai 16 Maret 2026" in body, "awaited until 16 March 2026" in body) == (True, True)
    assert "bertanya kepada Anda" in body
    assert "has a question for you" in body
    assert body.count("https://lapor.example/surat/laporan/") == 2
    assert filed.link_key not in body
    assert filed.code in catcher.mails[-1]["Subject"]
    assert [state for _, state, _ in await states(records)] == ["sent"] * 4


async def test_a_question_is_read_to_its_end(records: Records, catcher: Catcher) -> None:
    filed = await records.file(contact=GIVEN)
    await confirm(records, catcher)
    await records.transition(filed, "verify", VERIFIER)
    await records.transition(filed, "ask", DPU, note=f"{'Kami sudah ke sana. ' * 99}Di mana rumahnya?")
    await timers.send_due(records.runtime)
    assert "Di mana rumahnya?" in catcher.mails[-1].get_content()


async def test_each_half_of_a_mail_names_the_agency_in_its_language(records: Records, catcher: Catcher) -> None:
    filed = await records.file(contact=GIVEN)
    await confirm(records, catcher)
    await records.transition(filed, "verify", VERIFIER)
    await timers.send_due(records.runtime)
    agency = records.runtime.city.agency("dpu")
    assert agency is not None
    indonesian, english = re.split(r"\s--\s", catcher.mails[-1].get_content())
    assert (f"ditangani {agency.name_id}." in indonesian, f"now with {agency.name_en}." in english) == (True, True)


async def test_each_half_of_a_mail_says_what_is_due_by_when(records: Records, catcher: Catcher) -> None:
    filed = await records.file(contact=GIVEN)
    await confirm(records, catcher)
    await records.transition(filed, "verify", VERIFIER)
    await timers.send_due(records.runtime)
    indonesian, english = re.split(r"\s--\s", " ".join(catcher.mails[-1].get_content().split()))
    assert "Tenggat tanggapan pertama: 9 Maret 2026." in indonesian
    assert "First answer due by 9 March 2026." in english


async def test_supporters_hear_too_and_who_gave_no_address_does_not(records: Records, catcher: Catcher) -> None:
    filed = await records.file()
    contact = {"email": "budi@contoh.id"}
    await records.complaint("JoinComplaint", CITIZEN, code=filed.code, request_id=request_id(), contact=contact)
    await records.complaint(
        "JoinComplaint", code=filed.code, request_id=request_id(), contact={"phone": "0812 000 000"}
    )
    await confirm(records, catcher)
    catcher.mails.clear()
    await records.transition(filed, "verify", VERIFIER)
    await timers.send_due(records.runtime)
    assert [mail["To"] for mail in catcher.mails] == ["budi@contoh.id"]
    assert "Laporan yang Anda dukung sekarang ditangani" in catcher.mails[0].get_content()


async def test_a_supporter_is_not_asked_for_what_the_reporter_alone_can_do(records: Records, catcher: Catcher) -> None:
    filed = await records.file()
    contact = {"email": "budi@contoh.id"}
    await records.complaint("JoinComplaint", code=filed.code, request_id=request_id(), contact=contact)
    await confirm(records, catcher)
    await records.transition(filed, "verify", VERIFIER)
    await timers.send_due(records.runtime)
    catcher.mails.clear()
    await records.transition(filed, "ask", DPU, note="Di dekat rumah nomor berapa?")
    await records.complaint("ReplyComplaint", **filed.owner, request_id=request_id(), note="Nomor dua belas.")
    await records.transition(filed, "resolve", DPU, note="Tidak dapat dikerjakan.", refusal=True)
    await timers.send_due(records.runtime)
    asked, explained = catcher.to("budi@contoh.id")[0], catcher.to("budi@contoh.id")[-1]
    assert asked["Subject"] == f"{filed.code}: pertanyaan untuk pelapor / a question for the reporter"
    for mail in (asked, explained):
        body = mail.get_content()
        assert ("laporan yang Anda dukung" in body, "the report that you joined" in body) == (True, True)
        assert not re.search(r"bertanya kepada Anda|menjawab|menilai|rate|reopen|laporan Anda|your report", body)
        assert "> " not in body, "what may say what the report says is not public yet"


async def test_whoever_joined_a_case_before_it_was_hidden_follows_it_no_more(
    records: Records, catcher: Catcher
) -> None:
    filed = await records.file(contact=GIVEN)
    await records.complaint(
        "JoinComplaint", code=filed.code, request_id=request_id(), contact={"email": "budi@contoh.id"}
    )
    other = await records.file(contact={"email": "budi@contoh.id"})
    await confirm(records, catcher)
    await records.transition(filed, "verify", VERIFIER)
    seen = (await records.complaint("GetComplaint", VERIFIER, code=filed.code)).complaint
    fields = {"request_id": request_id(), "code": filed.code, "etag": seen.etag, "category": "perilaku-asn"}
    hidden = (await records.complaint("CorrectComplaint", VERIFIER, **fields)).complaint
    catcher.mails.clear()
    await records.transition(filed, "ask", officer(hidden.agency.id), note="Siapa nama petugasnya?")
    await timers.send_due(records.runtime)
    assert [mail["To"] for mail in catcher.mails] == ["siti@contoh.id"] * 3, "what waited to be sent is not, either"
    assert [state for state in await states(records) if state[1] == "dropped"] == [
        ("assigned", "dropped", "CASE_HIDDEN"),
        ("assigned", "dropped", "CASE_HIDDEN"),
        ("asked", "dropped", "CASE_HIDDEN"),
    ]
    await records.mail("RequestMyLinks", request_id=request_id(), email="budi@contoh.id")
    await links.answer(records.runtime)
    await timers.send_due(records.runtime)
    (mail,) = catcher.to("budi@contoh.id")
    assert (other.code in mail.get_content(), filed.code in mail.get_content()) == (True, False)
    token = token_of(mail, "laporan-saya")
    assert [one.code for one in (await records.mail("ListMyComplaints", token=token)).complaints] == [other.code]


async def test_sent_news_are_not_sent_again(records: Records, catcher: Catcher) -> None:
    await records.file(contact=GIVEN)
    for _ in range(3):
        await timers.send_due(records.runtime)
        records.governance.pass_time(hours=3)
    assert len(catcher.mails) == 1


async def test_after_a_crash_between_sending_and_noting_it_the_repeat_is_recognisable(
    records: Records, catcher: Catcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    await records.file(contact=GIVEN)

    async def crash(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(store, "finish", crash)
        with pytest.raises(ZeroDivisionError):
            await timers.send_due(records.runtime)
    await timers.send_due(records.runtime)
    assert len(catcher.mails) == 1  # not at once: the other process may only be slow
    records.governance.pass_time(minutes=1)
    await timers.send_due(records.runtime)
    assert len(catcher.mails) == 2
    assert catcher.mails[0]["Message-ID"] == catcher.mails[1]["Message-ID"]
    assert catcher.mails[0].as_bytes() == catcher.mails[1].as_bytes()


async def test_two_processes_send_each_mail_once(records: Records, catcher: Catcher) -> None:
    for number in range(5):
        await records.file(contact={"email": f"siti-{number}@contoh.id"})
    await asyncio.gather(*(timers.send_due(records.runtime) for _ in range(4)))
    assert len({mail["Message-ID"] for mail in catcher.mails}) == len(catcher.mails) == 5


async def test_an_erased_contact_gets_no_more_news(records: Records, catcher: Catcher) -> None:
    filed = await records.file(contact=GIVEN)
    await records.contact("EraseContact", **filed.owner, request_id=request_id())
    await timers.send_due(records.runtime)
    await records.transition(filed, "verify", VERIFIER)
    await timers.send_due(records.runtime)
    assert catcher.mails == []
    assert await states(records) == [("confirm", "dropped", "CONTACT_ERASED")]


async def test_a_busy_server_is_tried_again_with_growing_pauses(records: Records, catcher: Catcher) -> None:
    await records.file(contact=GIVEN)
    catcher.answer = "451 try later"
    pauses = []
    for _ in range(3):
        await timers.send_due(records.runtime)
        (row,) = await records.sql("SELECT state, next_time FROM news")
        assert row["state"] == "queued"
        pauses.append((row["next_time"] - records.governance.now).total_seconds())
        records.governance.now = row["next_time"]
    catcher.answer = ""
    await timers.send_due(records.runtime)
    assert pauses == [30, 60, 120]
    assert len(catcher.mails) == 1


async def test_an_address_the_server_refuses_for_good_is_given_up_visibly(records: Records, catcher: Catcher) -> None:
    await records.file(contact=GIVEN)
    catcher.answer = "550 no such user siti@contoh.id"
    with structlog.testing.capture_logs() as lines:
        await timers.send_due(records.runtime)
    assert [state for _, state, _ in await states(records)] == ["given_up"]
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["notification given up"]
    assert "siti" not in str(lines)


async def test_an_address_nobody_has_is_given_up_and_the_others_are_served(records: Records, catcher: Catcher) -> None:
    await records.file(contact={"email": "nobody@contoh.id"})
    await records.file(contact=GIVEN)
    await timers.send_due(records.runtime)
    assert [(state, reason) for _, state, reason in await states(records)] == [
        ("given_up", "SMTPRecipientsRefused 550"),
        ("sent", ""),
    ]


async def test_a_server_that_refuses_us_altogether_is_tried_again(records: Records, catcher: Catcher) -> None:
    await records.file(contact=GIVEN)
    catcher.greeting = "530 authentication required"
    await timers.send_due(records.runtime)
    assert [state for _, state, _ in await states(records)] == ["queued"]


async def test_a_contact_that_cannot_be_opened_does_not_hold_up_the_others(records: Records, catcher: Catcher) -> None:
    broken = await records.file(contact=GIVEN)
    await records.sql("UPDATE contact SET ciphertext = 'damaged' WHERE subject = $1", broken.id)
    await records.file(contact=GIVEN)
    await timers.send_due(records.runtime)
    assert [state for _, state, _ in await states(records)] == ["queued", "sent"]


async def test_after_the_last_attempt_it_is_given_up(records: Records, catcher: Catcher) -> None:
    await records.file(contact=GIVEN)
    catcher.answer = "451 try later"
    for _ in range(timers.MOST_ATTEMPTS):
        await timers.send_due(records.runtime)
        records.governance.pass_time(hours=2)
    assert [state for _, state, _ in await states(records)] == ["given_up"]


async def test_without_a_mail_server_news_wait_and_old_ones_are_dropped(records: Records, catcher: Catcher) -> None:
    settings = records.runtime.settings
    records.runtime.settings = settings.model_copy(update={"smtp_url": ""})
    await records.file(contact=GIVEN)
    await timers.send_due(records.runtime)
    assert [state for _, state, _ in await states(records)] == ["queued"]
    records.governance.pass_time(days=8)
    await records.file(contact=GIVEN)
    records.runtime.settings = settings
    await timers.send_due(records.runtime)
    assert [(state, reason) for _, state, reason in await states(records)] == [("dropped", "EXPIRED"), ("sent", "")]
    assert len(catcher.mails) == 1


async def test_the_queue_holds_no_address(records: Records) -> None:
    await records.file(contact=GIVEN)
    rows = await records.sql("SELECT news::text AS line FROM news")
    assert rows
    assert not [row for row in rows if re.search("siti|@", row["line"])]
