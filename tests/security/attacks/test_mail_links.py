"""Links in mails that act: whoever got one may do what it is for, on that case, until it ends; nobody else anything."""

import base64
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest

from services.governance.grants.model import LIFE
from services.governance.keys.acting import Act, Grant, MailKeys
from services.governance.notifications import timers
from services.governance.resources import resources
from smartcity.governance.v1 import complaints_pb2
from tests.governance import cases
from tests.governance.calls import DPU, Filed, Records
from tests.governance.conftest import VERIFIER, RefusedError, refused, request_id
from tests.governance.mails import Catcher, catcher, confirm, follow, token_of

__all__ = ["catcher"]

SITI = "siti@contoh.id"
KEPT_OUT = {"LINK_KEY_REQUIRED", "COMPLAINT_NOT_FOUND", "CONTACT_NOT_YOURS", "REDACTION_NOT_YOURS", "PHOTO_NOT_YOURS"}


def acting(mail: EmailMessage) -> str:
    """The token of the link by which a mail's reader acts."""
    return token_of(mail, "laporan")


async def asked(records: Records, catcher: Catcher, **fields: Any) -> tuple[Filed, str]:
    """A case whose reporter was asked something by mail, and the token in that mail."""
    filed = await records.file(contact={"email": SITI}, **fields)
    await confirm(records, catcher)
    await records.transition(filed, "verify", VERIFIER)
    await records.transition(filed, "ask", DPU, note="Di dekat rumah nomor berapa?")
    await timers.send_due(records.runtime)
    return filed, acting(catcher.mails[-1])


async def act(records: Records, verb: str, code: str, key: str, **fields: Any) -> str:
    """State of the case after the reporter's act."""
    answer = await records.complaint(f"{verb}Complaint", code=code, link_key=key, request_id=request_id(), **fields)
    name = complaints_pb2.ComplaintState.Name(answer.complaint.state)
    return name.removeprefix("COMPLAINT_STATE_").lower()


async def state(records: Records, filed: Filed) -> str:
    rows = await records.sql("SELECT state FROM complaint WHERE code = $1", filed.code)
    return str(rows[0]["state"])


async def test_a_question_is_answered_by_the_link_of_its_mail_alone(records: Records, catcher: Catcher) -> None:
    filed, token = await asked(records, catcher)
    seen = await records.complaint("GetComplaint", code=filed.code, link_key=token)
    assert "berlubang" in seen.complaint.text  # as the reporter, before anything is released
    assert await act(records, "Reply", filed.code, token, note="Nomor 14") == "in_progress"
    again = await records.complaint("GetComplaint", code=filed.code, link_key=token)  # used many times
    assert [entry.note for entry in again.complaint.timeline if entry.by == "reporter" and entry.note] == ["Nomor 14"]


async def test_a_resolution_is_rated_and_reopened_by_the_link_of_its_mail(records: Records, catcher: Catcher) -> None:
    filed, _ = await asked(records, catcher)
    await records.transition(filed, "resolve", DPU, note="Di luar wewenang kami, ini jalan nasional.", refusal=True)
    await timers.send_due(records.runtime)
    token = acting(catcher.mails[-1])
    assert await act(records, "Rate", filed.code, token, rating=1) == "closed"
    assert await act(records, "Reopen", filed.code, token, note="Lubangnya masih ada di sana.") == "reopened"


async def test_photos_are_added_by_the_link_of_a_mail_as_the_reporters_own(records: Records, catcher: Catcher) -> None:
    filed, token = await asked(records, catcher)
    seen = (await records.complaint("GetComplaint", code=filed.code, link_key=token)).complaint
    photo = await cases.Filed(records.governance, filed.code, token, seen).snapshot()
    assert (await records.photo("GetPhoto", code=filed.code, id=photo, link_key=token)).photo.evidence is False
    with refused("PHOTO_UNKNOWN"):
        await records.photo("GetPhoto", code=filed.code, id=photo)


async def test_looking_at_a_link_changes_nothing_however_often(records: Records, catcher: Catcher) -> None:
    filed, token = await asked(records, catcher)
    before = await records.sql("SELECT complaint::text AS line FROM complaint")
    for _ in range(3):
        seen = await records.mail("GetMailLink", link="MAIL_LINK_CASE", token=token)
        await records.complaint("GetComplaint", code=filed.code, link_key=token)
        assert (seen.code, seen.standing, list(seen.acts)) == (filed.code, 1, [1, 4])
    assert await records.sql("SELECT complaint::text AS line FROM complaint") == before


async def test_no_bit_of_a_link_can_be_changed(records: Records, catcher: Catcher) -> None:
    filed, token = await asked(records, catcher)
    data = base64.b32decode(token.upper())
    forged = [bytes([*data[:at], data[at] ^ 1, *data[at + 1 :]]) for at in range(len(data))]
    for each in (*(base64.b32encode(one).decode().lower() for one in forged), token[:-1] + "!", "a" * 64):
        with refused("LINK_KEY_REQUIRED"):
            await act(records, "Reply", filed.code, each, note="Saya bukan pelapor")
        with refused("MAIL_LINK_UNKNOWN"):
            await records.mail("GetMailLink", link="MAIL_LINK_CASE", token=each)
    assert await state(records, filed) == "waiting_for_reporter"


async def test_a_link_opens_no_other_case_be_it_of_the_same_reporter(records: Records, catcher: Catcher) -> None:
    _, token = await asked(records, catcher)
    other, _ = await asked(records, catcher, secret=True)
    for verb, fields in (("Reply", {"note": "Di sana"}), ("Withdraw", {})):
        with refused("COMPLAINT_NOT_FOUND"):
            await act(records, verb, other.code, token, **fields)
    with refused("COMPLAINT_NOT_FOUND"):
        await records.complaint("GetComplaint", code=other.code, link_key=token)


@pytest.mark.parametrize(
    ("service", "rpc", "fields"),
    [
        ("complaint", "WithdrawComplaint", {}),
        ("contact", "GetContact", {"purpose": "own data"}),
        ("contact", "EraseContact", {}),
        ("contact", "ListContactReads", {}),
        ("redaction", "RedactComplaint", {"words": True}),
        ("mail", "GetContactMail", {}),
        ("mail", "RequestConfirmation", {}),
        ("mail", "CorrectAddress", {"email": "siti@example.org"}),
    ],
)
async def test_a_link_reaches_neither_the_contact_nor_the_end_of_the_case(
    records: Records, catcher: Catcher, service: str, rpc: str, fields: dict[str, Any]
) -> None:
    filed, token = await asked(records, catcher)
    if rpc not in {"GetContact", "ListContactReads", "GetContactMail"}:
        fields = {**fields, "request_id": request_id()}
    with pytest.raises(RefusedError) as caught:
        await getattr(records, service)(rpc, code=filed.code, link_key=token, **fields)
    assert caught.value.reason in KEPT_OUT
    assert await state(records, filed) == "waiting_for_reporter"


async def test_a_link_is_for_what_its_mail_tells_and_the_refusal_says_so(records: Records, catcher: Catcher) -> None:
    filed, to_reply = await asked(records, catcher)
    await records.transition(filed, "resolve", DPU, note="Di luar wewenang kami, ini jalan nasional.", refusal=True)
    await timers.send_due(records.runtime)
    to_rate = acting(catcher.mails[-1])
    for verb, fields in (("Rate", {"rating": 5}), ("Reopen", {"note": "Lubangnya masih ada."})):
        with refused("MAIL_LINK_OTHER_PURPOSE"):
            await act(records, verb, filed.code, to_reply, **fields)
    with refused("MAIL_LINK_OTHER_PURPOSE"):
        await act(records, "Reply", filed.code, to_rate, note="Nomor 14")
    with refused("MAIL_LINK_OTHER_PURPOSE"):
        await records.mail("ListMyComplaints", token=to_rate)
    assert await state(records, filed) == "resolved"


async def test_tokens_that_confirm_or_stop_act_not_and_those_that_act_neither_confirm_nor_stop(
    records: Records, catcher: Catcher
) -> None:
    filed, token = await asked(records, catcher)
    with refused("LINK_KEY_REQUIRED"):
        await act(records, "Reply", filed.code, token_of(catcher.mails[-1], "berhenti"), note="Nomor 14")
    for rpc in ("ConfirmAddress", "Unsubscribe"):
        with refused("MAIL_LINK_UNKNOWN"):
            await follow(records, rpc, token)


async def test_a_link_ends_after_thirty_days_and_then_sends_another_to_the_same_address(
    records: Records, catcher: Catcher
) -> None:
    filed, token = await asked(records, catcher)
    records.governance.pass_time(days=LIFE.days)
    with refused("MAIL_LINK_EXPIRED"):
        await act(records, "Reply", filed.code, token, note="Nomor 14")
    public = await records.complaint("GetComplaint", code=filed.code, link_key=token)
    assert public.complaint.text == ""
    await records.mail("RequestMailLink", code=filed.code, link_key=token, request_id=request_id())
    await timers.send_due(records.runtime)
    assert catcher.mails[-1]["To"] == SITI
    assert await act(records, "Reply", filed.code, acting(catcher.mails[-1]), note="Nomor 14") == "in_progress"


async def test_a_new_link_ends_those_before_it_once_it_is_sent(records: Records, catcher: Catcher) -> None:
    filed, token = await asked(records, catcher)
    await records.mail("RequestMailLink", **filed.owner, request_id=request_id())
    assert (await records.mail("GetMailLink", link="MAIL_LINK_CASE", token=token)).standing == 1  # none is sent yet
    await timers.send_due(records.runtime)
    assert (await records.mail("GetMailLink", link="MAIL_LINK_CASE", token=token)).standing == 3
    for rpc in ("Reply", "Reopen"):
        with refused("MAIL_LINK_ENDED"):
            await act(records, rpc, filed.code, token, note="Lubangnya masih ada.")
    with refused("MAIL_LINK_ENDED"):
        await records.mail("RequestMailLink", code=filed.code, link_key=token, request_id=request_id())
    assert await act(records, "Reply", filed.code, acting(catcher.mails[-1]), note="Nomor 14") == "in_progress"


async def test_new_links_are_sent_with_pauses_and_only_to_a_confirmed_address(
    records: Records, catcher: Catcher
) -> None:
    filed, _ = await asked(records, catcher)
    await records.mail("RequestMailLink", **filed.owner, request_id=request_id())
    for minutes, left in ((0, 600), (4, 360), (5.5, 30)):
        records.governance.pass_time(minutes=minutes)
        with refused("MAIL_LINK_JUST_SENT") as caught:
            await records.mail("RequestMailLink", **filed.owner, request_id=request_id())
        assert caught.value.metadata == {"retry_after": str(left)}
    waiting = await records.file(contact={"email": "lain@contoh.id"})
    with refused("ADDRESS_NOT_CONFIRMED"):
        await records.mail("RequestMailLink", **waiting.owner, request_id=request_id())
    bare = await records.file()
    with refused("CONTACT_MISSING"):
        await records.mail("RequestMailLink", **bare.owner, request_id=request_id())


async def test_a_link_ends_with_the_contact_and_with_the_words_of_the_report(
    records: Records, catcher: Catcher
) -> None:
    erased, token = await asked(records, catcher)
    await records.contact("EraseContact", **erased.owner, request_id=request_id())
    with refused("LINK_KEY_REQUIRED"):
        await act(records, "Reply", erased.code, token, note="Nomor 14")
    redacted, token = await asked(records, catcher)
    await records.redaction("RedactComplaint", **redacted.owner, request_id=request_id(), words=True)
    with refused("MAIL_LINK_ENDED"):
        await act(records, "Reply", redacted.code, token, note="Nomor 14")


async def test_an_address_that_mail_came_back_from_acts_no_more(records: Records, catcher: Catcher) -> None:
    filed, token = await asked(records, catcher)
    await records.sql("UPDATE contact SET mail = 'undeliverable'")
    with refused("LINK_KEY_REQUIRED"):
        await act(records, "Reply", filed.code, token, note="Nomor 14")


async def test_supporters_get_no_link_that_acts(records: Records, catcher: Catcher) -> None:
    filed = await records.file()
    contact = {"email": "budi@contoh.id"}
    joined = await records.complaint("JoinComplaint", code=filed.code, request_id=request_id(), contact=contact)
    await confirm(records, catcher)
    await records.transition(filed, "verify", VERIFIER)
    await timers.send_due(records.runtime)
    body = catcher.mails[-1].get_content()
    assert f"https://lapor.example/lapor/{filed.code}" in body
    assert "/surat/laporan/" not in body
    keys = resources(records.runtime).mail_keys
    made = keys.token(Grant(UUID(joined.supporter), Act.READ | Act.REPLY | Act.RATE, 0, records.governance.now + LIFE))
    await records.transition(filed, "ask", DPU, note="Di mana?")
    with refused("LINK_KEY_REQUIRED"):
        await act(records, "Reply", filed.code, made, note="Saya bukan pelapor")


async def test_nothing_of_a_person_is_in_a_link(records: Records, catcher: Catcher) -> None:
    filed, token = await asked(records, catcher)
    data = base64.b32decode(token.upper())
    assert (len(data), data[1:17]) == (40, filed.id.bytes)
    assert b"siti" not in data


async def test_keys_that_sign_links_change_while_mails_are_on_their_way(records: Records, catcher: Catcher) -> None:
    _, token = await asked(records, catcher)
    old, new = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
    secret = b"x" * 32
    grant = resources(records.runtime).mail_keys.read(token)
    assert grant is not None
    before = MailKeys.load(old, secret).token(grant)
    assert MailKeys.load(f"{new},{old}", secret).read(before) == grant
    assert MailKeys.load(new, secret).read(before) is None
    assert MailKeys.load("", secret).read(MailKeys.load("", secret).token(grant)) == grant
