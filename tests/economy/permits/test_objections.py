"""Objections over the pillar's real server: when they are offered, who decides on them, and what silence does."""

from datetime import UTC, timedelta

import pytest

from services.kit.caller import Caller
from smartcity.economy.v1 import permits_pb2 as pb
from tests.economy.permits.applying import (
    CAMAT,
    DISDAG_2,
    LURAH,
    MARKETS,
    ROADS,
    SRI,
    Applying,
    moves,
)
from tests.fixtures.edge import stand_before
from tests.fixtures.holidays import decided_off
from tests.governance.conftest import refused
from tests.society.pages import reader, said


async def test_an_objection_is_offered_as_long_as_it_can_be_made(applying: Applying) -> None:
    refusal = await applying.move(await applying.deciding(), "refuse", MARKETS)
    assert "object" in moves(await applying.get(refusal))
    applying.served.pass_time(days=40)
    assert "object" not in moves(await applying.get(refusal))
    applying.served.pass_time(days=-40)
    objected = await applying.move(refusal, "object", SRI)
    dismissed = await applying.move(objected, "dismiss", DISDAG_2)
    assert "object" not in moves(await applying.get(dismissed))


async def test_who_is_right_about_a_refusal_pays_the_fee_as_who_was_granted_it_at_once(applying: Applying) -> None:
    later = f"{applying.served.now + timedelta(days=20):%Y-%m-%d}"
    one = await applying.deciding("bongkar-muat", first_day=later, last_day=later)
    one = await applying.move(await applying.move(one, "refuse", ROADS), "object", SRI)
    one = await applying.move(one, "uphold", Caller("dishub-2", frozenset({"officer"}), "dishub"))
    assert (one.state, one.has_paper) == (pb.PERMIT_STATE_PAYABLE, False)
    assert "PaymentRequested" in await applying.told()


async def test_a_paper_stays_suspended_while_an_objection_to_that_is_looked_at(applying: Applying) -> None:
    one = await applying.move(await applying.granted(), "suspend", MARKETS)
    await applying.move(one, "object", SRI)
    assert (await applying.paper(one)).validity == pb.PERMIT_VALIDITY_SUSPENDED


async def test_an_objection_for_days_that_are_over_lapses_in_silence(applying: Applying) -> None:
    first = f"{applying.served.now + timedelta(days=2):%Y-%m-%d}"
    refusal = await applying.move(await applying.deciding("acara", first_day=first, last_day=first), "refuse", CAMAT)
    await applying.move(refusal, "object", SRI)
    await applying.due(days=3)
    found = await applying.get(refusal)
    assert (found.state, found.has_paper) == (pb.PERMIT_STATE_LAPSED, False)
    assert "PermitGranted" not in await applying.told()


async def test_nobody_upholds_an_objection_for_days_that_are_over(applying: Applying) -> None:
    first = f"{applying.served.now + timedelta(days=2):%Y-%m-%d}"
    one = await applying.deciding("bongkar-muat", first_day=first, last_day=first)
    one = await applying.move(await applying.move(one, "refuse", ROADS), "object", SRI)
    applying.served.pass_time(days=3)
    another = Caller("dishub-2", frozenset({"officer"}), "dishub")
    with refused("PERMIT_DAYS_OVER"):
        await applying.move(one, "uphold", another)
    assert moves(await applying.get(one, another)) == {"dismiss"}, "what can only fail is not offered"


async def test_an_objection_is_decided_by_another_or_by_silence(applying: Applying) -> None:
    refusal = await applying.move(await applying.deciding(), "refuse", MARKETS)
    one = await applying.move(refusal, "object", SRI)
    assert moves(await applying.get(one, MARKETS)) == set(), "what can only fail is not offered"
    with refused("SECOND_PERSON_REQUIRED"):
        await applying.move(one, "dismiss", MARKETS)
    await applying.due(days=15)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_GRANTED
    assert (await applying.paper(one)).validity == pb.PERMIT_VALIDITY_VALID


async def test_no_objection_is_upheld_on_a_day_that_was_decided_since_to_be_off(
    applying: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await applying.move(await applying.move(await applying.deciding(), "refuse", MARKETS), "object", SRI)
    due = one.due_time.ToDatetime(UTC)
    decided_off(applying.served.runtime.city.calendar, due, monkeypatch)
    await applying.due(seconds=(due - applying.served.now).total_seconds())
    assert (await applying.get(one)).state == pb.PERMIT_STATE_OBJECTED
    await applying.due(days=1)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_GRANTED


async def test_who_checked_has_no_part_in_an_objection_to_the_refusal_and_any_other_officer_has(
    applying: Applying,
) -> None:
    checked = await applying.move(await applying.sent("pkl"), "check", LURAH)
    one = await applying.move(await applying.move(checked, "refuse", CAMAT), "object", SRI)
    async with stand_before(applying.served) as stand:
        lurah = await reader(stand, LURAH)
        async with lurah.client:
            page = await lurah.page(f"/petugas/izin/{one.code}")
    assert (moves(await applying.get(one, LURAH)), page.xpath("//form[@id='dismiss-form']")) == (set(), [])
    assert "by who checked the application" in said(page, "no-moves")
    with refused("SECOND_PERSON_REQUIRED"):
        await applying.move(one, "dismiss", LURAH)
    for other in (Caller("camat-2", frozenset({"officer"}), CAMAT.agency), Caller("admin-1", frozenset({"admin"}))):
        assert moves(await applying.get(one, other)) == {"uphold", "dismiss"}


async def test_an_extension_that_was_refused_is_not_objected_to_beside_another(applying: Applying) -> None:
    one = await applying.granted()
    await applying.due(days=700)
    longer = await applying.move(await applying.deciding(extends=one.code), "refuse", MARKETS)
    other = await applying.begun(extends=one.code)
    with refused("PERMIT_EXTENDED"):
        await applying.move(longer, "object", SRI)
    await applying.move(other, "withdraw", SRI, "")
    assert (await applying.get(one)).extendable, "what came to nothing extends nothing"
    assert (await applying.move(longer, "object", SRI)).state == pb.PERMIT_STATE_OBJECTED


async def test_an_objection_to_a_refusal_of_help_waits_for_an_officer_also_where_it_was_to_wake(
    applying: Applying,
) -> None:
    refusal = await applying.move(await applying.deciding("bantu-nib"), "refuse", CAMAT)
    await applying.move(refusal, "object", SRI)
    await applying.served.runtime.pool.execute("UPDATE permit SET wake_at = due_at")  # as before
    await applying.due(days=20)
    assert (await applying.get(refusal)).state == pb.PERMIT_STATE_OBJECTED


async def test_pages_say_who_decides_on_an_objection_and_that_it_was_dismissed(applying: Applying) -> None:
    one = await applying.move(await applying.granted(), "suspend", MARKETS, "Kios menutup jalan darurat.")
    one = await applying.move(one, "object", SRI)
    async with stand_before(applying.served) as stand:
        sri, markets = await reader(stand, SRI), await reader(stand, MARKETS)
        async with sri.client, markets.client:
            assert "who had no part in what it is about" in said(
                await markets.page(f"/petugas/izin/{one.code}"), "no-moves"
            )
            asked = await sri.client.get(f"/v1/permits/{one.code}/survey-invitation")
            assert (asked.status_code, asked.json()["link_key"]) == (200, ""), "it may be decided otherwise yet"
            listed = await markets.page("/petugas/izin?bagian=objections")
            assert said(listed, "silence").startswith("An objection that is not decided")
            await applying.move(one, "dismiss", DISDAG_2, "Jalan darurat masih tertutup.")
            page = await sri.page(f"/izin/saya/{one.code}")
    assert said(page, "note") == "Kios menutup jalan darurat.", "why it is suspended"
    assert "Your objection was dismissed. Jalan darurat masih tertutup." in said(page, "dismissed")
    assert "appeal in writing to the superior of the officer who decided" in said(page, "dismissed")


async def test_the_desk_lists_what_was_withdrawn_and_until_when_permits_hold(applying: Applying) -> None:
    held, sent, draft = await applying.granted(), await applying.deciding(), await applying.begun()
    for one in (sent, draft):
        await applying.move(one, "withdraw", SRI, "")
    async with stand_before(applying.served) as stand:
        markets = await reader(stand, MARKETS)
        async with markets.client:
            over = await markets.page("/petugas/izin?bagian=over")
            holding = await markets.page("/petugas/izin?bagian=holding")
    assert over.xpath("//tr/@data-permit") == [sent.code], "what was never sent is nobody else's"
    assert str(int(held.last_day[8:])) in said(holding, "permits")
    assert held.last_day[:4] in said(holding, "permits")
    assert not holding.xpath("//*[@id='silence']")
