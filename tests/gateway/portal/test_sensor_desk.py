"""The desk of what measures: register, move, retire; add and calibrate series; issue, rotate and revoke devices."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from lxml import html

from tests.fixtures.house import new_key
from tests.gateway.portal.pages import Browser, Page
from tests.gateway.running import Stand

SIMONGAN = {"lat": "-6,995", "lon": "110,401"}
WHY = "Dibandingkan dengan mistar ukur."


@pytest.fixture
async def works(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the agency for public works, whose gauges and pumps are."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-dpu"))


async def registered(works: Browser) -> Page:
    """The desk's page of a new gauge."""
    page = await works.open("/petugas/alat/baru")
    code = f"duga-{new_key()[-12:]}"
    return await works.send(page.forms["register-form"], kind="river_gauge", name="Duga air uji", code=code, **SIMONGAN)


async def with_stream(works: Browser) -> tuple[Page, str]:
    """The same with a level that it measures, and that one's id."""
    page = await registered(works)
    page = await works.send(
        page.forms["stream-form"], property="water_level", name="level", sensor="Radar 26 GHz",
        feature_of_interest="Kali Garang", least="0", most="10,5", period_seconds="60",
    )  # fmt: skip
    assert "The series was added." in page.words, page.words
    found = re.search(r'data-datastream="([^"]+)"', page.source)
    assert found is not None
    return page, found[1]


async def test_a_thing_is_registered_moved_and_retired(works: Browser, citizen: Browser) -> None:
    page = await registered(works)
    assert (page.status, "Registered." in page.words) == (200, True)
    code = page.answer.url.path.rpartition("/")[2]
    page = await works.send(page.forms["move-form"], lat="-6.9805", lon="110.4137", note="Digeser ke hilir.")
    assert "Digeser ke hilir." in page.words
    assert "Sekayu" in page.words
    page = await works.send(page.forms["retire-form"], reason="kurang")
    assert (page.status, page.ids["reason"]["aria-invalid"]) == (422, "true")
    page = await works.send(page.forms["retire-form"], reason="Diganti alat baru.")
    assert ("retired" in page.ids, list(page.forms)) == (True, ["/auth/logout"] if "/auth/logout" in page.forms else [])
    assert code in (await works.open("/petugas/alat?pensiun=1")).source
    assert "retired" in (await citizen.open(f"/lingkungan/alat/{code}")).ids


async def test_a_thing_with_more_series_than_one_call_answers_is_shown_with_all_of_them(
    works: Browser, citizen: Browser
) -> None:
    page = await registered(works)
    code = page.answer.url.path.rpartition("/")[2]
    for number in range(8):
        page = await works.send(
            page.forms["stream-form"], property="rainfall", name=f"hujan_{number}", sensor="Timba jungkit",
            feature_of_interest="Kali Garang", least="0", most="10,5", period_seconds="60",
        )  # fmt: skip
    shown = await citizen.open(f"/lingkungan/alat/{code}")
    assert (shown.status, shown.source.count('data-datastream="')) == (200, 8)


async def test_entries_that_are_none_are_told_beside_their_fields_and_kept(works: Browser) -> None:
    page = await works.open("/petugas/alat/baru")
    page = await works.send(page.forms["register-form"], kind="river_gauge", name="Duga", code="duga-x", lat="utara")
    assert (page.status, page.ids["lat"]["aria-invalid"], page.ids["lat"]["value"]) == (422, "true", "utara")
    page = await works.send(page.forms["register-form"], code="Duga X", **SIMONGAN)
    assert (page.ids["code"]["aria-invalid"], "small letters" in page.words) == ("true", True)
    page = await works.send(page.forms["register-form"], code=f"x{new_key()[-9:]}", lat="-5", lon="100")
    assert "outside the city" in page.words
    page = await works.send(page.forms["register-form"], code="duga-simongan", **SIMONGAN)
    assert "Another sensor has this code." in page.words


async def test_a_series_is_calibrated_and_its_datum_set_from_a_full_hour_on(works: Browser, citizen: Browser) -> None:
    page, stream = await with_stream(works)
    form = page.forms[f"calibrate-{stream}-form"]
    page = await works.send(form, factor="satu", offset="0", reason=WHY)
    assert page.ids[f"calibrate-{stream}-factor"]["aria-invalid"] == "true"
    page = await works.send(page.forms[f"calibrate-{stream}-form"], factor="1,02", offset="-0,1", reason=WHY)
    assert "reading × 1.02 − 0.1" in page.words
    page = await works.send(page.forms[f"datum-{stream}-form"], height="-0,35", since="2026-01-02T08:17", reason=WHY)
    assert (page.status, "A correction holds from a full hour" in page.words) == (422, True)
    page = await works.send(page.forms[f"datum-{stream}-form"], height="-0,35", since="0001-01-01T00:00", reason=WHY)
    assert page.status == 422
    page = await works.send(page.forms[f"datum-{stream}-form"], height="-0,35", since="2026-01-02T08:00", reason=WHY)
    assert "The datum is recorded." in page.words
    public = await citizen.open(f"/lingkungan/alat/{page.answer.url.path.rpartition('/')[2]}")
    assert "-0.350 m above the city's reference, since 2 January 2026, 08:00" in public.words


async def test_who_saw_an_older_version_sees_the_newest_with_their_entries_still_there(works: Browser) -> None:
    page, stream = await with_stream(works)
    form = page.forms[f"calibrate-{stream}-form"]
    await works.send(form, factor="2", reason=WHY)
    page = await works.send(form, factor="3", reason=WHY, request_id=new_key())
    assert (page.status, "This has been changed since you opened it" in page.words) == (412, True)
    assert page.ids[f"calibrate-{stream}-factor"]["value"] == "3"
    page = await works.send(page.forms[f"calibrate-{stream}-form"])
    assert "Calibration recorded." in page.words


async def test_the_password_of_a_device_is_on_the_page_that_answers_and_nowhere_else(works: Browser) -> None:
    page = await registered(works)
    address, form = page.answer.url.path, page.forms["issue-form"]
    page = await works.send(form)
    first = re.search(r'id="password">([A-Z2-7]{32})<', page.source)
    assert first is not None, page.words
    assert (page.answer.headers["cache-control"], page.answer.url.query) == ("no-store", b"")
    assert first[1] not in str(page.answer.url)
    assert first[1] in (await works.send(form)).source, "the same form sent again is answered with the same one"
    page = await works.open(address)
    assert first[1] not in page.source
    device = form.filled()["name"]
    page = await works.send(page.forms[f"rotate-{device}-form"])
    second = re.search(r'id="password">([A-Z2-7]{32})<', page.source)
    assert second is not None
    assert second[1] != first[1]
    page = await works.send(page.forms[f"revoke-{device}-form"], reason="pendek")
    assert page.ids[f"revoke-{device}-reason"]["aria-invalid"] == "true"
    page = await works.send(page.forms[f"revoke-{device}-form"], reason="Alat dicuri semalam.")
    assert (f"rotate-{device}-form" in page.forms, "Alat dicuri semalam." in page.words) == (False, True)


async def test_how_devices_behave_stands_in_the_list_of_things_where_html_lets_a_list_stand(works: Browser) -> None:
    await works.send((await registered(works)).forms["issue-form"])
    document = html.document_fromstring((await works.open("/petugas/alat")).source)
    assert document.xpath("//td//*[@class='reads']//ul")
    assert not document.xpath("//span//ul")


async def test_another_agency_sees_a_thing_and_changes_nothing(
    works: Browser, officer: Browser, verifier: Browser
) -> None:
    page = await registered(works)
    address = page.answer.url.path
    for other in (officer, verifier):
        seen = await other.open(address)
        assert ("not-mine" in seen.ids, "retire-form" in seen.forms) == (True, False)
    move = await officer.send(page.forms["move-form"], note="Bukan milik kami.", **SIMONGAN, csrf="")
    assert move.status == 403
    assert "duga-simongan" in (await works.open("/petugas/alat")).source
    assert "duga-simongan" not in (await officer.open("/petugas/alat")).source


async def test_the_desk_needs_a_login(citizen: Browser, client: httpx.AsyncClient) -> None:
    for path in ("", "/baru", "/duga-simongan"):
        assert (await citizen.open(f"/petugas/alat{path}")).status == 401
