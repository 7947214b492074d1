"""Pump stations at the portal: what everybody reads, and the desk that switches them."""

import re
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from gateway.portal.environment import pump_desk
from smartcity.environment.v1.pumps_pb2 import PumpCommandState
from tests.fixtures.house import new_key
from tests.gateway.portal.pages import Browser, Page
from tests.gateway.running import Stand

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-"
WHY = "Hujan deras di hulu, muka air naik."


@pytest.fixture
async def works(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the agency for public works, whose pumps are."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-dpu"))


async def station_page(works: Browser, *, device: bool = True) -> Page:
    """The desk's page of a new station."""
    page, code = await works.open("/petugas/alat/baru"), f"pompa-{new_key()[-12:]}"
    entries = {"kind": "pump_station", "name": "Rumah pompa uji", "lat": "-6,95", "lon": "110,459"}
    page = await works.send(page.forms["register-form"], code=code, **entries)
    if device:
        await works.send(page.forms["issue-form"], name=f"d{new_key()[-12:]}")
    return await works.open(f"/petugas/pompa/{code}")


async def test_everybody_reads_what_stations_can_do_and_where_that_is_known_from(client: httpx.AsyncClient) -> None:
    page = (await client.get("/lingkungan/pompa")).text
    english = (await client.get("/lingkungan/pompa", headers={"accept-language": "en"})).text
    assert ("planned figure" in page, "angka rencana" in page, "planned figure" in english) == (False, True, True)
    assert "Rumah Pompa Kali Sringin" in page
    assert "10.000 l/dtk" in page
    assert "nyalanusantara.com" in page
    assert "tidak diketahui" in page
    assert "tidak ada kabar" in page
    assert WHY not in page
    assert 'href="/lingkungan/pompa"' in (await client.get("/lingkungan")).text


async def test_a_command_is_given_and_stands_in_the_log_with_who_and_why(
    stand: Stand, works: Browser, citizen: Browser
) -> None:
    page = await station_page(works)
    assert "no-commands" in page.ids
    page = await works.send(page.forms["switch-form"], pumps="2", reason=WHY)
    assert "on its way" in page.words
    assert (WHY in page.words, "under-way" in page.ids, "waiting to be sent" in page.words) == (True, True, True)
    again = await works.send(page.forms["switch-form"], pumps="1", reason=WHY)
    assert (again.status, "Another command to this station is under way." in again.words) == (409, True)
    log = page.source.split('id="commands"')[1].split("</table>")[0]
    assert ">you</span>" in log
    assert not re.search(UUID, re.sub('data-command="[^"]+"', "", log)), "nobody's login"
    admin = Browser(works.client, await stand.bearer("admin"))
    assert "an officer of Public Works" in (await admin.open(page.answer.url.path)).words
    listed = await citizen.open("/lingkungan/pompa")
    assert "2 to run" in listed.words
    assert WHY not in listed.source


async def test_a_drill_is_written_down_and_keeps_nothing_waiting(works: Browser) -> None:
    page = await station_page(works, device=False)
    refused = await works.send(page.forms["switch-form"], pumps="2", reason=WHY)
    assert "no device that could obey" in refused.words
    page = await works.send(refused.forms["switch-form"], exercise="yes")
    assert "Nothing was sent." in page.words
    assert "under-way" not in page.ids


@pytest.mark.parametrize(("pumps", "reason", "field"), [("dua", WHY, "pumps"), ("1,5", WHY, "pumps"),
                                                         ("21", WHY, "pumps"), ("1", "naik", "reason")])  # fmt: skip
async def test_entries_that_are_none_are_told_beside_their_fields(
    works: Browser, pumps: str, reason: str, field: str
) -> None:
    page = await station_page(works)
    page = await works.send(page.forms["switch-form"], pumps=pumps, reason=reason)
    assert (page.status in (400, 422), page.ids[field]["aria-invalid"]) == (True, "true")


@pytest.mark.parametrize("pumps", ["21", "101"])
async def test_of_too_many_pumps_it_is_said_how_many_can_be_told_to_run(works: Browser, pumps: str) -> None:
    page = await station_page(works)
    assert "0 to 20: how many there are is not known." in page.words
    page = await works.send(page.forms["switch-form"], pumps=pumps, reason=WHY)
    assert (page.status, "Write 0 to 20: more cannot be told to run here." in page.words) == (422, True)
    assert "does not have so many" not in page.words


async def test_the_desk_is_for_the_stations_agency(stand: Stand, works: Browser, citizen: Browser) -> None:
    path = (await station_page(works)).answer.url.path
    assert (await citizen.open(path)).status in (401, 403)
    async with stand.client() as client:
        other = Browser(client, await stand.bearer("petugas-dlh"))
        page = await other.open(path)
        assert ("not-mine" in page.ids, "switch-form" in page.forms, "log" in page.ids) == (True, False, False)
        assert "nothing" in (await other.open("/petugas/pompa")).ids


@pytest.mark.parametrize("language", ["id", "en"])
def test_each_state_of_a_command_has_words_of_its_own(language: str) -> None:
    text = (Path(pump_desk.__file__).parent / "texts" / f"{language}-pumps.toml").read_text(encoding="utf-8")
    words = tomllib.loads(text)["pump_command_state"]
    assert set(words) == {one.removeprefix("PUMP_COMMAND_STATE_").lower() for one in PumpCommandState.keys()[1:]}
    assert len(set(words.values())) == len(words)
