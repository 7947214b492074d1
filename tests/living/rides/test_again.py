"""A card that is tapped again at once on the same validator is the same ride, where the city says so."""

from datetime import timedelta

import msgspec
import pytest

from services.kit.city import load_city
from services.living.fares import terms
from smartcity.living.v1 import rides_pb2
from tests.living.rides.riding import Riding

SECONDS = 10


@pytest.fixture(autouse=True)
def debounced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A city that takes no second tap within ten seconds."""
    known = terms.required(load_city("semarang"))
    changed = msgspec.structs.replace(known, settings=msgspec.structs.replace(known.settings, again_seconds=SECONDS))
    monkeypatch.setattr(terms, "required", lambda _: changed)


@pytest.mark.parametrize("offline", [False, True])
@pytest.mark.parametrize("away", [-SECONDS, 0, SECONDS])
async def test_a_second_tap_within_the_time_is_one_ride_in_whatever_order(
    riding: Riding, away: int, offline: bool
) -> None:
    card = await riding.card()
    riding.served.pass_time(minutes=1)
    now = riding.served.now
    ride = await riding.ride(card, now, offline=offline)
    for _ in range(2):
        tap = riding.tap(card, now + timedelta(seconds=away))
        (result,) = (await riding.upload(tap, offline=offline)).results
        assert (result.verdict, result.ride) == (rides_pb2.TAP_VERDICT_REPEATED, ride)
    assert len(await riding.asked()) == 1


async def test_later_or_on_another_validator_it_is_another_ride(riding: Riding) -> None:
    card = await riding.card()
    riding.served.pass_time(minutes=1)
    now = riding.served.now
    first = await riding.ride(card, now - timedelta(seconds=SECONDS + 1))
    rides = {first, await riding.ride(card, now), await riding.ride(card, now, validator="BUS-18")}
    assert len(rides) == 3
    assert len(await riding.asked()) == 3
