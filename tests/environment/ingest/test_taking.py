"""What devices send is stored once, refused with its reason, and told of the device."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.environment.ingest import hot, timers
from services.environment.ingest.hot import Memory
from services.environment.ingest.model import MOST_VALUE, Arrived, Outcome, Refusal, Verdict
from smartcity.environment.v1 import datastreams_pb2, devices_pb2, observations_pb2
from smartcity.types.v1 import edge_pb2
from tests.environment.sensing import REASON, Sensing
from tests.governance.conftest import MONDAY, request_id


@dataclass
class Taking:
    """One process that takes messages in."""

    sensing: Sensing
    datastream: datastreams_pb2.Datastream
    device: str
    memory: Memory = field(default_factory=Memory)

    def message(self, seq: int, value: float = 1.0, at: datetime = MONDAY, **changes: Any) -> Arrived:
        """A message with one reading."""
        series = {"name": "level", "unit": "m", "readings": [[int(at.timestamp() * 1000) + seq, value]]}
        series |= changes.pop("series", {})
        body = {"boot": 1, "seq": seq, "sent": int(MONDAY.timestamp() * 1000) + 2500, "series": [series], **changes}
        return Arrived(self.device, json.dumps(body).encode(), self.sensing.served.now)

    async def take(self, *messages: Arrived) -> list[Verdict]:
        """Takes messages in, in one transaction."""
        async with self.sensing.served.runtime.transaction() as tx:
            return await hot.take(tx, self.memory, messages)

    async def stored(self) -> list[float]:
        """The values that are there, the oldest first."""
        asked = observations_pb2.ListObservationsRequest(datastream=self.datastream.id, page_size=200)
        return [one.value for one in reversed((await self.sensing.call(asked)).observations)]

    async def told(self) -> devices_pb2.Device:
        """The device as its agency sees it."""
        found: devices_pb2.Device = (await self.sensing.call(devices_pb2.GetDeviceRequest(id=self.device))).device
        return found


@pytest.fixture
async def taking(sensing: Sensing) -> Taking:
    """A gauge with one device."""
    thing = await sensing.thing()
    datastream = await sensing.datastream(thing)
    return Taking(sensing, datastream, (await sensing.device(thing)).device.id)


async def test_a_message_that_comes_twice_is_stored_once(taking: Taking) -> None:
    assert await taking.take(taking.message(0), taking.message(1), taking.message(0)) == [
        Outcome.STORED, Outcome.STORED, Outcome.REPEATED,
    ]  # fmt: skip
    assert len(await taking.stored()) == 2


async def test_another_process_knows_what_has_come(taking: Taking) -> None:
    await taking.take(taking.message(0), taking.message(3))
    taking.memory = Memory()
    assert await taking.take(*map(taking.message, range(4))) == [
        Outcome.REPEATED, Outcome.STORED, Outcome.STORED, Outcome.REPEATED,
    ]  # fmt: skip


async def _broken(taking: Taking) -> None:
    async with taking.sensing.served.runtime.transaction() as tx:
        await hot.take(tx, taking.memory, [taking.message(0)])
        raise ZeroDivisionError


async def test_after_a_transaction_that_did_not_commit_nothing_counts_as_come(taking: Taking) -> None:
    with pytest.raises(ZeroDivisionError):
        await _broken(taking)
    taking.memory.forget()
    assert await taking.take(taking.message(0)) == [Outcome.STORED]


async def test_gaps_and_clock_skew_are_told(taking: Taking) -> None:
    await taking.take(taking.message(2), taking.message(7))
    told = await taking.told()
    assert (told.missing, told.refused) == (4, 0)
    assert told.clock_skew_seconds == pytest.approx(2.5)
    await taking.take(taking.message(3), taking.message(1))
    assert (await taking.told()).missing == 3


async def test_a_message_that_nobody_can_read_changes_nothing_else_that_is_told(taking: Taking) -> None:
    odd = Arrived(taking.device, b"{", MONDAY)
    for messages in ([taking.message(2), taking.message(7)], [odd], [taking.message(8), odd]):
        await taking.take(*messages)
        told = await taking.told()
        assert told.missing == 4
        assert told.clock_skew_seconds == pytest.approx(2.5)
    assert told.refused == 2


async def test_a_message_numbered_far_off_is_refused_and_nothing_is_missing_for_it(taking: Taking) -> None:
    near = taking.message(7)
    far = near._replace(payload=near.payload.replace(b'"seq": 7', b'"seq": 4611686018427387903'))
    verdicts = await taking.take(taking.message(6), far, taking.message(8))
    assert verdicts == [Outcome.STORED, Refusal.SEQUENCE_FAR_OFF, Outcome.STORED]
    told = await taking.told()
    assert (told.missing, told.refused, told.refusal) == (1, 1, "SEQUENCE_FAR_OFF")


async def test_a_restarted_device_begins_anew(taking: Taking) -> None:
    await taking.take(taking.message(0))
    assert await taking.take(taking.message(0, value=2.0, boot=2, at=MONDAY + timedelta(seconds=1))) == [Outcome.STORED]
    assert await taking.stored() == [1.0, 2.0]


_LATE = MONDAY - timedelta(hours=1)


def test_a_reading_is_bound_as_one_that_is_uploaded() -> None:
    rules = observations_pb2.RawReading.DESCRIPTOR.fields_by_name["value"].GetOptions().Extensions[edge_pb2.rules]
    assert (rules.gte, rules.lte) == (-MOST_VALUE, MOST_VALUE)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"series": {"unit": "cm"}}, Refusal.UNIT_WRONG),
        ({"series": {"name": "depth"}}, Refusal.DATASTREAM_UNKNOWN),
        ({"at": MONDAY + timedelta(minutes=6)}, Refusal.TIME_IN_FUTURE),
        ({"at": MONDAY - timedelta(weeks=14)}, Refusal.TIME_TOO_OLD),
        ({"value": 1.1e9}, Refusal.VALUE_INVALID),
        ({"value": -1.7e308}, Refusal.VALUE_INVALID),
        ({"series": {"readings": [[1, 2.0]] * 1001}}, Refusal.TOO_MANY_READINGS),
        ({"series": {"readings": [[1]]}}, Refusal.MESSAGE_INVALID),
        ({"boot": -1}, Refusal.MESSAGE_INVALID),
        ({"more": 1}, Refusal.MESSAGE_INVALID),
    ],
)
async def test_a_message_that_does_not_fit_is_refused_whole_and_told(
    taking: Taking, changes: dict[str, Any], reason: Refusal
) -> None:
    assert await taking.take(taking.message(0, **changes), taking.message(1)) == [reason, Outcome.STORED]
    assert len(await taking.stored()) == 1
    told = await taking.told()
    assert (told.refused, told.refusal) == (1, reason)


@pytest.mark.parametrize("payload", [b"", b"\xff", b"[" * 5000, b"x" * 70_000, b'{"boot":1e999}', b"null"])
async def test_odd_bytes_are_refused(taking: Taking, payload: bytes) -> None:
    odd = Arrived(taking.device, payload, MONDAY)
    assert await taking.take(odd, taking.message(0)) == [Refusal.MESSAGE_INVALID, Outcome.STORED]


async def test_a_value_beyond_all_numbers_changes_nothing(taking: Taking) -> None:
    text = taking.message(0).payload.decode().replace("1.0]", "1e999]")
    verdicts: Sequence[Verdict] = await taking.take(Arrived(taking.device, text.encode(), MONDAY))
    assert verdicts == [Refusal.MESSAGE_INVALID]


async def test_what_is_late_is_flagged(taking: Taking) -> None:
    await taking.take(taking.message(0, at=_LATE), taking.message(1, value=11.0))
    asked = observations_pb2.ListObservationsRequest(datastream=taking.datastream.id)
    found = (await taking.sensing.call(asked)).observations
    assert [(one.out_of_range, one.late) for one in found] == [(True, False), (False, True)]


async def test_a_device_that_is_unknown_or_revoked_is_refused(taking: Taking) -> None:
    await taking.take(taking.message(0))
    assert await taking.take(Arrived("nobody", taking.message(1).payload, MONDAY)) == [Refusal.DEVICE_UNKNOWN]
    device = await taking.told()
    revoke = devices_pb2.RevokeDeviceRequest(request_id=request_id(), id=device.id, etag=device.etag, reason=REASON)
    await taking.sensing.call(revoke)
    assert await taking.take(taking.message(1)) == [Refusal.DEVICE_REVOKED]


async def test_a_datastream_that_is_added_is_known_at_once(taking: Taking) -> None:
    rain: dict[str, Any] = {"series": {"name": "rain", "unit": "mm"}}
    assert await taking.take(taking.message(0, **rain)) == [Refusal.DATASTREAM_UNKNOWN]
    thing = datastreams_pb2.AddDatastreamRequest(
        request_id=request_id(),
        thing=taking.datastream.thing,
        name="rain",
        property=datastreams_pb2.OBSERVED_PROPERTY_RAINFALL,
        sensor="Timba",
        feature_of_interest="Hujan",
        most=50,
        period_seconds=60,
    )
    await taking.sensing.call(thing)
    assert await taking.take(taking.message(1, **rain)) == [Outcome.STORED]


async def test_old_runs_are_forgotten_but_the_newest_of_a_device(taking: Taking) -> None:
    await taking.take(taking.message(0), taking.message(0, boot=2))
    taking.sensing.served.pass_time(days=31)
    await timers.prune(taking.sensing.served.runtime)
    found = await taking.sensing.served.admin.fetch("SELECT boot FROM environment.device_run")
    assert [row["boot"] for row in found] == [2]
