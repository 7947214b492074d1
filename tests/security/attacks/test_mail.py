"""A stranger's words in the city's name, and mail that nobody asked for: by a report's contact, and by "me too"."""

import asyncio
import base64
import json
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from gateway.callers.masking import masked
from services.governance.contacts import actions as contacts
from services.governance.mailing import model as limits
from services.governance.notifications import timers
from services.governance.support.timers import forget
from services.kit.caller import ANONYMOUS
from smartcity.governance.v1 import complaints_pb2, mail_pb2
from smartcity.types.v1.origin_pb2 import Origin
from tests.gateway.running import Stand
from tests.governance.calls import Filed, Records
from tests.governance.conftest import CITIZEN, VERIFIER, refused, request_id
from tests.governance.mails import Catcher, catcher, confirm, follow, is_confirmation, token_of
from tests.kit.conftest import within

__all__ = ["catcher"]

VICTIM = "korban@contoh.id"
WORDS = "MURAH evil.example"


async def filed_for(records: Records, email: str = VICTIM, **fields: Any) -> Filed:
    return await records.file(
        text=f"Sampah menumpuk. {WORDS}",
        landmark=f"depan {WORDS}",
        contact={"name": WORDS, "email": email},
        **fields,
    )


def all_of(mail: EmailMessage) -> str:
    """Everything that a mail says, as its reader sees it: not as it is encoded on the way."""
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), mail.get_content()])


async def state_of(records: Records, filed: Filed) -> int:
    return int((await records.mail("GetContactMail", **filed.owner)).state)


async def test_nothing_but_the_confirmation_goes_to_an_address_before_its_owner_confirms_it(
    records: Records, catcher: Catcher
) -> None:
    filed = await filed_for(records)
    await timers.send_due(records.runtime)
    await records.transition(filed, "verify", VERIFIER)
    await records.transition(filed, "start", VERIFIER)
    await timers.send_due(records.runtime)
    assert [is_confirmation(mail) for mail in catcher.mails] == [True]


async def test_a_confirmation_holds_no_word_of_whoever_gave_the_address(records: Records, catcher: Catcher) -> None:
    filed = await filed_for(records)
    contact = {"name": WORDS, "email": f"lain-{VICTIM}"}
    await records.complaint("JoinComplaint", code=filed.code, request_id=request_id(), contact=contact)
    await timers.send_due(records.runtime)
    assert len(catcher.mails) == 2
    assert not [mail for mail in catcher.mails if "evil" in all_of(mail) or "MURAH" in all_of(mail)]


async def test_no_later_mail_holds_the_name_that_was_given_either(records: Records, catcher: Catcher) -> None:
    await filed_for(records)
    await confirm(records, catcher)
    assert len(catcher.mails) == 2
    assert not [mail for mail in catcher.mails if "evil" in all_of(mail)]


async def test_a_scanner_that_opens_the_links_confirms_and_ends_nothing(records: Records, catcher: Catcher) -> None:
    filed = await filed_for(records)
    await timers.send_due(records.runtime)
    (mail,) = catcher.mails
    for link, kind in (("MAIL_LINK_CONFIRM", "konfirmasi"), ("MAIL_LINK_STOP", "berhenti")):
        seen = await records.mail("GetMailLink", link=link, token=token_of(mail, kind))
        assert (seen.code, seen.state) == (filed.code, 1)
    assert await state_of(records, filed) == 1  # waiting


async def test_a_token_serves_for_what_it_was_made_for_alone(records: Records, catcher: Catcher) -> None:
    await filed_for(records)
    await timers.send_due(records.runtime)
    stop, right = token_of(catcher.mails[0], "berhenti"), token_of(catcher.mails[0], "konfirmasi")
    forged = right[:-6] + ("a" if right[-6] != "a" else "b") + right[-5:]
    for token in (stop, forged, right[:-4], "a" * 52, "!", right + right[:8]):
        with refused("MAIL_LINK_UNKNOWN"):
            await follow(records, "ConfirmAddress", token)


async def test_an_address_gets_three_confirmations_a_day_however_it_is_spelt(
    records: Records, catcher: Catcher
) -> None:
    for spelling in (
        "korban@gmail.com",
        "KORBAN@gmail.com",
        "korban+1@gmail.com",
        "kor.ban@gmail.com",
        "korban+a@GMAIL.com",
        "korban@googlemail.com",
    ):
        await filed_for(records, spelling)
    await timers.send_due(records.runtime)
    assert len(catcher.mails) == limits.CONFIRMATIONS_A_DAY
    records.governance.pass_time(days=1)
    await filed_for(records, "k.orban@GMAIL.com")
    await timers.send_due(records.runtime)
    assert len(catcher.mails) == 2 * limits.CONFIRMATIONS_A_DAY


async def test_an_address_gets_twenty_mails_a_day_of_all_its_cases(records: Records, catcher: Catcher) -> None:
    filed = [await filed_for(records) for _ in range(3)]
    await confirm(records, catcher)
    for one in filed:
        await records.transition(one, "verify", VERIFIER)
        for _ in range(8):
            await records.transition(one, "ask", VERIFIER, note="Di mana?")
            await records.complaint("ReplyComplaint", **one.owner, request_id=request_id(), note="Di sana")
            await timers.send_due(records.runtime)
    assert len(catcher.mails) == limits.MAILS_A_DAY


async def test_asking_again_and_again_for_a_confirmation_sends_no_more_of_them(
    records: Records, catcher: Catcher
) -> None:
    filed = await filed_for(records)
    for _ in range(12):
        await records.mail("RequestConfirmation", **filed.owner, request_id=request_id())
        await timers.send_due(records.runtime)
        records.governance.pass_time(minutes=11)
    assert len(catcher.mails) == limits.CONFIRMATIONS_A_DAY


async def test_every_mail_can_be_ended_with_one_click(records: Records, catcher: Catcher) -> None:
    await filed_for(records)
    await confirm(records, catcher)
    for mail in catcher.mails:
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["List-Unsubscribe"] == f"<https://lapor.example/surat/berhenti/{token_of(mail, 'berhenti')}>"


async def test_one_click_ends_the_mail_of_all_cases_to_that_address(records: Records, catcher: Catcher) -> None:
    filed = [await filed_for(records) for _ in range(2)]
    await confirm(records, catcher)
    await follow(records, "Unsubscribe", token_of(catcher.mails[0], "berhenti"))
    before = len(catcher.mails)
    for one in filed:
        await records.transition(one, "verify", VERIFIER)
    await timers.send_due(records.runtime)
    assert len(catcher.mails) == before
    assert [await state_of(records, one) for one in filed] == [3, 3]  # unsubscribed


async def test_an_address_that_said_stop_comes_back_only_by_a_confirmation_of_its_own(
    records: Records, catcher: Catcher
) -> None:
    await filed_for(records)
    await confirm(records, catcher)
    await follow(records, "Unsubscribe", token_of(catcher.mails[0], "berhenti"))
    catcher.mails.clear()
    for _ in range(4):  # somebody types it again and again: it is asked once, and left alone for a month
        await filed_for(records)
        await timers.send_due(records.runtime)
        records.governance.pass_time(days=2)
    assert [is_confirmation(mail) for mail in catcher.mails] == [True]
    records.governance.pass_time(days=31)
    filed = await filed_for(records)
    await confirm(records, catcher)
    await records.transition(filed, "verify", VERIFIER)
    await timers.send_due(records.runtime)
    assert [is_confirmation(mail) for mail in catcher.mails] == [True, True, False, False]


async def test_what_is_queued_when_its_reader_says_stop_is_not_sent(records: Records, catcher: Catcher) -> None:
    filed = await filed_for(records)
    await confirm(records, catcher)
    await records.transition(filed, "verify", VERIFIER)
    await follow(records, "Unsubscribe", token_of(catcher.mails[0], "berhenti"))
    await timers.send_due(records.runtime)
    assert len(catcher.mails) == 2
    assert [row["reason"] for row in await records.sql("SELECT reason FROM news WHERE kind = 'assigned'")] == [
        "ADDRESS_UNSUBSCRIBED"
    ]


async def test_an_address_that_the_server_does_not_know_gets_nothing_more(records: Records, catcher: Catcher) -> None:
    filed = await filed_for(records, "nobody@contoh.id")
    await timers.send_due(records.runtime)
    assert await state_of(records, filed) == 4  # undeliverable
    await records.transition(filed, "verify", VERIFIER)
    await timers.send_due(records.runtime)
    assert [row["kind"] for row in await records.sql("SELECT kind FROM news ORDER BY id")] == ["confirm"]


async def test_a_server_that_refuses_us_says_nothing_of_the_address(records: Records, catcher: Catcher) -> None:
    filed = await filed_for(records, "blocked@contoh.id")
    await timers.send_due(records.runtime)
    assert await state_of(records, filed) == 1


async def test_a_mail_that_comes_back_later_ends_it_by_the_address_it_was_sent_from(
    records: Records, catcher: Catcher
) -> None:
    settings = records.runtime.settings
    records.runtime.settings = settings.model_copy(update={"mail_bounces": "kembali@lapor.example"})
    filed = await filed_for(records)
    await confirm(records, catcher)
    name, _, host = catcher.senders[0].partition("@")
    assert (host, name.partition("+")[0], len(name) <= 64) == ("lapor.example", "kembali", True)
    await follow(records, "ReportBounce", name.partition("+")[2])
    assert await state_of(records, filed) == 4
    await follow(records, "ReportBounce", "a" * 52)  # a bounce that cannot be placed is no error of the mail server's


async def test_a_contact_of_the_version_before_is_asked_before_it_hears_anything(
    records: Records, catcher: Catcher
) -> None:
    filed = await filed_for(records)
    await records.sql("UPDATE contact SET address = NULL, ask_time = NULL")
    await records.sql("UPDATE news SET kind = 'filed'")
    await records.transition(filed, "verify", VERIFIER)
    await timers.send_due(records.runtime)
    assert [is_confirmation(mail) for mail in catcher.mails] == [True]
    await confirm(records, catcher)
    await follow(records, "Unsubscribe", token_of(catcher.mails[0], "berhenti"))
    assert await state_of(records, filed) == 3


async def test_a_link_is_good_for_two_weeks_and_the_case_sends_another(records: Records, catcher: Catcher) -> None:
    filed = await filed_for(records)
    await timers.send_due(records.runtime)
    records.governance.pass_time(days=15)
    with refused("MAIL_LINK_EXPIRED"):
        await follow(records, "ConfirmAddress", token_of(catcher.mails[0], "konfirmasi"))
    await records.mail("RequestConfirmation", **filed.owner, request_id=request_id())
    await confirm(records, catcher)
    assert await state_of(records, filed) == 2


async def test_an_erased_contact_leaves_links_that_lead_nowhere(records: Records, catcher: Catcher) -> None:
    filed = await filed_for(records)
    await timers.send_due(records.runtime)
    await records.contact("EraseContact", **filed.owner, request_id=request_id())
    for rpc, kind in (("ConfirmAddress", "konfirmasi"), ("Unsubscribe", "berhenti")):
        with refused("MAIL_LINK_UNKNOWN"):
            await follow(records, rpc, token_of(catcher.mails[0], kind))


async def test_a_link_followed_while_the_contact_is_erased_leaves_nothing_of_it(
    records: Records, catcher: Catcher
) -> None:
    """Before: the digest of the address came back into the emptied row, and the case told its news to it."""
    filed = await filed_for(records)
    await timers.send_due(records.runtime)
    token = token_of(catcher.mails[0], "konfirmasi")
    async with records.runtime.transaction() as tx:
        await tx.execute("SELECT FROM complaint WHERE code = $1 FOR UPDATE", filed.code)
        following = asyncio.create_task(follow(records, "ConfirmAddress", token))
        await within(lambda: records.sql("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
        await contacts.erase(tx, filed.id)
    with refused("MAIL_LINK_UNKNOWN"):
        await following
    (row,) = await records.sql("SELECT address, mail, confirm_time FROM contact")
    assert tuple(row) == (None, "waiting", None)


async def test_addresses_are_counted_without_being_kept(records: Records, catcher: Catcher) -> None:
    await filed_for(records)
    await confirm(records, catcher)
    rows = await records.sql("SELECT mail_address::text AS line FROM mail_address")
    assert len(rows) == 1
    assert "korban" not in rows[0]["line"]
    records.governance.pass_time(days=3)
    await forget(records.runtime)
    assert not await records.sql("SELECT 1 FROM mail_address")


async def test_a_stranger_learns_nothing_of_how_mail_to_somebody_stands(records: Records, catcher: Catcher) -> None:
    filed = await filed_for(records)
    for key in ("", "A" * 26):
        with refused("LINK_KEY_REQUIRED"):
            await records.mail("GetContactMail", ANONYMOUS, code=filed.code, link_key=key)
        with refused("LINK_KEY_REQUIRED"):
            await records.mail("RequestConfirmation", code=filed.code, link_key=key, request_id=request_id())


async def test_a_login_with_that_very_address_verified_needs_no_confirmation(
    records: Records, catcher: Catcher
) -> None:
    filed = await filed_for(records, origin=Origin(own_address=True))
    await timers.send_due(records.runtime)
    assert [is_confirmation(mail) for mail in catcher.mails] == [False]
    await follow(records, "Unsubscribe", token_of(catcher.mails[0], "berhenti"))
    again = await filed_for(records, origin=Origin(own_address=True))
    await timers.send_due(records.runtime)
    assert [await state_of(records, one) for one in (filed, again)] == [3, 1]  # stop is stop
    assert [is_confirmation(mail) for mail in catcher.mails] == [False, True]


@pytest.mark.parametrize(
    ("claims", "own"),
    [
        ({"email": "Siti@contoh.id", "email_verified": True}, True),
        ({"email": "lain@contoh.id", "email_verified": True}, False),
        ({"email": "siti@contoh.id", "email_verified": False}, False),
        ({"email": "siti@contoh.id", "email_verified": "true"}, False),
        ({"email": "siti@contoh.id"}, False),
        ({"email_verified": True}, False),
    ],
)
async def test_only_an_address_that_the_provider_has_verified_is_ones_own(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, claims: dict[str, object], own: bool
) -> None:
    asked: list[complaints_pb2.JoinComplaintRequest] = []

    async def send(message: complaints_pb2.JoinComplaintRequest, *_: object, **__: object) -> object:
        asked.append(message)
        return complaints_pb2.JoinComplaintResponse(code="SMG-7K4P-92")

    monkeypatch.setattr(stand.gateway.pillars, "send", send)
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    sessions = stand.gateway.sessions
    token, session = await sessions.create(CITIZEN, "Siti", f"e30.{payload}.c2ln")
    cookies = {stand.settings.cookie("session"): token, stand.settings.cookie("visitor"): "v"}
    headers = {"x-csrf-token": masked(sessions.csrf("v", session))}
    for email in ("siti@contoh.id", "siti@contoh.id.evil.example"):
        async with stand.client(cookies=cookies) as client:
            body = {"contact": {"email": email}}
            answer = await client.post("/v1/complaints/SMG-7K4P-92/me-too", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
    assert [each.origin.own_address for each in asked] == [own, False]


BOUNCE = (
    "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\n"
    "Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b.id\r\nAction: {}\r\nStatus: {}\r\n"
)


@pytest.mark.parametrize(
    ("action", "status", "asked"),
    [("failed", "5.1.1", True), ("delayed", "4.4.1", False), ("failed", "4.4.1", False), ("relayed", "5.0.0", False)],
)
async def test_only_a_mail_that_failed_for_good_ends_mail(
    stand: Stand, action: str, status: str, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    pillars = stand.gateway.pillars

    async def call(message: object, *_: object) -> None:
        sent.append(type(message).__name__)

    monkeypatch.setattr(pillars, "call", call)
    async with stand.client() as client:
        answer = await client.post(f"/surat/kembali/{'a' * 52}", content=BOUNCE.format(action, status).encode())
    assert answer.status_code == 204
    assert sent == (["ReportBounceRequest"] if asked else [])


async def test_one_click_needs_no_cookie_and_no_token_of_a_form_and_is_not_redirected(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []

    async def call(message: object, *_: object) -> object:
        if isinstance(message, mail_pb2.UnsubscribeRequest):
            ended.append(message.token)
            return mail_pb2.UnsubscribeResponse(code="SMG-7K4P-92")
        state = mail_pb2.MAIL_STATE_UNSUBSCRIBED if ended else mail_pb2.MAIL_STATE_CONFIRMED
        return mail_pb2.GetMailLinkResponse(code="SMG-7K4P-92", state=state)

    monkeypatch.setattr(stand.gateway.pillars, "call", call)
    address = f"/surat/berhenti/{'a' * 52}"
    async with httpx.AsyncClient(base_url=stand.url, follow_redirects=False) as client:
        seen = await client.get(address)
        assert (seen.status_code, ended) == (200, [])
        forms = [
            {"data": {"List-Unsubscribe": "One-Click"}},
            {"files": {"List-Unsubscribe": (None, "One-Click")}},
        ]
        for form in forms:
            client.cookies.clear()
            answer = await client.post(address, **form)  # type: ignore[arg-type]
            assert answer.status_code == 200
    assert len(ended) == 2
