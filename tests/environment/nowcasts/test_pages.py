"""Nowcasts on the pages and in the API, through a gateway."""

from datetime import UTC, datetime, timedelta

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
        served.now = now - timedelta(hours=1)
        await forecasters.listed()
        page = (await client.get("/lingkungan", headers=EN)).text
        assert "These may be out of date" in page
        assert "Severity</dt><dd>moderate" in page
        found = (await client.get("/v1/nowcasts")).json()
        assert [(one["identifier"], one["event"]) for one in found["nowcasts"]] == [(name(1), "Hujan Lebat dan Petir")]
        assert found["feed"] == service.url
