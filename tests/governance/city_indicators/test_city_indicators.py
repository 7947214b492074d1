"""What the city is measured by: with the source of each value, and years that are missing shown so."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from gateway.portal.governance.city_indicators import years
from services.governance.city_indicators.profile import FILE, VALUES, measured
from services.kit.city import CityError, load_city
from tests.governance.cases import file
from tests.governance.conftest import Governance
from tests.governance.performance.hearing import Hearing


def test_the_city_has_its_ten_priorities_and_tells_what_it_does_not_know() -> None:
    found = measured(load_city("semarang"))
    assert found is not None
    ten = [one for one in found.terms.indicators if one.priority]
    assert [one.priority for one in ten] == list("abcdefghij")
    assert [one.id for one in ten if not found.values[one.id]] == ["banjir-rob", "ipg"]
    assert {one.value_type for one in found.values["irb"]} == {"target"}
    statuses = Counter(one.status for values in found.values.values() for one in values)
    assert statuses == {"verified": 38, "partly": 6, "memory": 4, "derived": 2}
    assert measured(load_city("kabupaten-semarang")) is None


def test_a_value_of_no_indicator_is_named_with_its_line(tmp_path: Path) -> None:
    here = load_city("semarang").folder
    (tmp_path / FILE).write_text((here / FILE).read_text())
    (tmp_path / VALUES).write_text((here / VALUES).read_text() + "ipx,2020,1,actual,verified,,a source\n")
    with pytest.raises(CityError, match=r"indicators.csv:52: there is no indicator \"ipx\""):
        measured.__wrapped__(SimpleNamespace(folder=tmp_path))


def test_years_of_the_plan_and_between_values_are_all_there() -> None:
    told = [SimpleNamespace(year=2018), SimpleNamespace(year=2023), SimpleNamespace(year=2023)]
    assert [(one.year, len(one.values)) for one in years(told, range(2016, 2018))] == [
        (2016, 0), (2017, 0), (2018, 1), (2019, 0), (2020, 0), (2021, 0), (2022, 0), (2023, 2)
    ]  # fmt: skip
    assert years([], ()) == []


async def test_the_page_shows_values_sources_and_what_is_counted(
    governance: Governance, hearing: Hearing, visitor: httpx.AsyncClient
) -> None:
    await (await file(governance)).resolved()
    await hearing.hear()
    page = (await visitor.get("/kinerja/indikator")).text
    for words in ("Human development index", "no figure with a source was found", "83.55", "Reports resolved on time"):
        assert words in page
    assert page.count('<svg class="chart"') == 7
    assert "as told in the paper" in page
    indonesian = (await visitor.get("/kinerja/indikator", headers={"accept-language": "id"})).text
    assert '<span class="quiet" lang="en">(to November 2022 only)</span>' in indonesian, "notes are in English alone"
    assert ("menurut makalah" in indonesian, "as told in" in indonesian) == (True, False)
    body = (await visitor.get("/v1/city-indicators")).json()
    assert (len(body["indicators"]), body["counted"][0]["values"][0]["value"]) == (13, 100.0)
    sheet = (await visitor.get("/v1/city-indicators.csv")).text.splitlines()
    assert len(sheet) == 1 + 50 + 1
