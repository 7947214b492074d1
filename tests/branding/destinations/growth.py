"""Destinations, their corrections and advisories going all the ways that they can."""

from datetime import timedelta

from services.branding.advisories import timers
from services.branding.corrections import timers as correction_timers
from services.kit.caller import ANONYMOUS, Caller
from smartcity.branding.v1 import day_trips_pb2
from smartcity.branding.v1 import destinations_pb2 as pb
from smartcity.branding.v1.day_trips_pb2_grpc import DayTripServiceStub
from tests.branding.city_events.stage import WRITER
from tests.branding.destinations.tour import Tour
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    tour = await (await Tour(served).enter()).enter()
    one = await tour.read("lawang-sewu")
    await tour.read(one.id)
    for near in ("", "-6.9837,110.4105"):
        await tour.listed(near=near, page_size=20)
        await tour.listed(near=near, page_size=20, open=True, kind=pb.DESTINATION_KIND_PARK)
    await served.call(DayTripServiceStub, "ListDayTrips", day_trips_pb2.ListDayTripsRequest(), ANONYMOUS)
    trip = day_trips_pb2.GetDayTripRequest(id="kota-lama-dan-pecinan")
    await served.call(DayTripServiceStub, "GetDayTrip", trip, ANONYMOUS)
    accepted = await tour.correct()
    await tour.decide(accepted)
    await tour.decide(
        await tour.correct(caller=Caller("citizen-siti", frozenset({"citizen"})), note="Dari yang masuk."), "DECLINED"
    )
    await tour.decide(await tour.correct(note="Lain kali."), "DECLINED")
    await tour.call(pb.GetDestinationCorrectionRequest(id=accepted), WRITER)
    for word in ("WAITING", "DECLINED"):
        state = pb.DestinationCorrectionState.Value(f"DESTINATION_CORRECTION_STATE_{word}")
        request = pb.ListDestinationCorrectionsRequest(page_size=1, state=state)
        for number in range(2):
            await tour.correct(note=f"Catatan {word} {number}")
            await tour.decide(await tour.correct(note=f"Kata {word} {number}"), "DECLINED")
        request.page_token = (await tour.call(request, WRITER)).next_page_token
        await tour.call(request, WRITER)
    made = await tour.advise()
    await tour.end(made)
    await tour.warn("siaga")
    await tour.warn("awas", update=True)
    await tour.air("unhealthy")
    await tour.end((await tour.told())[0])
    await tour.air("good")
    await tour.call(pb.ListAdvisoriesRequest())
    served.now += timedelta(hours=7)
    await timers.expire(served.runtime)
    await tour.clear()
    served.pass_time(days=100)
    await correction_timers.forget(served.runtime)


LIVES = {"destinations": _live}
