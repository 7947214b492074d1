"""Feeds in all the ways that they go, so that each statement is looked at."""

import tempfile
from pathlib import Path

from services.living.feeds import timers
from smartcity.living.v1 import feeds_pb2, routes_pb2, stops_pb2
from tests.fixtures.pillars import Served
from tests.living.feeds.depot import Depot


async def _live(served: Served) -> None:
    depot = Depot(served)
    with tempfile.TemporaryDirectory() as folder:
        for year in ("1", "2", "3"):
            info = (
                "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version,"
                f"feed_contact_url\nOne,https://example.org/,id,20260101,20271231,{year},https://example.org/\n"
            )
            await depot.enter(await depot.write(Path(folder) / "feed.zip", {"feed_info.txt": info}))
    feed = await depot.feed()
    for request in (
        stops_pb2.ListStopsRequest(page_size=1),
        stops_pb2.ListStopsRequest(near="-7.0,110.4", language="en"),
        stops_pb2.ListStopsRequest(near="-7.0,110.4", name="tugu"),
        stops_pb2.ListStopsRequest(bbox="110.3,-7.1,110.5,-6.9", page_size=1),
        stops_pb2.ListStopsRequest(name="tugu"),
        stops_pb2.ListStopsRequest(name="tugumudo"),
        stops_pb2.ListStopsRequest(name="tugu", bbox="110.3,-7.1,110.5,-6.9"),
    ):
        found = await depot.call("ListStops", request)
        if found.next_page_token:
            request.page_token = found.next_page_token
            await depot.call("ListStops", request)
    await depot.call("GetStop", stops_pb2.GetStopRequest(id="P"))
    await depot.call("ListRoutes", routes_pb2.ListRoutesRequest())
    await depot.call("GetRoute", routes_pb2.GetRouteRequest(id="L", language="en"))
    await depot.call("GetFeedPart", feeds_pb2.GetFeedPartRequest())
    await depot.call("GetFeedPart", feeds_pb2.GetFeedPartRequest(feed=feed.id))
    served.pass_time(days=400)
    await timers.clear(served.runtime)


LIVES = {"feeds": _live}
