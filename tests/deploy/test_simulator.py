"""The made-up world that simulated gauges measure, and the devices that tell of it."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.devices import SIMULATOR
from deploy.local.plan import Plan, Ports
from deploy.local.settings import read_settings
from deploy.permissions import CALLOUT
from deploy.simulator import world
from deploy.simulator.city import TIDE_DAYS
from deploy.simulator.fleet import Device, fleet
from deploy.simulator.world import Stream, World
from services.environment.ingest.model import decoded
from services.environment.registry.profile import profile_of
from services.environment.settings import EnvironmentSettings
from services.environment.tides.model import NEEDED
from services.kit.city import load_city

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
DAYS = 30
MOMENTS = st.floats(1.7e9, 2.2e9)


def streams() -> list[Stream]:
    """Those of the city's profile."""
    found = profile_of(load_city("semarang")).datastreams
    return [Stream(row.thing, row.name, row.property.value, "", row.least, row.most, row.period) for row in found]


STREAMS = streams()
SIMONGAN = next(one for one in STREAMS if one.thing == "duga-simongan")


@given(st.sampled_from(STREAMS), MOMENTS)
def test_every_value_is_one_that_the_sensor_can_measure_and_always_the_same(stream: Stream, at: float) -> None:
    value = World().value(stream, at)
    assert stream.least <= value <= stream.most
    assert World().value(stream, at) == value


@given(MOMENTS)
def test_the_sea_rises_and_falls_within_what_is_usual(at: float) -> None:
    assert 0.4 <= world.tide(at) <= 1.55


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
    levels = {hours: World((storm,)).value(SIMONGAN, start + hours * 3600) for hours in (0, 1, 3, 24)}
    assert levels[0] < levels[1] < levels[3]
    assert levels[3] > 1.8, "above awas"
    assert levels[24] < levels[3] - 0.5
    steps = [World((storm,)).value(SIMONGAN, start + 60 * minute) for minute in range(180)]
    assert max(b - a for a, b in pairwise(steps)) < 0.05, "no jumps"


def test_in_a_month_there_is_rain_a_blocked_pump_and_a_reboot() -> None:
    rain = next(one for one in STREAMS if one.property == "rainfall")
    pump = next(one for one in STREAMS if one.property == "pumps_running")
    moments = world.moments(NOW, NOW + timedelta(days=DAYS), 60)
    assert any(World().value(rain, at) > 0 for at in moments)
    assert any(world.blocked(pump.thing, at) for at in moments)
    assert sum(world.boots(pump.thing, at) for at in moments) in (DAYS - 1, DAYS, DAYS + 1)


def test_a_device_sends_what_is_due_in_messages_that_the_platform_takes() -> None:
    sent: list[tuple[str, bytes]] = []
    device: Device = fleet(STREAMS, {SIMONGAN.thing: ("duga-simongan-sim", "secret")}, 1)[SIMONGAN.thing]
    device.boot = 7
    device.client.publish = lambda topic, body, qos: sent.append((topic, body))  # type: ignore[assignment,misc]
    for minute in (0, 60):
        device.send(World(), NOW.timestamp() + minute)
    assert [topic for topic, _ in sent] == ["devices/duga-simongan-sim/observations"] * 2
    messages = [decoded(body) for _, body in sent]
    assert [(one.boot, one.seq) for one in messages] == [(7, 0), (7, 1)]
    assert json.loads(sent[0][1])["series"][0]["name"] == "level"


def test_every_thing_gets_a_device_of_its_own() -> None:
    things = {one.thing for one in STREAMS}
    made = fleet(STREAMS, {thing: (thing, "") for thing in things}, 1)
    assert set(made) == things
    assert sum(len(one.streams) for one in made.values()) == len(STREAMS)


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
