"""Nowcasts on the pages and in the API, through a gateway."""

from datetime import UTC, datetime, timedelta

import pytest

from services.environment.nowcasts import actions
from tests.environment.nowcasts.feed import Weather, message, name
from tests.fixtures.edge import edge_before

EN = {"accept-language": "en"}


async def test_both_pages_show_them_with_their_source_and_how_fresh_they_are(forecasters: Weather) -> None:
    served, service = forecasters.sensing.served, forecasters.service
    served.now = now = datetime.now(UTC)
    service.messages[name(1)] = message(name(1), now, headline="Hujan <b>Lebat</b> disertai Petir".replace("<", "&lt;"))
    await forecasters.listed()
    async with edge_before(served) as client:
        for path in ("/lingkungan", "/lingkungan/peringatan"):
            page = (await client.get(path)).text
            assert "BMKG (Badan Meteorologi, Klimatologi, dan Geofisika)" in page
            assert "Hujan &lt;b&gt;Lebat&lt;/b&gt; disertai Petir" in page
            assert "Semarang Tengah" in page
            assert 'href="https://nowcasting.bmkg.go.id/infografis/CJT/2026/11/23/infografis.jpg"' in page
            assert "Keparahan</dt><dd>sedang" in page
            assert "0 menit yang lalu" in page
            assert 'note good">Kota tidak memberi' not in page, "not green while BMKG warns"
            assert '<a href="#nowcasts">BMKG memperingatkan cuaca' in page
        served.now = now - timedelta(hours=1)
        await forecasters.listed()
        page = (await client.get("/lingkungan", headers=EN)).text
        assert "These may be out of date" in page
        assert "Severity</dt><dd>moderate" in page
        found = (await client.get("/v1/nowcasts")).json()
        assert [(one["identifier"], one["event"]) for one in found["nowcasts"]] == [(name(1), "Hujan Lebat dan Petir")]
        assert found["feed"] == service.url


async def test_no_page_gives_an_all_clear_that_is_old(forecasters: Weather) -> None:
    served = forecasters.sensing.served
    served.now = now = datetime.now(UTC)
    await forecasters.listed()
    clear = "BMKG warns of nothing in this city at the moment."
    async with edge_before(served) as client:
        for path in ("/lingkungan", "/lingkungan/peringatan"):
            assert clear in (await client.get(path, headers=EN)).text
        served.now = now - timedelta(hours=1)
        await forecasters.listed()
        for path in ("/lingkungan", "/lingkungan/peringatan"):
            page = (await client.get(path, headers=EN)).text
            assert clear not in page
            assert "By that reading BMKG warned of nothing; that is no all clear." in page


async def test_the_citys_warnings_stand_where_nobody_answers_for_the_weather(
    forecasters: Weather, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = forecasters.sensing.served
    served.now = datetime.now(UTC)

    async def fail(*_: object) -> None:
        raise RuntimeError("of this test")

    monkeypatch.setattr(actions, "holding", fail)
    async with edge_before(served) as client:
        page = await client.get("/lingkungan/peringatan", headers=EN)
        assert page.status_code == 200
        assert 'id="now"' in page.text
        assert 'id="nowcasts-title"' in page.text
