"""SensorThings as apps read it: entities, links, expansions, filters and pages, over a real pillar."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from itertools import product
from typing import Any

import httpx
import pytest

from gateway.sta import catalogue, observations, serving
from gateway.sta.answering import LINK, Answers, Page
from gateway.sta.faults import QueryFault
from gateway.sta.model import KINDS
from gateway.sta.options import Query
from tests.gateway.sta.conftest import NOON, ROOT, Things


def _below(address: str) -> str:
    """An address below the root."""
    return address.partition(ROOT)[2]


def _time(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


async def test_the_root_names_collections_and_what_holds(things: Things) -> None:
    found = await things.get("")
    assert [one["name"] for one in found["value"]] == list(KINDS)
    assert all(one["url"].endswith(f"{ROOT}/{one['name']}") for one in found["value"])
    assert any(one.endswith("/req/datamodel") for one in found["serverSettings"]["conformance"])
    assert await things.get("/") == found


async def test_what_observations_do_not_hold_the_root_does_not_promise(
    things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients read what holds from this list alone; before, it named both, and they were refused."""
    monkeypatch.setattr(observations, "MOST_COUNTED_STREAMS", 1)
    await things.get("/Observations", 400, orderby="result")
    await things.get("/Observations", 400, count="true")
    promised = {one.rpartition("/")[2] for one in (await things.get(""))["serverSettings"]["conformance"]}
    assert {"orderby", "count"} & promised == set()
    assert {"order", "skip", "top", "filter"} <= promised


@pytest.mark.parametrize("kind", KINDS)
async def test_each_entity_of_a_collection_is_found_again_with_all_its_links(things: Things, kind: str) -> None:
    page = await things.get(f"/{kind}", top=3)
    assert page["value"]
    for one in page["value"]:
        path = one["@iot.selfLink"].partition(ROOT)[2]
        assert await things.get(path) == one
        for name in KINDS[kind].links:
            linked = await things.get(one[f"{name}@iot.navigationLink"].partition(ROOT)[2])
            assert ("value" in linked) is KINDS[kind].links[name].many
        for name in KINDS[kind].properties:
            assert (await things.get(f"{path}/{name}"))[name] == one[name]


async def test_a_thing_stands_in_one_place_and_stood_in_others(things: Things) -> None:
    path = f"/Things('{things.gauge.id}')"
    (now,) = (await things.get(f"{path}/Locations"))["value"]
    past = (await things.get(f"{path}/HistoricalLocations", orderby="time desc", expand="Locations"))["value"]
    assert now["description"] == "Digeser ke hilir."
    assert now["location"]["type"] == "Point"
    assert [one["Locations"][0]["@iot.id"] == now["@iot.id"] for one in past] == [True, False]


async def test_expansions_go_on_within_expansions(things: Things) -> None:
    expand = "Datastreams($select=id;$orderby=name;$expand=Observations($top=2;$orderby=phenomenonTime asc),Sensor)"
    found = await things.get(f"/Things('{things.gauge.id}')", expand=expand)
    streams = {one["@iot.id"]: one for one in found["Datastreams"]}
    level = streams[things.level.id]
    assert [one["result"] for one in level["Observations"]] == [0.0, 0.1]
    assert set(level) == {"@iot.id", "Observations", "Observations@iot.nextLink", "Sensor"}
    assert level["Sensor"]["metadata"] == "Radar"
    following = await things.get(level["Observations@iot.nextLink"].partition(ROOT)[2])
    assert [one["result"] for one in following["value"]] == [0.2, 0.3]


async def test_an_expansion_may_be_a_path(things: Things) -> None:
    (found,) = (await things.get("/Things", filter="name eq 'Duga A'", expand="Datastreams/Thing,Datastreams/Sensor"))[
        "value"
    ]
    assert {one["Thing"]["name"] for one in found["Datastreams"]} == {"Duga A"}
    assert {one["Sensor"]["name"] for one in found["Datastreams"]} == {"Radar", "Timba"}


async def test_expansions_of_one_link_come_together_in_any_order(things: Things) -> None:
    expand = "Datastreams/Thing/Locations,Datastreams($top=1),Datastreams/Thing/Datastreams,Datastreams/Sensor"
    found = await things.get("/Things", filter="name eq 'Duga A'", expand=expand)
    (thing,) = found["value"]
    for page in (thing["Datastreams"], (await things.get(_below(thing["Datastreams@iot.nextLink"])))["value"]):
        (stream,) = page
        assert stream["Sensor"]["name"]
        assert (len(stream["Thing"]["Locations"]), len(stream["Thing"]["Datastreams"])) == (1, 2)


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("name eq 'Duga A'", ["Duga A"]),
        ("Datastreams/ObservedProperty/name eq 'PM10'", ["Stasiun B"]),
        ("Datastreams/unitOfMeasurement/symbol eq 'mm'", ["Duga A"]),
        ("properties/kind eq 'air_station' or startswith(name, 'Duga')", ["Duga A", "Stasiun B"]),
        ("not properties/madeUp", ["Duga A", "Stasiun B"]),
        ("substringof('hilir', Locations/description)", ["Duga A"]),
    ],
)
async def test_things_are_filtered_by_what_they_lead_to(things: Things, condition: str, names: list[str]) -> None:
    assert await things.names("/Things", filter=condition, orderby="name") == names


async def test_collections_are_sorted_counted_and_paged(things: Things) -> None:
    first = await things.get("/Datastreams", orderby="ObservedProperty/name desc,name", top=2, count="true")
    assert first["@iot.count"] == 3
    rest = await things.get(first["@iot.nextLink"].partition(ROOT)[2])
    names = [one["name"].partition(": ")[2] for one in (*first["value"], *rest["value"])]
    assert names == ["Water level", "Rainfall", "PM10"]
    assert "@iot.nextLink" not in rest
    assert await things.names("/Datastreams", skip=3) == []


async def test_what_is_selected_is_all_that_comes(things: Things) -> None:
    (one, _) = (await things.get("/Things", select="name,Datastreams"))["value"]
    assert set(one) == {"name", "Datastreams@iot.navigationLink"}


async def test_values_and_addresses_alone(things: Things) -> None:
    answer = await things.client.get(f"{ROOT}/Things('{things.gauge.id}')/name/$value")
    assert (answer.text, answer.headers["content-type"].partition(";")[0]) == ("Duga A", "text/plain")
    refs = await things.get(f"/Things('{things.gauge.id}')/Datastreams/$ref", top=1)
    assert list(refs["value"][0]) == ["@iot.selfLink"]
    assert "@iot.nextLink" in refs


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


@pytest.mark.parametrize(
    ("path", "options", "says"),
    [
        ("/Things", {"filter": "name eq"}, "$filter: ends too soon (character 8)"),
        ("/Things", {"filter": "colour eq 'red'"}, "$filter: Things have no 'colour'"),
        ("/Things", {"filter": "Datastreams/Observations/result gt 1"}, "nothing reaches through 'Observations'"),
        ("/Things", {"filter": "x" * 5000}, "longer than 4000 characters"),
        ("/Things", {"top": "-1"}, "$top: is a whole number"),
        ("/Things", {"skip": "x"}, "$skip: is a whole number"),
        ("/Things", {"count": "yes"}, "$count: is true or false"),
        ("/Things", {"select": "colour"}, "$select: Things have no 'colour'"),
        ("/Things", {"orderby": "colour"}, "$orderby: Things have no 'colour'"),
        ("/Things", {"expand": "Colours"}, "$expand: Things do not lead to 'Colours'"),
        ("/Things", {"expand": "Datastreams($top=x)"}, "$expand: Datastreams: $top"),
        ("/Things", {"expand": "Datastreams($top=1),Datastreams($top=2)"}, "is expanded twice, with $top"),
        ("/Things", {"filter": "/".join(["Datastreams/Thing"] * 3) + "/name eq 'x'"}, "a path of more than 6 parts"),
        ("/Things", {"expand": "Datastreams(top)"}, "an option such as $top=1 is awaited"),
        ("/Things", {"expand": "Datastreams($top=1"}, "does not end"),
        ("/Things", {"expand": "Datastreams/Thing/Datastreams/Thing/Datastreams"}, "nested more than 4 deep"),
        ("/Things", {"format": "json"}, "$format: is not known"),
        ("/Observations", {"orderby": "result"}, "sorts observations by phenomenonTime alone"),
        ("/Observations", {"orderby": "phenomenonTime"}, "sorts the observations of one datastream"),
        ("/Observations", {"skiptoken": "x"}, "$skiptoken: is none of this list"),
        ("/Things(", {}, "is no part of an address"),
    ],
)
async def test_what_cannot_be_followed_is_refused_with_where(
    things: Things, path: str, options: dict[str, str], says: str
) -> None:
    found = await things.get(path, 400, **options)
    assert (found["reason"], found["status"]) == ("STA_QUERY_INVALID", 400)
    assert says in found["detail"]


@pytest.mark.parametrize(
    "path", ["/Nothing", "/Things('x')", "/Things/name", "/Things('x')/Datastreams", "/Observations('x')",
             "/Observations('x.1')", "/Things/name/$value"],
)  # fmt: skip
async def test_what_is_not_there_is_not_found(things: Things, path: str) -> None:
    found = await things.get(path, 404)
    assert found["reason"] == "STA_NOT_FOUND"


async def test_one_entity_takes_no_filter(things: Things) -> None:
    found = await things.get(f"/Things('{things.gauge.id}')", 400, filter="name eq 'x'")
    assert "one entity takes $select and $expand" in found["detail"]


async def test_nothing_is_written(things: Things) -> None:
    answer = await things.client.post(f"{ROOT}/Things", json={})
    assert answer.status_code == 405


async def test_scripts_of_any_site_may_read_at_a_rate_of_its_own(things: Things) -> None:
    answer = await things.client.get(f"{ROOT}/Things", headers={"origin": "https://elsewhere.example"})
    assert answer.headers["ratelimit-policy"].startswith('"sensor-things";')
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_what_measures_is_read_anew_after_a_while(things: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "KEPT", -1.0)
    before = await things.names("/Things")
    assert await things.names("/Things") == before


async def test_a_browser_gets_the_problem_too(things: Things) -> None:
    answer: httpx.Response = await things.client.get(f"{ROOT}/Nothing", headers={"accept": "text/html"})
    assert answer.headers["content-type"] == "application/problem+json"


_PIECES = {
    "filter": ["name", "id", "result", "phenomenonTime", "Thing/name", "Datastreams/name", "properties/x/y", "eq", "gt",
               "and", "or", "not", "(", ")", "'a'", "1", "-2.5", "null", "now()", "duration'P1D'", "length(name)",
               "substring(name, 1)", "div", "0", "time", "2026-03-01T00:00:00Z", "concat(", ","],
    "expand": ["Things", "Datastreams", "Observations", "Thing", "Locations", "Sensor", "($top=1)", "($expand=", ")",
               ",", "/", "($filter=id eq 1)", "($count=true;$top=0)", "Datastream", "FeatureOfInterest"],
    "orderby": ["name", "id desc", "phenomenonTime asc", "properties", "location", "Thing/properties/kind desc", ",",
                "result"],
    "select": ["name", "id", "@iot.selfLink", "Observations", ",", "result", "Datastreams"],
    "top": ["0", "1", "3", "x"],
    "skip": ["0", "2", "99999", "-1"],
    "count": ["true", "false"],
    "skiptoken": ["x", "x.1", "."],
}  # fmt: skip


async def test_whatever_is_asked_is_answered_or_refused(things: Things) -> None:
    chance = random.Random(2026)
    addresses = [f"/{kind}" for kind in KINDS] + [
        f"/Things('{things.gauge.id}')", f"/Datastreams('{things.level.id}')/Observations",
        f"/Things('{things.gauge.id}')/Datastreams/$ref", "/Things('x')/name/$value", "/Things()", "/Things(1)", "//",
        "/'",
    ]  # fmt: skip
    seen: Counter[int] = Counter()
    for _ in range(300):
        names = chance.sample(list(_PIECES), chance.randint(0, 3))
        asked = {f"${name}": " ".join(chance.choices(_PIECES[name], k=chance.randint(1, 4))) for name in names}
        answer = await things.client.get(f"{ROOT}{chance.choice(addresses)}", params=asked or None)
        assert answer.status_code in (200, 400, 404), f"{answer.url} {answer.text}"
        if answer.status_code > 200:
            assert answer.json()["reason"] in ("STA_QUERY_INVALID", "STA_NOT_FOUND")
        seen[answer.status_code] += 1
    assert set(seen) == {200, 400, 404}


async def test_few_questions_are_worked_on_at_once_and_an_address_has_its_share_of_those_that_wait(
    things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, read, at_work = asyncio.Event(), serving._read, 0

    async def slowly(*of: Any) -> Any:
        nonlocal at_work
        at_work += 1
        await answers.wait()
        return await read(*of)

    monkeypatch.setattr(serving, "_read", slowly)
    each = serving.AT_ONCE_EACH
    asked = [asyncio.create_task(things.client.get(f"{ROOT}/Things")) for _ in range(2 * each)]
    async with asyncio.timeout(20):
        while sum(one.done() for one in asked) < each:
            await asyncio.sleep(0.01)
    refused = [one.result() for one in asked if one.done()]
    assert {(one.status_code, one.json()["reason"]) for one in refused} == {(429, "STA_TOO_MANY_AT_ONCE")}
    assert at_work == serving.AT_WORK
    answers.set()
    assert Counter(one.status_code for one in await asyncio.gather(*asked)) == {429: each, 200: each}
    assert (await things.get("/Things"))["value"], "places are given back"


async def test_ways_to_further_pages_weigh_as_they_are_long() -> None:
    way = "a" * 3_000
    answers = Answers("", None, None, entities=2 * len(way) // LINK - 1)  # type: ignore[arg-type]
    await answers.collection(Page([], None, way), Query(), "")
    with pytest.raises(QueryFault, match="set a smaller"):
        await answers.collection(Page([], None, way), Query(), "")
