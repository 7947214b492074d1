"""Extensions of what an officer has suspended or revoked: not sent, granted by no silence, and no way around it."""

import runpy

import pytest

from services.economy.pillar import PILLAR
from smartcity.economy.v1 import merchants_pb2 as merchants
from smartcity.economy.v1 import permits_pb2 as pb
from tests.economy.permits.applying import DISDAG_2, MARKETS, SRI, Applying, moves
from tests.economy.permits.test_businesses import moved, taken_on
from tests.economy.permits.test_pages import readers
from tests.economy.permits.test_silence import late
from tests.governance.conftest import refused
from tests.society.pages import said


async def _ending(applying: Applying) -> pb.Permit:
    """A permit in its last days, whose holder was reminded."""
    one = await applying.granted()
    await applying.due(days=700)
    await applying.due(days=2)
    return await applying.get(one)


async def _suspended(applying: Applying, one: pb.Permit) -> pb.Permit:
    return await applying.move(await applying.get(one), "suspend", MARKETS)


async def _filled(applying: Applying) -> None:
    """What ended is as the version before wrote it, and then as the migration leaves it."""
    pool = applying.served.runtime.pool
    await pool.execute("UPDATE permit SET before = NULL WHERE state = 'ended'")
    await pool.execute(runpy.run_path(str(PILLAR.migrations / "2026_12_01_permits_ended_suspended.py"))["FILL"])


async def test_an_extension_that_was_begun_is_not_sent_while_its_permit_is_suspended(applying: Applying) -> None:
    one = await _ending(applying)
    longer = await applying.begun(extends=one.code)
    for document in longer.missing:
        await applying.shown(longer, document)
    stopped = await _suspended(applying, one)
    assert moves(await applying.get(longer)) == {"withdraw"}, "what can only fail is not offered"
    with refused("PERMIT_NOT_EXTENDABLE"):
        await applying.move(longer, "submit", SRI, "")
    await applying.move(stopped, "resume", MARKETS)
    assert (await applying.move(longer, "submit", SRI, "")).state == pb.PERMIT_STATE_CHECKING


async def test_an_extension_that_was_begun_is_not_sent_once_its_permit_is_revoked(applying: Applying) -> None:
    one = await _ending(applying)
    longer = await applying.begun(extends=one.code)
    for document in longer.missing:
        await applying.shown(longer, document)
    await applying.move(await _suspended(applying, one), "revoke", DISDAG_2)
    with refused("PERMIT_NOT_EXTENDABLE"):
        await applying.move(longer, "submit", SRI, "")


async def test_silence_grants_no_extension_of_what_is_suspended_and_does_so_once_that_holds_again(
    applying: Applying,
) -> None:
    one = await _ending(applying)
    longer = await applying.deciding(extends=one.code)
    stopped = await _suspended(applying, one)
    await applying.due(days=14)
    assert (await applying.get(longer)).state == pb.PERMIT_STATE_DECIDING
    assert await late(applying) == 0, "so nobody is warned of it"
    await applying.move(stopped, "resume", MARKETS)
    await applying.due(seconds=1)
    assert (await applying.get(longer)).state == pb.PERMIT_STATE_DEEMED_GRANTED


async def test_silence_grants_no_extension_that_was_sent_while_its_permit_was_being_suspended(
    applying: Applying,
) -> None:
    one = await _ending(applying)
    longer = await applying.deciding(extends=one.code)
    await _suspended(applying, one)
    sql = "UPDATE permit SET wake_at = due_at WHERE code = $1"  # as who was sent at the same moment has it
    await applying.served.runtime.pool.execute(sql, longer.code)
    await applying.due(days=14)
    assert (await applying.get(longer)).state == pb.PERMIT_STATE_DECIDING


@pytest.mark.parametrize("way", ["by itself", "given back"])
async def test_a_business_stays_stopped_when_its_suspended_permit_ends_while_its_extension_waits(
    applying: Applying, way: str
) -> None:
    one = await _ending(applying)
    business = await taken_on(applying, one)
    longer = await applying.deciding(extends=one.code)
    stopped = await _suspended(applying, one)
    if way == "given back":
        await applying.move(stopped, "withdraw", SRI, "")
    await applying.due(days=40)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_ENDED
    assert (await applying.get(longer)).state == pb.PERMIT_STATE_DECIDING
    assert (await moved(applying, one, business)).state == merchants.MERCHANT_STATE_SUSPENDED


@pytest.mark.parametrize("way", ["suspended", "revoked"])
async def test_an_extension_that_was_granted_before_frees_no_business_by_itself_whose_permit_was_stopped(
    applying: Applying, way: str
) -> None:
    one = await _ending(applying)
    business = await taken_on(applying, one)
    longer = await applying.granted(extends=one.code)
    stopped = await _suspended(applying, one)
    if way == "revoked":
        await applying.move(stopped, "revoke", DISDAG_2)
    assert (await moved(applying, one, business)).state == merchants.MERCHANT_STATE_SUSPENDED
    await applying.due(days=40)
    for permit in (one, longer):
        found = await moved(applying, permit, business)
        assert (found.state, found.permit) == (merchants.MERCHANT_STATE_SUSPENDED, one.code)


async def test_desk_and_applicant_are_told_that_what_is_extended_is_suspended_and_led_to_it(applying: Applying) -> None:
    one = await _ending(applying)
    longer = await applying.deciding(extends=one.code)
    await _suspended(applying, one)
    async with readers(applying) as (sri, _, markets):
        desk, own = await markets.page(f"/petugas/izin/{longer.code}"), await sri.page(f"/izin/saya/{longer.code}")
    assert desk.xpath("//a[@id='extended']/@href") == [f"/petugas/izin/{one.code}"]
    assert own.xpath("//a[@id='extended']/@href") == [f"/izin/saya/{one.code}"]
    for page in (desk, own):
        assert "Suspended" in said(page, "facts")
        assert "is suspended or was revoked" in said(page, "extends-stopped")


async def test_a_draft_says_why_it_cannot_be_sent_while_what_it_extends_is_suspended(applying: Applying) -> None:
    one = await _ending(applying)
    longer = await applying.begun(extends=one.code)
    await _suspended(applying, one)
    async with readers(applying) as (sri, _, _):
        page = await sri.page(f"/izin/saya/{longer.code}")
    assert "this extension cannot be sent" in said(page, "not-offered")
    assert not page.xpath("//form[@id='submit-form']")


async def test_a_draft_leads_to_applying_anew_once_what_it_extends_ended_while_it_was_suspended(
    applying: Applying,
) -> None:
    one = await _ending(applying)
    longer = await applying.begun(extends=one.code)
    await applying.move(await _suspended(applying, one), "withdraw", SRI, "")
    with refused("PERMIT_NOT_EXTENDABLE") as caught:
        await applying.move(longer, "submit", SRI, "")
    assert "apply anew, without extending it" in str(caught.value.answer)
    async with readers(applying) as (sri, _, _):
        page = await sri.page(f"/izin/saya/{longer.code}")
    assert "Apply anew, without extending it" in said(page, "not-offered"), "one that has ended never holds again"
    assert page.xpath("//a[@id='apply-anew']/@href") == [f"/izin/jenis/{longer.kind}/ajukan"]


@pytest.mark.parametrize("way", ["given back", "by itself", "after an objection"])
async def test_what_ended_before_while_it_was_suspended_is_not_extended_either(applying: Applying, way: str) -> None:
    one = await _ending(applying)
    longer = await applying.begun(extends=one.code)
    for document in longer.missing:
        await applying.shown(longer, document)
    stopped = await _suspended(applying, one)
    if way == "after an objection":
        stopped = await applying.move(await applying.move(stopped, "object", SRI), "dismiss", DISDAG_2)
    if way == "by itself":
        await applying.due(days=29)
    else:
        await applying.move(stopped, "withdraw", SRI, "")
    assert (await applying.get(one)).state == pb.PERMIT_STATE_ENDED
    await _filled(applying)
    assert moves(await applying.get(longer)) == {"withdraw"}


async def test_what_ended_before_while_it_held_is_not_taken_for_stopped(applying: Applying) -> None:
    one = await _ending(applying)
    longer = await applying.begun(extends=one.code)
    resumed = await applying.move(await _suspended(applying, one), "resume", MARKETS)
    await applying.move(resumed, "withdraw", SRI, "")
    await _filled(applying)
    assert not (await applying.get(longer)).extends_stopped
