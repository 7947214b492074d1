"""Waste at the portal: pick-up days for everybody, the desk of the fleet, and the crew's page without a network."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.environment.rounds import timers
from services.environment.settings import EnvironmentSettings
from services.kit.city import load_city
from services.kit.database.pool import connect_pool
from services.kit.runtime import Runtime
from tests.gateway.conftest import _pillar_values
from tests.gateway.portal.pages import Browser, Page
from tests.gateway.running import Stand

Plans = Callable[[str, int], Awaitable[Page]]


@pytest.fixture
async def crew(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the agency that collects waste."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-dlh"))


_SUPERSEDED = """
UPDATE round_plan AS one SET state = 'superseded' FROM round_plan AS made
 WHERE made.id = $1 AND one.depot = made.depot AND one.day = made.day - 1 AND one.state = 'planned'
"""
_OF_TODAY = """
UPDATE round_plan AS made SET day = day - 1, edition = 1 + (
    SELECT coalesce(max(edition), 0) FROM round_plan AS one WHERE one.depot = made.depot AND one.day = made.day - 1)
 WHERE id = $1
"""


@pytest.fixture
async def plans(crew: Browser, edge_database: str, assertion_key: dict[str, Any]) -> AsyncIterator[Plans]:
    """Plans a depot's day some days from now at the desk; the page of the plan when it is made. Of today is what was
    planned the day before: late in the day nothing can be collected any more.
    """
    settings = EnvironmentSettings.model_validate(
        {**_pillar_values(edge_database, assertion_key), "round_seconds": 0.5}
    )
    pool = await connect_pool(edge_database, "environment", 2)
    runtime = Runtime("environment", settings, pool, load_city("semarang"))

    async def planned(depot: str, days: int) -> Page:
        page = await crew.open("/petugas/armada")
        page = await crew.send(page.forms["plan-form"], depot=depot, day=day_in(max(days, 1)))
        assert "progress" in page.ids, page.words
        await timers.make_plans(runtime)
        if not days:
            plan = UUID(page.answer.url.path.rpartition("/")[2])
            await pool.execute(_SUPERSEDED, plan)
            await pool.execute(_OF_TODAY, plan)
        return await crew.open(page.answer.url.path)

    yield planned
    await pool.close()


def day_in(days: int) -> str:
    """A day of the city's calendar, as forms send it."""
    return (datetime.now(UTC) + timedelta(hours=7, days=days)).date().isoformat()


def crew_page(page: Page) -> str:
    """The address of the first truck's page."""
    truck = next(one for one in page.ids if one.startswith(("kaligawe-", "tambakaji-")) and not one.endswith("-title"))
    return f"{page.answer.url.path}/{truck}"


async def test_pick_up_days_are_for_everybody_and_say_that_they_are_made_up(client: httpx.AsyncClient) -> None:
    page = (await client.get("/lingkungan/sampah?q=sekayu")).text
    assert "Senin, Rabu, Jumat, Minggu" in page
    assert "rekaan untuk peragaan" in page
    assert "05.00–09.30" in page
    english = (await client.get("/lingkungan/sampah?q=sekayu", headers={"accept-language": "en"})).text
    assert "Monday, Wednesday, Friday, Sunday" in english
    assert "05:00–09:30" in english
    assert "made up for show" in english
    assert "setiap hari" in (await client.get("/lingkungan/sampah?q=kauman")).text
    assert 'id="nothing"' in (await client.get("/lingkungan/sampah?q=atlantis")).text
    assert 'id="waste"' in (await client.get("/lingkungan")).text
    listed = (await client.get("/v1/waste/pickups", params={"area": "33.74.01", "q": "sekayu"})).json()
    assert listed["made_up"]
    assert [one["area"]["name"] for one in listed["pickups"]] == ["Sekayu"]


async def test_a_day_is_planned_shown_and_ticked_off_without_scripts(crew: Browser, plans: Plans) -> None:
    page = await plans("kaligawe", 0)
    for said in ("straight lines", "made up"):
        assert said in page.words
    assert "<svg" in page.source
    sheet = await crew.open(crew_page(page))
    assert "data-print" in sheet.source
    action = sheet.forms["done-1"]
    another = await crew.send(action, who="0123456789abcdef")
    assert (another.status, "Somebody else ticked" in another.words) == (403, True)
    ticked = await crew.send(action)
    assert ticked.answer.history[0].status_code == 303
    assert "Ticked off." in ticked.words
    unreached = await crew.send(sheet.forms["unreachable-2"])
    assert unreached.status == 422
    unreached = await crew.send(sheet.forms["unreachable-2"], note="Jalan ditutup pasar malam.")
    assert "Jalan ditutup pasar malam." in unreached.words
    stale = await crew.send(action, request_id="another-key-of-the-same-crew")
    assert stale.status == 412
    form = (await crew.open("/petugas/armada")).forms["plan-form"]
    again = await crew.send(form, depot="kaligawe", day=day_in(0))
    assert "trucks have left" in again.words
    sheet = await crew.open(crew_page(page))
    back = await crew.send(sheet.forms["open-1"])
    assert "The tick is taken back" in back.words


async def test_a_round_of_a_day_to_come_says_from_when_its_stops_can_be_ticked_off(crew: Browser, plans: Plans) -> None:
    assert "ahead" in (await crew.open(crew_page(await plans("tambakaji", 2)))).ids
    assert "ahead" not in (await crew.open(crew_page(await plans("tambakaji", 0)))).ids


async def test_a_superseded_plan_and_its_crews_pages_lead_to_the_one_that_holds(crew: Browser, plans: Plans) -> None:
    before, now = await plans("kaligawe", 3), await plans("kaligawe", 3)
    for address in (before.answer.url.path, crew_page(before)):
        page = await crew.open(address)
        assert "superseded" in page.ids
        assert f'href="{now.answer.url.path}"' in page.source


_JOB = """
INSERT INTO environment.cleanup (id, version, state, complaint_id, complaint, correlation, category, area, lon, lat,
                                 agency, created_at, updated_at)
VALUES ($1::uuid, 1, 'open', $1::uuid::text, 'SMG-OVER-01', '', 'sampah-menumpuk', '33.74.03.1001', 110.4389, -6.9610,
        'dlh', now(), now())
"""


async def test_a_stop_whose_job_is_over_is_called_off_on_the_plans_and_the_crews_page(
    crew: Browser, plans: Plans, edge_database: str
) -> None:
    job = uuid4()
    pool = await connect_pool(edge_database, "environment", 1)
    await pool.execute(_JOB, job)
    page = await plans("kaligawe", 4)
    await pool.execute("UPDATE environment.cleanup SET state = 'cancelled' WHERE id = $1", job)
    await pool.close()
    page = await crew.open(page.answer.url.path)
    assert "This job is done or called off" in page.words
    sheets = [
        await crew.open(address) for address in re.findall(rf'href="({page.answer.url.path}/[^"]+)"', page.source)
    ]
    sheet = next(one for one in sheets if "SMG-OVER-01" in one.source)
    item = sheet.source[sheet.source.index('data-hindrance="job_over"') :].partition("</li>")[0]
    assert "data-tick" not in item


async def test_the_desk_is_for_who_collects_waste(stand: Stand, citizen: Browser) -> None:
    assert (await citizen.open("/petugas/armada")).status in (401, 403)
    async with stand.client() as client:
        other = Browser(client, await stand.bearer("petugas-dpu"))
        page = await other.open("/petugas/armada")
        assert "no-depots" in page.ids
        assert "plan-form" not in page.forms


async def test_what_the_script_sends_is_answered_in_json(crew: Browser, plans: Plans) -> None:
    sheet = await crew.open(crew_page(await plans("tambakaji", 2)))
    action = sheet.forms["done-1"]
    headers = {**crew.headers, "accept": "application/json"}
    answer = await crew.client.post(action.action, headers=headers, data=action.filled(time="1"))
    assert answer.status_code == 409, answer.text  # the day has not come
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert (told["state"], bool(told["why"]), bool(told["etag"])) == ("open", True, True)


async def test_a_tick_that_was_overtaken_is_answered_with_how_its_stop_stands_now(crew: Browser, plans: Plans) -> None:
    sheet = await crew.open(crew_page(await plans("tambakaji", 0)))
    await crew.send(sheet.forms["unreachable-1"], note="Jalan ditutup pasar malam.")
    headers = {**crew.headers, "accept": "application/json"}

    async def ticked(etag: str) -> httpx.Response:
        action = sheet.forms["done-1"]
        return await crew.client.post(action.action, headers=headers, data={**action.filled(), "etag": etag})

    stale = await ticked(sheet.forms["done-1"].filled()["etag"])
    told = stale.json()
    assert (stale.status_code, told["state"], told["note"]) == (412, "unreachable", "Jalan ditutup pasar malam.")
    assert "ticked otherwise meanwhile" in told["why"]
    again = await ticked(told["etag"])
    assert (again.status_code, again.json()["state"], again.json()["note"]) == (200, "done", "")
