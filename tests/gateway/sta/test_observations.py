"""Observations as apps read them: by time, filtered, counted, page by page, over a real pillar."""

from datetime import timedelta
from itertools import product

import pytest

from gateway.sta import observations
from tests.gateway.sta.conftest import NOON, ROOT, Things


def _time(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


async def test_observations_come_newest_first_and_page_by_time(things: Things) -> None:
    path, found = f"/Datastreams('{things.level.id}')/Observations?$top=25", []
    while path:
        page = await things.get(path)
        found += [one["result"] for one in page["value"]]
        path = page.get("@iot.nextLink", "").partition(ROOT)[2]
    assert found == [99.0, *(count / 10 for count in reversed(range(60)))]


async def test_an_observation_says_how_it_came(things: Things) -> None:
    (one,) = (await things.get(f"/Datastreams('{things.level.id}')/Observations", top=1))["value"]
    assert one["parameters"] == {"outOfRange": True, "late": True}
    assert one["phenomenonTime"] == _time(120)
    feature = await things.get(one["FeatureOfInterest@iot.navigationLink"].partition(ROOT)[2])
    assert feature["name"] == "Kali Garang"
    again = await things.get(f"/FeaturesOfInterest('{feature['@iot.id']}')/Observations", top=1)
    assert again["value"] == [one]


async def test_what_was_measured_before_a_thing_was_moved_is_of_where_it_stood(things: Things) -> None:
    path = f"/Things('{things.gauge.id}')/HistoricalLocations"
    past = (await things.get(path, orderby="time", expand="Locations"))["value"]
    places = [one["Locations"][0]["location"] for one in past]
    features = (await things.get("/FeaturesOfInterest", filter="name eq 'Hujan'"))["value"]
    assert [one["feature"] for one in features] == places
    for feature, count in zip(features, (2, 0), strict=True):
        of_it = await things.get(f"/FeaturesOfInterest('{feature['@iot.id']}')/Observations", count="true")
        same = await things.get("/Observations", filter=f"FeatureOfInterest/id eq '{feature['@iot.id']}'", count="true")
        assert of_it["value"] == same["value"]
        assert (of_it["@iot.count"], same["@iot.count"], len(of_it["value"])) == (count, count, count)
    (read,) = (await things.get(f"/Datastreams('{things.rain.id}')/Observations", top=1, expand="FeatureOfInterest"))[
        "value"
    ]
    assert read["FeatureOfInterest"] == features[0]
    await things.get(f"/FeaturesOfInterest('{features[0]['@iot.id']}')/Observations('{read['@iot.id']}')")
    await things.get(f"/FeaturesOfInterest('{features[1]['@iot.id']}')/Observations('{read['@iot.id']}')", 404)


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        (f"phenomenonTime ge {_time(10)} and phenomenonTime lt {_time(20)}", 10),
        (f"phenomenonTime gt {_time(10)} and phenomenonTime le {_time(20)}", 10),
        (f"phenomenonTime eq {_time(10)}", 1),
        (f"{_time(10)} gt phenomenonTime", 10),
        (f"phenomenonTime gt {_time(120)} sub duration'PT1S'", 1),
        (f"phenomenonTime lt {_time(10)} and phenomenonTime gt {_time(20)}", 0),
        ("result ge 1 and result lt 2", 10),
        ("result gt 5 and not parameters/outOfRange", 9),
        (f"result ge 1 and phenomenonTime lt {_time(12)}", 2),
        (f"phenomenonTime lt {_time(2)} or phenomenonTime ge {_time(59)}", 4),
    ],
)
async def test_observations_are_filtered_and_counted(things: Things, condition: str, count: int) -> None:
    path = f"/Datastreams('{things.level.id}')/Observations"
    found = await things.get(path, filter=condition, count="true", orderby="phenomenonTime asc")
    assert (found["@iot.count"], len(found["value"])) == (count, count)
    times = [one["phenomenonTime"] for one in found["value"]]
    assert times == sorted(times)
    if count > 2:
        some = await things.get(path, filter=condition, orderby="phenomenonTime asc", skip=1, top=2)
        assert some["value"] == found["value"][1:3]


async def test_all_observations_come_datastream_by_datastream(things: Things) -> None:
    path, found = "/Observations?$top=40&$expand=Datastream($select=id)", []
    while path:
        page = await things.get(path)
        found += [one["Datastream"]["@iot.id"] for one in page["value"]]
        path = page.get("@iot.nextLink", "").partition(ROOT)[2]
    assert found == [things.level.id] * 61 + [things.rain.id] * 2
    rain = await things.get(
        "/Observations", filter=f"Datastream/id eq '{things.rain.id}'", orderby="phenomenonTime asc", count="true"
    )
    assert [one["result"] for one in rain["value"]] == [0.2, 1.5]
    assert (await things.get("/Observations", filter="Datastream/Thing/name eq 'Nobody'"))["value"] == []


async def test_a_page_that_looked_at_too_much_says_where_to_go_on(
    things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observations, "_PAGE", 7)
    monkeypatch.setattr(observations.Budget, "__init__", lambda self: self.__dict__.update(calls=100, scanned=20))
    path, found, pages = f"/Datastreams('{things.level.id}')/Observations?$filter=result lt 0.3", [], 0
    while path:
        page = await things.get(path)
        found += [one["result"] for one in page["value"]]
        path, pages = page.get("@iot.nextLink", "").partition(ROOT)[2], pages + 1
    assert (found, pages) == ([0.2, 0.1, 0.0], 4)
    refusal = await things.get(
        f"/Datastreams('{things.level.id}')/Observations", 400, filter="result lt 0.3", count="true"
    )
    assert "narrow phenomenonTime down" in refusal["detail"]


async def test_nothing_is_lost_wherever_the_budget_ends(things: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observations, "_PAGE", 5)
    there = [count / 10 for count in range(30)]
    for scanned, order in product((1, 4, 5, 7, 11, 12), ("asc", "desc")):
        monkeypatch.setattr(
            observations.Budget, "__init__", lambda self, n=scanned: self.__dict__.update(calls=100, scanned=n)
        )
        path = f"/Datastreams('{things.level.id}')/Observations"
        path += f"?$orderby=phenomenonTime {order}&$top=4&$skip=7&$filter=result lt 3"
        found = [one["result"] for one in await things.to_the_end(path)]
        assert found == (there if order == "asc" else there[::-1])[7:], f"{scanned} {order}"


async def test_nothing_is_lost_where_the_budget_ends_between_datastreams(
    things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = [things.level.id] * 61 + [things.rain.id] * 2
    for calls, scanned in ((100, 30), (100, 60), (100, 61), (100, 62), (1, 100), (2, 100)):
        monkeypatch.setattr(
            observations.Budget, "__init__", lambda self, c=calls, n=scanned: self.__dict__.update(calls=c, scanned=n)
        )
        found = await things.to_the_end("/Observations?$top=61&$expand=Datastream($select=id)")
        assert [one["Datastream"]["@iot.id"] for one in found] == there, f"{calls} {scanned}"


async def test_a_page_says_where_to_go_on_where_the_calls_end_within_a_datastream(
    things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observations, "_PAGE", 40)
    for calls in (1, 2, 3):
        monkeypatch.setattr(
            observations.Budget, "__init__", lambda self, c=calls: self.__dict__.update(calls=c, scanned=100)
        )
        found = await things.to_the_end("/Observations?$filter=result lt 0.25")
        assert sorted(one["result"] for one in found) == [0.0, 0.1, 0.2, 0.2], calls
