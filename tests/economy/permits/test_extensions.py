"""Extensions over the pillar's real server: how a permit ends, and what goes on after it."""

import runpy
from datetime import timedelta

import pytest

from services.economy.pillar import PILLAR
from smartcity.economy.v1 import permits_pb2 as pb
from tests.economy.permits.applying import (
    BUDI,
    CAMAT,
    DISDAG_2,
    LURAH,
    MARKETS,
    SRI,
    Applying,
)
from tests.governance.conftest import refused


async def test_it_ends_by_itself_and_can_be_extended_before(applying: Applying) -> None:
    one = await applying.granted()
    with refused("PERMIT_NOT_EXTENDABLE"):
        await applying.begun(extends=one.code)
    await applying.due(days=700)
    assert (await applying.get(one)).extendable
    longer = await applying.begun(extends=one.code)
    with refused("PERMIT_EXTENDED"):
        await applying.begun(extends=one.code)
    with refused("PERMIT_NOT_FOUND"):
        await applying.begun(extends=one.code, caller=BUDI)
    (_, listed) = (await applying.call(pb.ListPermitsRequest(own=True))).permits
    assert (listed.code, listed.extendable, (await applying.get(one)).extendable) == (one.code, False, False)
    for document in longer.missing:
        await applying.shown(longer, document)
    longer = await applying.move(await applying.move(longer, "submit", SRI, ""), "check", LURAH)
    longer = await applying.move(longer, "grant", MARKETS)
    assert (longer.extends, longer.first_day, longer.last_day) == (one.code, "2028-11-24", "2030-11-23")
    for days in (2, 29):
        await applying.due(days=days)
    assert [each.act for each in (await applying.get(one)).steps][-2:] == ["remind", "end"]
    assert (await applying.paper(one)).validity == pb.PERMIT_VALIDITY_ENDED


@pytest.mark.parametrize("way", ["given up", "revoked"])
async def test_an_extension_that_is_over_before_it_began_leaves_room_for_another(applying: Applying, way: str) -> None:
    one = await applying.granted()
    await applying.due(days=700)
    await applying.due(days=2)
    longer = await applying.granted(extends=one.code)
    with refused("PERMIT_EXTENDED"):
        await applying.begun(extends=one.code)
    if way == "given up":
        await applying.move(longer, "withdraw", SRI, "")
    else:
        await applying.move(await applying.move(longer, "suspend", MARKETS), "revoke", DISDAG_2)
    assert (await applying.get(one)).extendable
    again = await applying.begun(extends=one.code)
    assert not (await applying.get(one)).extendable
    if way == "revoked":
        with refused("PERMIT_EXTENDED"):
            await applying.move(await applying.get(longer), "object", SRI)
    assert again.extends == one.code


async def test_an_extension_holds_at_once_where_the_one_before_holds_no_longer(applying: Applying) -> None:
    one = await applying.granted()
    await applying.due(days=700)
    await applying.due(days=2)
    longer = await applying.deciding(extends=one.code)
    await applying.move(await applying.get(one), "withdraw", SRI, "")
    longer = await applying.move(longer, "grant", MARKETS)
    assert longer.first_day == f"{applying.served.now:%Y-%m-%d}"
    assert (await applying.paper(longer)).validity == pb.PERMIT_VALIDITY_VALID


async def test_an_extension_that_was_granted_before_it_woke_on_its_first_day_does_so_too(applying: Applying) -> None:
    one, pool = await applying.granted(), applying.served.runtime.pool
    await applying.due(days=701)
    longer = await applying.granted(extends=one.code)
    await pool.execute("UPDATE permit SET wake_at = last_day WHERE code = $1", longer.code)  # as before
    await pool.execute(runpy.run_path(str(PILLAR.migrations / "2026_11_30_permits_mended.py"))["WAKE"])
    assert await pool.fetchval("SELECT wake_at = first_day FROM permit WHERE code = $1", longer.code)


async def test_a_paper_says_that_it_ended_before_anything_has_moved_it(applying: Applying) -> None:
    one = await applying.granted()
    applying.served.pass_time(days=731)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_GRANTED
    assert (await applying.paper(one)).validity == pb.PERMIT_VALIDITY_ENDED


async def test_a_paper_that_is_issued_ahead_holds_from_its_first_day_on(applying: Applying) -> None:
    first = f"{applying.served.now + timedelta(days=3):%Y-%m-%d}"
    one = await applying.granted("acara", CAMAT, first_day=first, last_day=first)
    assert (await applying.paper(one)).validity == pb.PERMIT_VALIDITY_COMING
    applying.served.pass_time(days=3)
    assert (await applying.paper(one)).validity == pb.PERMIT_VALIDITY_VALID
