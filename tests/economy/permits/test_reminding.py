"""Reminders of permits over the pillar's real server and a real mail server: asked for, told once, ended, forgotten."""

import hashlib
from collections.abc import AsyncIterator

import pytest

from services.economy.permit_following import timers
from services.economy.personal import reactions
from services.economy.pillar import PILLAR
from services.kit.caller import Caller
from services.kit.ids import uuid7
from smartcity.economy.v1 import own_records_pb2, own_records_pb2_grpc
from smartcity.economy.v1 import permit_followers_pb2 as pb
from tests.economy.permits.applying import BUDI, LURAH, MARKETS, ROADS, SRI, WHY, Applying
from tests.economy.permits.reminding import ADDRESS, Reminding, token_of
from tests.economy.permits.test_pages import readers
from tests.fixtures.personal import asked, exported
from tests.fixtures.pillars import answered_elsewhere
from tests.governance.conftest import refused
from tests.governance.mails import catching
from tests.society.pages import said

TWO_YEARS = 730
"""Days for which a stall's permit holds, from 24 November 2026."""


@pytest.fixture
async def reminding(applying: Applying) -> AsyncIterator[Reminding]:
    """The pillar, serving, with a mail server."""
    async with catching(applying.served.runtime) as catcher:
        yield Reminding(applying, catcher)


async def test_a_holder_is_reminded_once_before_the_end_and_led_to_the_extension(reminding: Reminding) -> None:
    applying = reminding.applying
    one = await applying.granted()
    with refused("PERMIT_NOT_FOUND"):
        await reminding.ask(one, BUDI)
    await reminding.ask(one)
    (mail,) = await reminding.mails()
    assert all(words not in mail.get_content() for words in (one.code, "Warung", "kios")), "it may be another's address"
    await applying.due(days=5)
    assert (await reminding.confirm(mail)).state == pb.PERMIT_FOLLOWER_STATE_CONFIRMED
    await applying.due(days=TWO_YEARS - 37)
    assert await reminding.mails() == [], "a month and more before its end"
    await applying.due(days=3)
    (told,) = await reminding.mails()
    assert (told["To"], told["Subject"]) == (ADDRESS, "Izin Anda segera berakhir: Izin pemakaian kios atau lapak pasar")
    assert "23 November 2028" in told.get_content()
    assert "Warung" not in told.get_content()
    found = await reminding.look(told)
    assert (found.code, found.last_day, found.kind) == (one.code, "2028-11-23", "kios-pasar")
    await applying.due(days=2)
    assert await reminding.mails() == [], "once"
    assert all(ADDRESS.encode() not in row["payload"] for row in await applying.served.outbox())
    await applying.due(days=40)
    assert await reminding.kept() == 0, "the permit is over"
    assert (await reminding.look(told)).code == ""
    applying.served.pass_time(days=100)
    await timers.prune(applying.served.runtime)
    assert await applying.served.admin.fetch("SELECT id FROM economy.permit_mail") == []


async def test_who_asks_late_is_reminded_at_once_and_who_has_extended_is_not(reminding: Reminding) -> None:
    applying = reminding.applying
    late, extended = await applying.granted(), await applying.granted(name="Warung Dua")
    await reminding.reminded(extended)
    await applying.due(days=TWO_YEARS - 50)
    longer = await applying.begun(extends=extended.code)
    for document in longer.missing:
        await applying.shown(longer, document)
    longer = await applying.move(longer, "submit", SRI, "")
    await applying.move(await applying.move(longer, "check", LURAH), "grant", MARKETS)
    await applying.due(days=25)
    assert await reminding.mails() == [], "its extension is there"
    await reminding.ask(late, email="lain@contoh.id")
    (mail,) = await reminding.mails()
    await reminding.confirm(mail)
    (told,) = await reminding.mails()
    assert told["To"] == "lain@contoh.id"


async def test_addresses_end_by_their_link_by_erasure_and_with_the_permit(reminding: Reminding) -> None:
    applying = reminding.applying
    one, other = await applying.granted(), await applying.granted(name="Warung Dua")
    await reminding.reminded(one)
    await reminding.reminded(one, "kedua@contoh.id")
    assert await reminding.kept() == 1, "the address that was confirmed last"
    await reminding.reminded(other, "ketiga@contoh.id")
    mine = await exported(
        applying.served, own_records_pb2_grpc.OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SRI
    )
    assert [each["email"] for each in mine["permit_mails"]] == ["ketiga@contoh.id", "kedua@contoh.id"]
    await applying.served.admin.execute("UPDATE economy.permit_follower SET sealed = $1 WHERE sealed <> ''", b"x" * 60)
    mine = await exported(
        applying.served, own_records_pb2_grpc.OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SRI
    )
    assert ["email" in each for each in mine["permit_mails"]] == [False, False], "sealed under another secret"
    stopped = await reminding.end(reminding.catcher.to("ketiga@contoh.id")[0])
    assert (stopped.state, await reminding.kept()) == (pb.PERMIT_FOLLOWER_STATE_ENDED, 1)
    told = await asked(applying.served, reactions, SRI.subject, erase=True)
    assert (told["permit_mails"], await reminding.kept()) == ((1, 1, ""), 0)
    await reminding.reminded(one, "keempat@contoh.id")
    gone = await applying.move(await applying.get(one), "withdraw", SRI, WHY)
    assert await reminding.kept() == 0
    with refused("INVALID_TRANSITION"):
        await reminding.ask(gone)
    with refused("PERMIT_NOT_EXTENDABLE"):
        await reminding.ask(await applying.granted("bongkar-muat", ROADS))
    with refused("PERMIT_LINK_UNKNOWN"):
        await applying.call(pb.ConfirmPermitFollowerRequest(token="a" * 52))


async def test_stop_in_an_older_mail_ends_what_goes_to_the_same_address_now(reminding: Reminding) -> None:
    one = await reminding.applying.granted()
    await reminding.ask(one)
    await reminding.mails()
    await reminding.reminded(one)
    await reminding.reminded(one)
    unconfirmed, before, _ = reminding.catcher.to(ADDRESS)
    assert (await reminding.end(unconfirmed)).state == pb.PERMIT_FOLLOWER_STATE_ENDED
    assert await reminding.kept() == 0
    assert (await reminding.end(before)).state == pb.PERMIT_FOLLOWER_STATE_ENDED


async def test_what_does_not_hold_is_not_reminded_of_and_five_addresses_are_asked_in_a_day(
    reminding: Reminding,
) -> None:  # fmt: skip
    applying = reminding.applying
    with refused("INVALID_TRANSITION"):
        await reminding.ask(await applying.begun())
    one = await applying.granted()
    for number in range(5):
        await reminding.ask(one, email=f"orang-{number}@contoh.id")
    with refused("PERMIT_FOLLOWERS_FULL"):
        await reminding.ask(one, email="orang-5@contoh.id")
    assert ([mail["To"] for mail in await reminding.mails()], await reminding.kept()) == (["orang-4@contoh.id"], 1)
    applying.served.pass_time(days=1, minutes=1)
    await reminding.ask(one, email="orang-5@contoh.id")


async def test_idempotency_keeps_no_digest_of_an_address_that_can_be_tried_out(reminding: Reminding) -> None:
    one = await reminding.applying.granted()
    request = pb.CreatePermitFollowerRequest(request_id=str(uuid7()), code=one.code, email=ADDRESS)
    await reminding.applying.call(request)
    tried = hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
    sql = "SELECT request_hash FROM economy.idempotency_key WHERE request_id = $1"
    kept = await reminding.applying.served.admin.fetchval(sql, request.request_id)
    assert kept not in (None, tried)
    await answered_elsewhere(PILLAR, reminding.applying.served.runtime)
    await reminding.applying.call(request)
    request.email = "lain@contoh.id"
    with refused("IDEMPOTENCY_KEY_REUSED"):
        await reminding.applying.call(request)
    reminding.applying.served.runtime.extra.permit_secret = None
    request.request_id = str(uuid7())
    with refused("PERMIT_MAILS_CLOSED"):
        await reminding.applying.call(request)


@pytest.mark.parametrize("far", ["sent", "granted"])
async def test_a_reminder_that_was_overtaken_comes_when_its_permit_holds_again_or_its_extension_comes_to_nothing(
    reminding: Reminding, far: str
) -> None:
    applying = reminding.applying
    one = await applying.granted()
    await reminding.reminded(one)
    await applying.due(days=TWO_YEARS - 29)
    stopped = await applying.move(await applying.get(one), "suspend", MARKETS)
    assert await reminding.mails() == []
    again = await applying.move(stopped, "resume", MARKETS)
    longer = await (applying.sent if far == "sent" else applying.granted)(extends=one.code)
    assert await reminding.mails() == [], "its extension is there"
    await applying.move(longer, "withdraw", SRI, WHY)
    (told,) = await reminding.mails()
    assert told["To"] == ADDRESS
    await applying.move(await applying.move(again, "suspend", MARKETS), "resume", MARKETS)
    assert await reminding.mails() == [], "once"


async def test_a_holder_is_reminded_of_a_permit_whose_extension_was_begun_and_never_sent(reminding: Reminding) -> None:
    applying = reminding.applying
    one = await applying.granted()
    await reminding.reminded(one)
    await applying.due(days=TWO_YEARS - 50)
    await applying.begun(extends=one.code)
    await applying.due(days=25)
    (told,) = await reminding.mails()
    assert told["To"] == ADDRESS


async def test_the_mail_and_the_page_of_a_permit_lead_to_the_extension_that_was_begun(reminding: Reminding) -> None:
    applying = reminding.applying
    one = await applying.granted()
    await reminding.reminded(one)
    await applying.due(days=TWO_YEARS - 29)
    longer = await applying.begun(extends=one.code)
    (told,) = await reminding.mails()
    async with readers(applying) as (sri, _, markets):
        page = await sri.page(f"/surat/izin/perpanjang/{token_of(told, 'perpanjang')}")
        leads = await sri.client.get(page.xpath("string(//a[@id='extend']/@href)"))
        own = await sri.page(f"/izin/saya/{one.code}")
        desk = await markets.page(f"/petugas/izin/{one.code}")
    assert leads.headers["location"] == f"/izin/saya/{longer.code}"
    assert own.xpath("//a[@id='extension']/@href") == [f"/izin/saya/{longer.code}"]
    assert longer.code not in said(desk, "facts"), "a draft is its applicant's alone"


async def test_who_was_reminded_is_so_again_when_the_revocation_is_undone(reminding: Reminding) -> None:
    applying = reminding.applying
    one = await applying.granted()
    await reminding.reminded(one)
    stopped = await applying.move(await applying.get(one), "suspend", MARKETS)
    gone = await applying.move(stopped, "revoke", Caller("disdag-2", frozenset({"officer"}), "disdag"))
    objected = await applying.move(gone, "object", SRI)
    await applying.move(objected, "uphold", MARKETS)
    await applying.due(days=TWO_YEARS - 29)
    (told,) = await reminding.mails()
    assert told["To"] == ADDRESS


@pytest.mark.timeout(60)
async def test_the_portal_asks_for_the_address_and_its_links_lead_on(reminding: Reminding) -> None:
    one = await reminding.applying.granted()
    async with readers(reminding.applying) as (sri, _, _):
        wrong = await sri.send(f"/izin/saya/{one.code}", "follow-form", email="sri", language="id")
        assert wrong.xpath("//form[@id='follow-form']//input[@aria-invalid='true']")
        assert wrong.xpath("//select[@id='language']/option[@selected]/@value") == ["id"], "as it was chosen"
        sent = await sri.send(f"/izin/saya/{one.code}", "follow-form", email=ADDRESS, language="en")
        assert "Look into your mailbox" in said(sent, "done")
        (mail,) = await reminding.mails()
        confirm = await sri.client.post(f"/surat/izin/konfirmasi/{token_of(mail, 'konfirmasi')}")
        assert "The reminder goes to this address" in confirm.text
        await reminding.applying.due(days=TWO_YEARS - 29)
        (told,) = await reminding.mails()
        assert told["Subject"].startswith("Your permit ends soon")
        page = await sri.page(f"/surat/izin/perpanjang/{token_of(told, 'perpanjang')}")
        (form,) = page.xpath("//a[@id='extend']/@href")
        filled = await sri.page(form)
        assert filled.xpath("//input[@name='name']/@value") == ["Warung Bu Sri"]
        ended = await sri.client.post(f"/surat/izin/berhenti/{token_of(told, 'berhenti')}")
        assert "the address is erased" in ended.text
