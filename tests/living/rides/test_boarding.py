"""Boarding by the code in a vehicle: the passenger's own tap, on a validator of the vehicle's name."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from gateway.portal.living import boarding as pages
from services.kit.caller import Caller
from services.kit.city import load_city
from services.living.fares import terms
from services.living.progress import store as progress
from services.living.rides.model import BOARDED
from smartcity.living.v1 import cards_pb2, rides_pb2
from smartcity.living.v1 import vehicles_pb2 as vehicles
from tests.fixtures.edge import stand_before
from tests.governance.conftest import refused, request_id
from tests.living.rides.riding import AGENT, BUDI, DISHUB, INSIDER, SITI, STUDENT, Riding, driving
from tests.living.vehicles.fleet import TRANS, Fleet
from tests.society.pages import reader

BUS = "ts-k1-01"


@pytest.fixture
async def bus(riding: Riding) -> str:
    """A bus that tells that it drives K1, known by its progress."""
    await Fleet(riding.served).register(BUS, label="K1-01")
    await drives(riding, "K1")
    return BUS


async def drives(riding: Riding, route: str) -> None:
    """Lets it be known that the bus drives a line now."""
    async with riding.served.runtime.transaction() as tx:
        await progress.save(tx, [driving(BUS, route, riding.served.now)])


async def board(riding: Riding, caller: Caller = SITI, **fields: Any) -> rides_pb2.BoardVehicleResponse:
    """Boards the bus."""
    request = rides_pb2.BoardVehicleRequest(**{"vehicle": BUS, **fields})
    answer: rides_pb2.BoardVehicleResponse = await riding.call(request, caller)
    return answer


def city_says(monkeypatch: pytest.MonkeyPatch, **changed: int) -> None:
    known = terms.required(load_city("semarang"))
    settings = msgspec.structs.replace(known.settings, **changed)
    monkeypatch.setattr(terms, "required", lambda _: msgspec.structs.replace(known, settings=settings))


async def test_one_press_is_a_ride_that_is_paid_as_a_tap_is(riding: Riding, bus: str) -> None:
    """On the line that the bus drives, whatever the passenger says; once for a key; at the fare of their class."""
    await riding.card()
    await riding.granted(rider=STUDENT)
    key = request_id()
    first = await board(riding, request_id=key, route="K8")
    assert (first.ride.route, first.ride.validator, first.ride.rider) == ("K1", bus, STUDENT)
    assert (await board(riding, request_id=key, route="K8")).ride.id == first.ride.id
    assert [asked.payer for asked in await riding.asked()] == [SITI.subject] * bool(first.ride.fare.units)
    await riding.answer()
    assert await riding.state(first.ride.id) == "paid"


async def test_everybody_boards_with_their_own_card_alone(riding: Riding, bus: str) -> None:
    """A card is not named, so nobody's else is; who has none is told how to get one; a blocked one does not count."""
    number = await riding.card(BUDI)
    with refused("CARD_MISSING"):
        await board(riding, SITI)
    with refused("CARD_MISSING"):
        await board(riding, INSIDER)
    ride = (await board(riding, BUDI)).ride
    assert (ride.card, ride.own) == (number, True)
    with refused("RIDE_NOT_FOUND"):
        await riding.state(ride.id, SITI)
    (taken,) = await riding.served.admin.fetch("SELECT taken_by FROM living.ride")
    assert taken["taken_by"] == BOARDED, "no name stays there when whose the ride was is forgotten"
    etag = (await riding.read(number)).etag
    await riding.call(cards_pb2.BlockCardRequest(number=number, etag=etag), BUDI)
    with refused("CARD_MISSING"):
        await board(riding, BUDI)


async def test_a_second_press_within_the_citys_time_is_the_same_ride(
    riding: Riding, bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another key, as on a validator of that name; afterwards, or where the city sets none, it is another."""
    await riding.card()
    city_says(monkeypatch, again_seconds=10)
    first = await board(riding)
    second = await board(riding)
    assert (second.ride.id, second.repeated, first.repeated) == (first.ride.id, True, False)
    riding.served.pass_time(seconds=11)
    assert (await board(riding, after=first.ride.id)).ride.id != first.ride.id
    assert len(await riding.asked()) == 2


async def test_two_pages_that_are_open_charge_once_unless_one_more_fare_is_meant(riding: Riding, bus: str) -> None:
    """Who says so knows of the last ride; a minute later it is another ride anyhow."""
    await riding.card()
    first = (await board(riding)).ride
    with refused("BOARDED_JUST_NOW"):
        await board(riding)
    second = (await board(riding, after=first.id)).ride
    with refused("BOARDED_JUST_NOW"):
        await board(riding, after=first.id)
    riding.served.pass_time(seconds=61)
    await drives(riding, "K1")
    third = (await board(riding)).ride
    assert len({first.id, second.id, third.id}) == len(await riding.asked()) == 3


async def test_who_travels_along_pays_the_usual_fare_whatever_the_card_holder_is_granted(
    riding: Riding, bus: str
) -> None:
    """Within a minute, and later on the same ride; the holder who comes back rides in their class."""
    number = await riding.card()
    await riding.granted(rider=STUDENT)
    own = (await board(riding)).ride
    usual = (await riding.read(number, SITI)).usual_fare
    assert own.fare.units < usual.units
    for seconds in (0, 61):
        riding.served.pass_time(seconds=seconds)
        await drives(riding, "K1")
        along = (await board(riding, after=own.id)).ride
        assert (along.rider, along.fare) == (terms.required(riding.served.runtime.city).usual, usual)
        own = along
    riding.served.pass_time(seconds=61)
    await drives(riding, "K1")
    assert (await board(riding)).ride.rider == STUDENT


@pytest.mark.parametrize("said", [{"transfer_minutes": 60}, {"again_seconds": 10}])
async def test_who_travels_along_pays_also_where_the_card_holder_changes_free_or_taps_again(
    riding: Riding, bus: str, monkeypatch: pytest.MonkeyPatch, said: dict[str, int]
) -> None:
    """They changed from nothing, and are nobody who pressed twice; who presses twice for them pays once."""
    number = await riding.card()
    city_says(monkeypatch, **said)
    await riding.ride(number, validator="BUS-18", route="K8")
    own = (await board(riding)).ride
    assert bool(own.fare.units) == ("again_seconds" in said)
    along = await board(riding, after=own.id)
    usual = (await riding.read(number, SITI)).usual_fare
    assert (along.repeated, along.ride.fare, along.ride.id == own.id) == (False, usual, False)
    with refused("BOARDED_JUST_NOW"):
        await board(riding, after=own.id)


async def test_who_boards_a_bus_again_says_on_the_page_whether_it_is_for_themselves(
    riding: Riding, bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also who pays the usual fare: a change is free for them, and for nobody who travels along."""
    number = await riding.card()
    city_says(monkeypatch, transfer_minutes=60)
    monkeypatch.setattr(pages, "_LATELY", timedelta(days=3_650))
    await riding.ride(number, validator="BUS-18", route="K8")
    last = (await board(riding)).ride
    async with stand_before(riding.served) as stand:
        siti = await reader(stand, SITI)
        for along in (False, True):
            riding.served.pass_time(minutes=2)
            await drives(riding, "K1")
            page = await siti.page(f"/transit/bus/{bus}/naik")
            assert page.xpath("//input[@name='after']/@value") == [last.id, ""]
            (form,) = page.xpath("//form[@id='board-form']")
            await siti.submit(form, after=last.id if along else "")
            before, last = last, (await riding.call(rides_pb2.ListRidesRequest(own=True, page_size=1))).rides[0]
            assert (last.id == before.id, bool(last.fare.units)) == (False, along)
        await siti.client.aclose()


async def test_what_is_owed_bounds_what_is_boarded(riding: Riding, bus: str) -> None:
    """As it bounds taps: too much that is asked for, and what could not be paid."""
    await riding.card()
    last, fares = "", []
    for _ in range(5):
        ride = (await board(riding, after=last)).ride
        last = ride.id
        fares.append(ride.fare.units)
    assert sum(fares) + fares[0] > terms.required(riding.served.runtime.city).settings.most_owed
    with refused("OVER_LIMIT"):
        await board(riding, after=last)
    await riding.answer("INSUFFICIENT_FUNDS")
    with refused("CARD_DENIED"):
        await board(riding, after=last)


async def test_a_vehicle_has_to_be_there_and_a_line_known(riding: Riding, bus: str) -> None:
    """Unknown and retired ones are refused; a silent one's line is asked for, and has to be one of the timetable's."""
    await riding.card()
    with refused("VEHICLE_NOT_FOUND"):
        await board(riding, vehicle="ts-none")
    riding.served.pass_time(seconds=120)
    with refused("ROUTE_REQUIRED"):
        await board(riding)
    with refused("ROUTE_NOT_FOUND"):
        await board(riding, route="nowhere")
    fleet = Fleet(riding.served)
    retired = vehicles.RetireVehicleRequest(request_id=request_id(), id=bus, etag="1", reason="Dijual pada lelang.")
    await fleet.call(retired, TRANS)
    with refused("VEHICLE_RETIRED"):
        await board(riding, route="K1")
    assert await riding.asked() == []


@pytest.mark.parametrize("caller", [DISHUB, AGENT])
async def test_who_is_no_passenger_boards_nothing(riding: Riding, bus: str, caller: Caller) -> None:
    """An officer as such is refused by their role; a system of the agency has no card."""
    with refused("ROLE_NOT_ALLOWED" if caller is DISHUB else "CARD_MISSING"):
        await board(riding, caller)
