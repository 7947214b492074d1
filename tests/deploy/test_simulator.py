"""The made-up world that simulated gauges measure, and the devices that tell of it."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.devices import SIMULATOR
from deploy.local.plan import Plan, Ports
from deploy.local.process import free_ports
from deploy.local.settings import read_settings
from deploy.operate.access import Access, AccessError
from deploy.simulator import buses, city, running, world
from deploy.simulator.city import TIDE_DAYS
from deploy.simulator.fleet import Device, fleet
from deploy.simulator.stations import Panel
from deploy.simulator.world import Stream, World
from services.environment.alarms.model import Kind
from services.environment.ingest.model import decoded
from services.environment.registry.profile import profile_of
from services.environment.settings import EnvironmentSettings
from services.environment.tides.model import NEEDED
from services.kit.city import load_city
from services.kit.door.door import CALLOUT

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
DAYS = 30
MOMENTS = st.floats(1.7e9, 2.2e9)


def streams() -> list[Stream]:
    """Those of the city's profile."""
    found = profile_of(load_city("semarang"))
    kinds = {one.code: one.kind.value for one in found.things}
    return [
        Stream(
            row.thing, kinds[row.thing], row.name, row.property.value, "", row.least, row.most, row.period,
            marks=[
                rule.limit for rule in found.rules
                if rule.kind is Kind.THRESHOLD and (rule.thing, rule.datastream) == (row.thing, row.name)
            ],
        )
        for row in found.datastreams
    ]  # fmt: skip


STREAMS = streams()
SIMONGAN = next(one for one in STREAMS if one.thing == "duga-simongan")
RIVERS = [one for one in STREAMS if one.kind == "river_gauge"]
STATION = next(one for one in STREAMS if one.observed == "pumps_running")
WATER = next(one for one in STREAMS if (one.thing, one.observed) == (STATION.thing, "water_level"))


@given(st.sampled_from(STREAMS), MOMENTS)
def test_every_value_is_one_that_the_sensor_can_measure_and_always_the_same(stream: Stream, at: float) -> None:
    value = World().value(stream, at)
    assert stream.least <= value <= stream.most
    assert World().value(stream, at) == value


@given(MOMENTS)
def test_the_sea_rises_and_falls_within_what_is_usual(at: float) -> None:
    assert abs(world.tide(at)) <= 0.6
    for one in (each for each in STREAMS if each.kind == "tide_gauge"):
        assert one.low - 1.2 <= World().value(one, at) < one.low, "below its lowest mark"


def test_the_sea_turns_as_its_constituents_say() -> None:
    """A lunar day has 24.84 hours, and after about a month with 29.5 days the tide is much as it was."""
    heights = [world.tide(at) for at in world.moments(NOW, NOW + timedelta(days=DAYS), 600)]
    turns = sum(
        1 for (a, b), (_, c) in zip(pairwise(heights), pairwise(heights[1:]), strict=False) if (b - a) * (c - b) < 0
    )
    assert 2 * DAYS * 0.9 <= turns <= 4 * DAYS


def test_the_past_of_a_tide_gauge_is_enough_for_a_forecast_and_not_too_old_to_be_taken() -> None:
    hours = world.middles(NOW - timedelta(days=TIDE_DAYS), NOW)
    assert len(hours) == 24 * TIDE_DAYS >= NEEDED
    assert (hours[0] % 3_600, hours[0] > (NOW - timedelta(days=TIDE_DAYS)).timestamp()) == (1_800, True)
    assert hours[-1] < NOW.timestamp()
    assert timedelta(weeks=EnvironmentSettings.model_fields["reading_weeks"].default).days > TIDE_DAYS


def test_a_river_rises_after_the_rain_and_falls_again() -> None:
    storm = world.downpour(NOW)
    start = storm.start
    for river in RIVERS:
        levels = {hours: World((storm,)).value(river, start + hours * 3600) for hours in (-2, 1, 3, 24)}
        assert levels[-2] < river.low, "below waspada"
        assert levels[-2] < levels[1] < levels[3]
        assert levels[3] > river.high, "above awas"
        assert levels[24] < river.low
    steps = [World((storm,)).value(SIMONGAN, start + 60 * minute) for minute in range(180)]
    assert max(b - a for a, b in pairwise(steps)) < 0.05, "no jumps"


def test_names_of_a_city_mean_nothing() -> None:
    """What a gauge shows follows from what it is and from its marks: another city's gauges rise and fall as well."""
    storm = world.downpour(NOW)
    high = storm.start + 3 * 3600
    elsewhere = Stream(
        "peilmeter-katulampa", "river_gauge", "h", "water_level", "m", 0.0, 400.0, 60, (80.0, 150.0, 200.0)
    )
    assert World((storm,)).value(elsewhere, storm.start - 7200) < 80.0
    assert 200.0 < World((storm,)).value(elsewhere, high) < 400.0
    unmarked = replace(elsewhere, marks=())
    assert World((storm,)).value(unmarked, storm.start - 7200) < World((storm,)).value(unmarked, high) <= 400.0
    sea = Stream("mareograf", "tide_gauge", "h", "water_level", "m", -2.0, 5.0, 60, (3.0,))
    assert pytest.approx(World().value(sea, high) - world.tide(high), abs=0.01) == 2.4
    assert not {word for one in STREAMS for word in (one.thing, *one.thing.split("-")[:1])} & set(words("world.py"))


def test_in_a_month_there_is_rain_a_blocked_pump_and_a_reboot() -> None:
    rain = next(one for one in STREAMS if one.observed == "rainfall")
    moments = world.moments(NOW, NOW + timedelta(days=DAYS), 60)
    assert any(World().value(rain, at) > 0 for at in moments)
    blocked = [at for at in moments if World().blocked(STATION.thing, at)]
    assert {World().value(STATION, at) for at in blocked} == {0.0}
    assert all(World().value(STATION, at) > 0 for at in moments if at not in set(blocked))
    assert max(World().value(WATER, at) for at in blocked) > WATER.low, "high enough for an alarm"
    assert sum(world.boots(STATION.thing, at) for at in moments) in (DAYS - 1, DAYS, DAYS + 1)


def test_pumps_are_blocked_when_somebody_wants_it() -> None:
    start = quiet()
    wanted = World(blockages={STATION.thing: start})
    assert wanted.value(STATION, start) > 0
    assert wanted.value(STATION, start + 60) == 0
    assert wanted.value(WATER, start + 3600) > WATER.low > wanted.value(WATER, start)
    assert wanted.value(STATION, start + world.BLOCKED_S + 60) > 0


def quiet() -> float:
    """A moment in dry weather with hours without a blockage before and after it."""
    hours = world.moments(NOW, NOW + timedelta(days=DAYS), 3600)
    dry = [at for at in hours if World().value(RIVERS[0], at) < World().value(RIVERS[0], at - 86_400) + 0.01]
    return next(
        at for at in dry if not any(World().blocked(STATION.thing, at + 1800 * step) for step in range(-12, 13))
    )


def command(pumps: int, at: float, name: str = "a") -> bytes:
    """As the pillar sends it."""
    return json.dumps({"command": name, "pumps": pumps, "deadline": int((at + 50) * 1000)}).encode()


def answer(panel: Panel, body: bytes, at: float) -> dict[str, Any]:
    """What a panel answers."""
    said = panel.hear(body, at)
    assert said is not None
    told: dict[str, Any] = json.loads(said)
    return told


@pytest.mark.parametrize(("pumps", "falls"), [(0, False), (3, True)])
def test_a_station_does_as_it_is_told_and_its_water_follows(pumps: int, falls: bool) -> None:
    at, here = quiet(), World()
    panel = here.panel(STATION)
    assert here.value(STATION, at) == 1
    assert answer(panel, command(pumps, at), at) == {"command": "a", "done": True, "note": f"{pumps} pompa jalan"}
    assert here.value(STATION, at + 1) == pumps
    levels = [here.value(WATER, at + 60 * minute) for minute in range(60)]
    assert (levels[-1] < levels[0] - 0.3) if falls else (levels[-1] > levels[0] + 0.3)
    assert max(abs(b - a) for a, b in pairwise(levels)) < 0.4, "no jumps"
    answer(panel, command(1, at + 3600, "b"), at + 3600)
    calm = here.value(WATER, at + 3 * 3600)
    assert calm == pytest.approx(World().value(WATER, at + 3 * 3600), abs=0.05), "as before"


def test_a_panel_obeys_once_answers_each_time_and_refuses_what_it_cannot_do() -> None:
    at, here = quiet(), World()
    panel = here.panel(STATION)
    first = answer(panel, command(2, at), at)
    answer(panel, command(0, at, "b"), at + 1)
    assert answer(panel, command(2, at), at + 2) == first
    assert here.value(STATION, at + 3) == 0, "not obeyed a second time"
    assert not answer(panel, command(1, at, "late"), at + 51)["done"]
    assert not answer(panel, command(STATION.pumps + 1, at, "many"), at)["done"]
    for nothing in (b"", b"[]", b"{}", b"\xff", b'{"command": "x", "pumps": "many", "deadline": 1}'):
        assert panel.hear(nothing, at) is None
    stuck = World(blockages={STATION.thing: at}).panel(STATION)
    assert answer(stuck, command(1, at), at + 9) == {"command": "a", "done": False, "note": "Pompa macet"}


def test_a_reboot_leaves_a_station_to_itself_and_counts_messages_anew() -> None:
    at, here = quiet(), World()
    panel = here.panel(STATION)
    answer(panel, command(0, at), at)
    panel.restart(at + 60)
    assert here.value(STATION, at + 30) == 0
    assert here.value(STATION, at + 90) == World().value(STATION, at + 90) > 0


def words(file: str) -> list[str]:
    """The words of a module of the simulator."""
    return re.findall(r"[a-z]+(?:-[a-z]+)*", (Path(world.__file__).parent / file).read_text(encoding="utf-8").lower())


def test_a_device_sends_what_is_due_in_messages_that_the_platform_takes() -> None:
    sent: list[tuple[str, bytes]] = []
    device: Device = fleet(World(), STREAMS, {SIMONGAN.thing: ("duga-simongan-sim", "secret")}, 1)[SIMONGAN.thing]
    device.boot = 7
    device.client.publish = lambda topic, body, qos: sent.append((topic, body))  # type: ignore[assignment,misc]
    for minute in (0, 60):
        device.send(NOW.timestamp() + minute)
    assert [topic for topic, _ in sent] == ["devices/duga-simongan-sim/observations"] * 2
    messages = [decoded(body) for _, body in sent]
    assert [(one.boot, one.seq) for one in messages] == [(7, 0), (7, 1)]
    assert json.loads(sent[0][1])["series"][0]["name"] == "level"


def test_every_thing_gets_a_device_of_its_own() -> None:
    things = {one.thing for one in STREAMS}
    made = fleet(World(), STREAMS, {thing: (thing, "") for thing in things}, 1)
    assert set(made) == things
    assert sum(len(one.streams) for one in made.values()) == len(STREAMS)
    assert {thing for thing, one in made.items() if one.panel} == {
        one.thing for one in STREAMS if one.kind == "pump_station"
    }


@pytest.mark.parametrize(
    ("pillar", "simulated"),
    [
        ("environment", lambda access: running.simulate(access, 0, tell=lambda _: None)),
        ("living", lambda access: buses.drive(access, tell=lambda _: None)),
    ],
)
async def test_a_pillar_that_is_away_is_said_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pillar: str, simulated: Callable[[Access], Awaitable[None]]
) -> None:
    monkeypatch.setattr(city, "DEADLINE_S", 0.1)
    monkeypatch.setattr(buses, "DEADLINE_S", 0.1)
    run = {"city": "semarang", "components": [{"name": pillar, "ports": {"grpc": free_ports(1)[0]}}]}
    with pytest.raises(AccessError, match=f"^{pillar} does not answer"):
        await simulated(Access("", "", "", run, tmp_path))


@pytest.mark.parametrize(
    ("env", "wanted"), [({}, True), ({"SMARTCITY_SIMULATOR": "off"}, False), ({"SMARTCITY_DEMO": "off"}, False)]
)
def test_a_local_platform_simulates_devices_unless_somebody_wants_only_real_ones(
    tmp_path: Path, env: dict[str, str], wanted: bool
) -> None:
    settings = read_settings({"SMARTCITY_HOME": str(tmp_path), **env})
    parts = {one.name: one for one in Plan(settings, Ports.choose(settings)).components()}
    assert (SIMULATOR in parts) is wanted
    assert "mqtt" in parts["nats"].ports
    told = dict(parts["environment"].command().env)
    assert told["SMARTCITY_MQTT_URL"].endswith(str(parts["nats"].ports["mqtt"]))
    holders = [name for name, one in parts.items() if "SMARTCITY_DEVICE_ISSUER" in one.command().env]
    assert holders == [CALLOUT], "who lets devices in alone has the key that NATS believes"
