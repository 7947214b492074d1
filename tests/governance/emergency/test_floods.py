"""Incidents that warnings of floods open, from the first high water to the all clear."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from services.governance.incidents.model import Outcome
from services.governance.settling import actions as settling
from services.governance.settling.model import Report
from smartcity.governance.v1 import incidents_pb2 as pb
from smartcity.governance.v1 import overview_pb2
from tests.governance.conftest import Governance
from tests.governance.emergency.floods import AWAS, KEMIJEN, SIAGA, TANJUNG_MAS, cleared, warned
from tests.governance.emergency.room import Room


async def listed(room: Room) -> list[pb.Incident]:
    """All incidents, the newest first."""
    return list((await room.call("IncidentService.ListIncidents", pb.ListIncidentsRequest())).incidents)


async def test_a_flood_that_comes_back_after_its_incident_was_closed_opens_another(
    room: Room, governance: Governance
) -> None:
    await warned(room.served, "warning-1", AWAS, KEMIJEN)
    (first,) = await listed(room)
    await room.ask("CloseIncident", room.closing(first))
    await warned(room.served, "warning-1", AWAS, KEMIJEN, TANJUNG_MAS, updated=True)
    assert len(await listed(room)) == 1, "it holds on: dispatchers have closed it knowing that"
    for level in (SIAGA, AWAS, AWAS, SIAGA, AWAS):
        governance.pass_time(hours=3)
        await warned(room.served, "warning-1", level, KEMIJEN, updated=True)
    second, _ = await listed(room)
    assert (second.state, second.warning) == (pb.INCIDENT_STATE_WAITING, first.warning)
    assert len(await listed(room)) == 2, "one at a time"
    await cleared(room.served, "warning-1")
    told = [(line.what, line.text) for line in (await room.seen(second.id)).timeline]
    assert told[1:] == [("flood_level", "siaga"), ("flood_level", "awas"), ("flood_over", "")]
    assert "flood_over" not in [line.what for line in (await room.seen(first.id)).timeline]


async def test_a_flood_whose_incident_was_merged_opens_another_once_that_is_over(room: Room) -> None:
    await warned(room.served, "warning-1", AWAS, KEMIJEN)
    (flood,) = await listed(room)
    told = await room.merged(flood, await room.opened(kind="flood"))
    for level in (SIAGA, AWAS):
        await warned(room.served, "warning-1", level, KEMIJEN, updated=True)
    assert len(await listed(room)) == 2, "it goes on where it was merged into"
    await room.ask("CloseIncident", room.closing(await room.seen(told.id)))
    for level in (SIAGA, AWAS):
        await warned(room.served, "warning-1", level, KEMIJEN, updated=True)
    assert len(await listed(room)) == 3
    assert (await room.unmerged(flood)).state == pb.INCIDENT_STATE_WAITING, "a dispatcher takes the two for one, or not"
    await cleared(room.served, "warning-1")
    over = ["flood_over" in [line.what for line in (await room.seen(one.id)).timeline] for one in await listed(room)]
    assert over == [True, False, True], "whoever works on either hears of the all clear"


async def test_a_flood_that_comes_back_while_its_incident_is_being_closed_opens_another(
    room: Room, governance: Governance
) -> None:
    await warned(room.served, "warning-1", AWAS, KEMIJEN)
    await warned(room.served, "warning-1", SIAGA, KEMIJEN, updated=True)
    (first,) = await listed(room)
    async with governance.runtime.transaction() as tx:
        await settling.close(tx, first.id, first.etag, Report(Outcome.RESOLVED, "Air sudah surut."))
        rising = asyncio.create_task(warned(room.served, "warning-1", AWAS, KEMIJEN, updated=True))
        assert not (await asyncio.wait([rising], timeout=0.3))[0], "it waits until that is known"
    await rising
    assert [one.state for one in await listed(room)] == [pb.INCIDENT_STATE_WAITING, pb.INCIDENT_STATE_CLOSED]


async def test_a_flood_whose_level_the_version_before_wrote_nowhere_opens_nothing_twice(
    room: Room, governance: Governance
) -> None:
    await warned(room.served, "warning-1", AWAS, KEMIJEN)
    await governance.admin.execute("UPDATE governance.flooded_area SET level = NULL")
    await room.ask("CloseIncident", room.closing((await listed(room))[0]))
    await warned(room.served, "warning-1", AWAS, KEMIJEN, updated=True)
    assert len(await listed(room)) == 1


async def test_a_flood_that_was_merged_into_what_somebody_called_about_is_a_flood_until_the_all_clear(
    room: Room, governance: Governance
) -> None:
    await warned(room.served, "warning-1", AWAS, KEMIJEN)
    (flood,) = await listed(room)
    other, third = await room.opened(kind="flood"), await room.opened(kind="flood")
    await room.merged(flood, other)
    await room.merged(other, third)
    await room.opened()
    told = await governance.call("OverviewService.GetOverview", overview_pb2.GetOverviewRequest())
    assert (told.incidents_open, told.flood_incidents) == (2, 1)
    await cleared(room.served, "warning-1")
    assert [line.what for line in (await room.seen(third.id)).timeline].count("flood_over") == 1
    await room.ask("CloseIncident", room.closing(await room.seen(third.id)))
    told = await governance.call("OverviewService.GetOverview", overview_pb2.GetOverviewRequest())
    assert (told.incidents_open, told.flood_incidents) == (1, 0)


async def test_where_a_lesser_level_opens_an_incident_already_a_graver_one_does_too_and_once(
    room: Room, governance: Governance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A protocol says from which level on; a warning may begin with a graver one."""
    from_siaga_on(governance, tmp_path, monkeypatch)
    await warned(room.served, "warning-1", AWAS, KEMIJEN)
    (first,) = await listed(room)
    await room.ask("CloseIncident", room.closing(first))
    for level in (AWAS, SIAGA, SIAGA):
        await warned(room.served, "warning-1", level, KEMIJEN, updated=True)
    assert len(await listed(room)) == 1, "it holds on, or falls: dispatchers have closed it knowing that"
    await warned(room.served, "warning-2", SIAGA, TANJUNG_MAS)
    assert len(await listed(room)) == 2


async def test_a_flood_that_becomes_graver_after_its_incident_was_closed_opens_another(
    room: Room, governance: Governance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dispatchers closed it knowing the lesser level; nobody at 112 knows of the graver one."""
    from_siaga_on(governance, tmp_path, monkeypatch)
    await warned(room.served, "warning-1", SIAGA, KEMIJEN)
    (first,) = await listed(room)
    await room.ask("CloseIncident", room.closing(first))
    for level in (SIAGA, AWAS, AWAS):
        await warned(room.served, "warning-1", level, KEMIJEN, updated=True)
    assert [one.state for one in await listed(room)] == [pb.INCIDENT_STATE_WAITING, pb.INCIDENT_STATE_CLOSED]


async def test_a_flood_that_becomes_graver_while_somebody_works_on_it_opens_no_other(
    room: Room, governance: Governance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not when it is closed later either: then dispatchers know of the graver level."""
    from_siaga_on(governance, tmp_path, monkeypatch)
    await warned(room.served, "warning-1", SIAGA, KEMIJEN)
    await warned(room.served, "warning-1", AWAS, KEMIJEN, updated=True)
    (first,) = await listed(room)
    await room.ask("CloseIncident", room.closing(first))
    await warned(room.served, "warning-1", AWAS, KEMIJEN, updated=True)
    assert len(await listed(room)) == 1


def from_siaga_on(governance: Governance, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The city's protocol opens an incident from siaga on."""
    city = governance.runtime.city
    text = (city.folder / "emergency_protocol.toml").read_text(encoding="utf-8")
    lesser = text.replace('level = "awas"', 'level = "siaga"')
    (folder / "emergency_protocol.toml").write_text(lesser, encoding="utf-8")
    monkeypatch.setattr(governance.runtime, "city", replace(city, folder=folder))
