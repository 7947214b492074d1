"""Events in all the ways that they go, so that each statement is looked at."""

from services.branding.city_events import timers
from smartcity.branding.v1 import city_events_pb2 as pb
from tests.branding.city_events.stage import DINKES, ORGANISER, WEEKLY, WRITER, Stage
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN


async def _live(served: Served) -> None:
    stage = await (await Stage(served).enter()).enter()
    one = await stage.published()
    one = await stage.cancel_date(one, one.occasions[1].id)
    one = await stage.publish(await stage.rewrite(one, schedule=WEEKLY, venue="Taman Indonesia Kaya"))
    await stage.cancel(await stage.write(ORGANISER), ORGANISER)
    await stage.cancel(await stage.published(name="Pawai Obor"))
    await stage.write(ORGANISER)
    await stage.write(DINKES)
    await stage.read(one.code)
    for request in (
        pb.ListCityEventsRequest(page_size=1),
        pb.ListCityEventsRequest(page_size=1, kind=pb.CITY_EVENT_KIND_PERFORMANCE),
        pb.ListOccasionsRequest(page_size=1),
    ):
        request.page_token = (await stage.call(request)).next_page_token
        await stage.call(request)
    for caller in (ADMIN, WRITER, DINKES, ORGANISER):
        for records in (
            pb.ListCityEventRecordsRequest(page_size=1),
            pb.ListCityEventRecordsRequest(page_size=1, waiting=True),
            pb.ListCityEventRecordsRequest(page_size=1, state=pb.CITY_EVENT_STATE_CANCELLED),
            pb.ListCityEventRecordsRequest(page_size=1, state=pb.CITY_EVENT_STATE_PUBLISHED),
            pb.ListCityEventRecordsRequest(page_size=1, state=pb.CITY_EVENT_STATE_DRAFT),
        ):
            records.page_token = (await stage.call(records, caller)).next_page_token
            await stage.call(records, caller)
    await stage.call(pb.GetEventCalendarRequest(site="https://kota.example"))
    served.pass_time(days=120)
    await timers.go_on(served.runtime)
    await timers.plan_further(served.runtime)
    await timers.forget(served.runtime)


LIVES = {"city_events": _live}
