"""SensorThings as apps read it: entities, links, expansions, filters and pages, over a real pillar."""

import httpx
import pytest

from gateway.sta import catalogue, observations
from gateway.sta.model import KINDS
from tests.gateway.sta.conftest import ROOT, Things


def _below(address: str) -> str:
    """An address below the root."""
    return address.partition(ROOT)[2]


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
