"""What is told of devices that are refused, and of how far behind who reads them is."""

import asyncio

import pytest

from observability import metrics, semconv
from services.kit.door import gauges as callout
from services.kit.door.gauges import LATELY_S, Refused
from services.kit.door.model import Refusal
from services.kit.mqtt import gauges
from services.kit.mqtt.gauges import Behind
from tests.environment.broker.conftest import Gauge


class Time:
    """Passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Of the modules that are tested."""
    found = Time()
    monkeypatch.setattr(callout, "time", found)
    monkeypatch.setattr(gauges, "time", found)
    return found


def counted(refused: Refused) -> dict[object, float]:
    return {attributes[semconv.REASON]: value for value, attributes in refused.told() if value}


def test_a_device_counts_once_by_its_last_answer_and_no_longer_than_lately(time: Time) -> None:
    refused = Refused()
    for name in ("duga-1", "duga-1", "duga-2"):
        refused.note(name, Refusal.PASSWORD_WRONG)
    assert counted(refused) == {"PASSWORD_WRONG": 2}
    refused.note("duga-2", Refusal.NOBODY_READS)
    assert counted(refused) == {"PASSWORD_WRONG": 1, "NOBODY_READS": 1}
    refused.note("duga-1", None)
    assert counted(refused) == {"NOBODY_READS": 1}
    refused.note("duga-2", Refusal.READER_UNKNOWN)
    assert counted(refused) == {"READER_UNKNOWN": 1}
    time.now += LATELY_S + 1
    assert counted(refused) == {}


def test_who_is_no_device_counts_nowhere_and_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callout, "MOST", 3)
    refused = Refused()
    refused.note("stranger", Refusal.DEVICE_UNKNOWN)
    for number in range(5):
        refused.note(f"duga-{number}", Refusal.PASSWORD_WRONG)
    assert counted(refused) == {"PASSWORD_WRONG": 3}


def test_a_broker_that_is_away_has_an_age_from_the_first_moment_on(time: Time) -> None:
    behind = Behind()
    time.now += 5
    behind.is_away()
    time.now += 5
    assert behind.seconds() == 10


async def test_the_reader_tells_of_messages_that_it_has_not_stored(gauge: Gauge) -> None:
    def told() -> list[float]:
        watched = [read for name, *_, read in metrics._watched if name == semconv.DEVICES_UNREAD_AGE.name]
        return [value for read in watched for value, _ in read()]

    runtime = gauge.sensing.served.runtime
    async with gauge.door.answering(runtime), gauge.door.reading(runtime):
        device = gauge.device()
        await device.enter()
        assert await device.send(0, gauge.sensing.served.now)
        async with asyncio.timeout(10):
            while await gauge.stored() != [1.0] or told() != [0.0]:
                await asyncio.sleep(0.05)
        await device.leave()
    assert told() == [], "who reads no more has nothing to say"
