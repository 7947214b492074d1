"""A vehicle's message and how many there may be, without a server."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.kit.door import model as door
from services.kit.door.model import Asked
from services.kit.signing import decode
from services.living.onboard.model import AT_ONCE, EACH_S, Pace, Refusal, decoded, refusal
from services.living.positions.model import Outcome
from services.living.vehicles.door import DOOR, user

NOW = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
ONE = {"time": 1_795_852_800_000, "lat": -6.99, "lon": 110.4}


def message(**fields: Any) -> bytes:
    return json.dumps({"positions": [{**ONE, **fields}]}).encode()


def test_a_message_is_positions_as_all_are() -> None:
    [one] = decoded(message(bearing=90, speed_kmh=36, route=" K1\u0000", trip="K1-1"), "ts-1") or ()
    assert (one.vehicle, one.at, one.lat, one.lon) == ("ts-1", NOW, -6.99, 110.4)
    assert (one.bearing, one.speed, one.route, one.trip, one.agency) == (90, 10, "K1", "K1-1", "")


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"{", b"[]", b"{}", b"\xff", b"[" * 10_000, b" " * 20_000, b'{"positions": []}',
        json.dumps({"positions": [ONE] * 51}).encode(), json.dumps({"positions": [ONE], "vehicle": "ts-2"}).encode(),
        message(lat=91), message(lon="110.4"), message(time=-1), message(time=1.5), message(speed_kmh=-1),
        message(route="x" * 256), message(vehicle="ts-2"), message(lat=None), b'{"positions": [{"lat": NaN}]}',
    ],
)  # fmt: skip
def test_what_is_no_message_is_none(payload: bytes) -> None:
    assert decoded(payload, "ts-1") is None


def test_the_last_position_that_was_refused_says_why() -> None:
    assert refusal([Outcome.STORED, Outcome.OLDER, Outcome.IMPROBABLE]) is None
    assert refusal([Outcome.OUTSIDE, Outcome.TIME_TOO_OLD, Outcome.STORED]) is Refusal.TIME_TOO_OLD
    assert refusal([Outcome.VEHICLE_UNKNOWN]) is Refusal.CREDENTIAL_REVOKED


def test_an_hour_kept_may_come_at_once_and_a_flood_may_not() -> None:
    pace = Pace()
    assert all(pace.takes("ts-1", 50, NOW) for _ in range(AT_ONCE // 50))
    assert not pace.takes("ts-1", 1, NOW)
    assert pace.takes("ts-2", 50, NOW), "another bus is not kept back"
    later = NOW + timedelta(seconds=25)
    assert pace.takes("ts-1", int(25 * EACH_S), later)
    assert not pace.takes("ts-1", 1, later)
    assert not pace.takes("ts-1", 1, NOW), "a clock that goes back gives nothing"


@pytest.mark.parametrize("name", ["ts-1", "", "ts-1/x", "TS", "a" * 41, "../ts-1"])
def test_whoever_has_no_name_of_a_vehicle_is_none(name: str) -> None:
    one = Asked("N", "U", "mqtt", user(name), user(name), "")
    assert door.stranger(DOOR, one) is (None if name == "ts-1" else door.Refusal.NO_DEVICE)
    assert door.stranger(DOOR, replace(one, name=name, client=name)) is door.Refusal.NO_DEVICE, "of a device"


def test_a_bus_may_publish_its_positions_and_hear_nothing() -> None:
    one = Asked("N", "U", "mqtt", user("ts-1"), user("ts-1"), "")
    made = json.loads(decode(door.admission(DOOR, one, 2, "A", 0, 1, bytes).split(".")[1]))
    inner = json.loads(decode(made["nats"]["jwt"].split(".")[1]))
    assert (inner["aud"], inner["name"]) == ("VEHICLES", "vehicles/ts-1#2")
    assert inner["nats"]["pub"] == {"allow": ["vehicles.ts-1.positions"]}
    assert inner["nats"]["sub"] == {"deny": [">"]}
