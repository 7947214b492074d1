"""A feed's own translations: names by the language that is asked for, the feed's own where it has no other."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.answers.languages import wanted
from services.living.feeds.wordbook import Wordbook
from tests.fixtures.edge import edge_before
from tests.living.feeds.depot import packed
from tests.living.journeys.transit import SEMARANG_NOW, Transit

TRANSLATIONS = (
    "table_name,field_name,language,translation,record_id,field_value\n"
    "stops,stop_name,en,Great Market,P1,\nstops,stop_name,en,Monument,,Tugu Kota\n"
    "routes,route_long_name,en,Market - Terminal,L,\ntrips,trip_headsign,en,East Terminal,,Terminal Timur\n"
)
ROWS = [
    ("stops", "stop_name", "en", "Monument", "", "Tugu"),
    ("stops", "stop_name", "en", "The Monument", "Q", ""),
    ("stops", "stop_name", "en-GB", "Monument Stop", "Q", ""),
]


def test_the_row_goes_before_its_text_and_a_language_before_its_family() -> None:
    book = Wordbook("id", ROWS)
    said = [book.of("stops", each).of("stop_name", "Q", "Tugu") for each in ("en", "EN-gb", "en-US", "id", "fr", "")]
    assert said == ["The Monument", "Monument Stop", "The Monument", "Tugu", "Tugu", "Tugu"]
    assert book.of("stops", "en").of("stop_name", "other", "Tugu") == "Monument"
    assert book.of("routes", "en").of("route_long_name", "L", "Tugu") == "Tugu"


@pytest.mark.parametrize(
    ("header", "languages"),
    [
        ("en", ["en"]),
        ("id; q=0.5, en-GB; q=0.9, fr", ["fr", "en-GB", "id"]),
        ("id;q=0.5,en;q=0.5", ["id", "en"]),
        ("*", []),
        ("", []),
        ("en;q=0", []),
        ("<script>, fr;q=x", []),
    ],
)
def test_languages_are_tried_in_the_order_in_which_they_are_wanted(header: str, languages: list[str]) -> None:
    assert wanted(header) == languages


async def test_departures_journeys_stops_and_pages_speak_the_language_that_is_asked_for(
    bare: Transit, tmp_path: Path
) -> None:
    path = tmp_path / "feed.zip"
    path.write_bytes(packed({"translations.txt": TRANSLATIONS}).getvalue())
    await bare.enter(path, SEMARANG_NOW.date())
    english, own = {"accept-language": "en-GB, id;q=0.5"}, {"accept-language": "id"}
    morning = datetime(2026, 11, 24, 22, 45, tzinfo=UTC).isoformat()
    async with edge_before(bare.served) as client:

        async def told(address: str, accepts: dict[str, str], **query: str) -> str:
            answer = await client.get(address, headers=accepts, params=query)
            assert answer.status_code == 200, answer.text
            assert address.startswith("/transit") or "Accept-Language" in answer.headers["vary"]
            return answer.text

        for address, query, words in (
            ("/v1/stops/P1/departures", {"minutes": "1440"}, {"East Terminal", "Market - Terminal"}),
            ("/v1/journeys", {"from": "P1", "to": "R", "at": morning}, {"Great Market", "Monument", "East Terminal"}),
            ("/v1/stops/Q", {}, {"Monument"}),
            ("/transit/halte/Q", {}, {"Monument"}),
            ("/transit/jalur/L", {}, {"Market - Terminal", "East Terminal"}),
        ):
            spoken = await told(address, english, **query)
            assert [each for each in words if each not in spoken] == [], address
            assert not [each for each in words if each in await told(address, own, **query)], address
        asked = await told("/v1/stops/Q", own, language="en")
        assert "Monument" in asked, "what is asked for goes before what a program prefers"
