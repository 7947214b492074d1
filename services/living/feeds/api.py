"""FeedService, StopService and RouteService over gRPC: proto -> action -> proto."""

from collections.abc import Sequence

from services.kit.database import Transaction
from services.kit.errors import invalid
from services.kit.rpc import protos, rpc
from services.living.feeds import actions
from services.living.feeds.actions import PART_BYTES, Seen
from services.living.feeds.model import Box, Current, Direction, Feed, Found, Route, Stop
from smartcity.living.v1 import feeds_pb2, routes_pb2, stops_pb2
from smartcity.types.v1 import place_pb2

RADIUS_M = 1_000
"""Around a point, where nothing else is said."""
_ACCESS = {1: stops_pb2.STOP_ACCESS_YES, 2: stops_pb2.STOP_ACCESS_NO}


@rpc
async def held(tx: Transaction, _: feeds_pb2.GetFeedRequest) -> feeds_pb2.GetFeedResponse:
    """Reads what timetable holds."""
    current, found = await actions.held(tx)
    return feeds_pb2.GetFeedResponse(feed=_feed(tx, current, found))


@rpc
async def part(tx: Transaction, request: feeds_pb2.GetFeedPartRequest) -> feeds_pb2.GetFeedPartResponse:
    """Reads a part of the archive."""
    feed, content = await actions.part(tx, request.feed, request.part)
    return feeds_pb2.GetFeedPartResponse(
        feed=str(feed.id),
        digest=feed.digest,
        bytes=feed.bytes,
        parts=-(-feed.bytes // PART_BYTES),
        content=content,
    )


@rpc
async def page_stops(tx: Transaction, request: stops_pb2.ListStopsRequest) -> stops_pb2.ListStopsResponse:
    """Lists stops by name, or around a point."""
    if request.near:
        _refuse_beside_near(request)
        lat, lon = (float(each) for each in request.near.split(","))
        metres = request.radius_m or RADIUS_M
        feed, near = await actions.near(tx, lat, lon, metres, request.name, request.language, request.page_size)
        return stops_pb2.ListStopsResponse(stops=[_stop(feed, one) for one in near])
    if request.radius_m:
        raise invalid("RADIUS_INVALID", "A radius is for `near`; give both.", field="radius_m")
    box = _box(request.bbox) if request.bbox else None
    feed, found = await actions.page_stops(
        tx, box, request.name, request.language, request.page_size, request.page_token
    )
    return stops_pb2.ListStopsResponse(stops=[_stop(feed, one) for one in found.rows], next_page_token=found.token)


@rpc
async def read_stop(tx: Transaction, request: stops_pb2.GetStopRequest) -> stops_pb2.GetStopResponse:
    """Reads a stop with its lines."""
    feed, found = await actions.stop(tx, request.id, request.language)
    return stops_pb2.GetStopResponse(stop=_stop(feed, found))


@rpc
async def page_routes(tx: Transaction, request: routes_pb2.ListRoutesRequest) -> routes_pb2.ListRoutesResponse:
    """Lists lines."""
    feed, found = await actions.page_routes(tx, request.language, request.page_size, request.page_token)
    return routes_pb2.ListRoutesResponse(routes=[_route(feed, one) for one in found.rows], next_page_token=found.token)


@rpc
async def read_route(tx: Transaction, request: routes_pb2.GetRouteRequest) -> routes_pb2.GetRouteResponse:
    """Reads a line with its stops in order."""
    feed, found, directions = await actions.route(tx, request.id, request.language)
    view = _route(feed, found)
    view.directions.extend(map(_direction, directions))
    return routes_pb2.GetRouteResponse(route=view)


def _refuse_beside_near(request: stops_pb2.ListStopsRequest) -> None:
    """Around a point there is one page, and no rectangle besides. Errors: BBOX_INVALID, PAGE_TOKEN_INVALID."""
    if request.bbox:
        raise invalid("BBOX_INVALID", "Give a point in `near` or a rectangle in `bbox`, not both.", field="bbox")
    if request.page_token:
        message = "Around a point there is one page. Leave `page_token` out, or make `radius_m` smaller."
        raise invalid("PAGE_TOKEN_INVALID", message, field="page_token")


def _box(text: str) -> Box:
    box = Box(*(float(each) for each in text.split(",")))
    if not (-180 <= box.west < box.east <= 180 and -90 <= box.south < box.north <= 90):
        message = "Give west, south, east and north edge: 110.38,-7.02,110.45,-6.95."
        raise invalid("BBOX_INVALID", message, field="bbox")
    return box


def _feed(tx: Transaction, current: Current, found: list[Found]) -> feeds_pb2.Feed:
    feed = current.feed
    today = tx.now.astimezone(tx.runtime.city.timezone).date()
    first, last = feed.first_day, feed.last_day
    return feeds_pb2.Feed(
        id=str(feed.id),
        source=feed.source,
        digest=feed.digest,
        publisher=feed.publisher,
        publisher_url=feed.publisher_url,
        language=feed.language,
        feed_version=feed.feed_version,
        contact=feed.contact,
        timezone=feed.timezone,
        first_day=first.isoformat() if first else "",
        last_day=last.isoformat() if last else "",
        in_service=first is not None and last is not None and first <= today <= last,
        made_up=feed.made_up,
        bytes=feed.bytes,
        stops=feed.stops,
        routes=feed.routes,
        trips=feed.trips,
        stop_times=feed.stop_times,
        import_time=protos.timestamp(feed.imported_at),
        since=protos.timestamp(current.since),
        warnings=feed.warnings,
        infos=feed.infos,
        findings=[
            feeds_pb2.FeedFinding(
                severity=protos.number(feeds_pb2.FindingSeverity, one.severity),
                code=one.code,
                file=one.file,
                count=one.count,
                line=one.line,
                detail=one.detail,
            )
            for one in found
        ],
    )


def _stop(feed: Feed | None, seen: Seen) -> stops_pb2.Stop:
    one = seen.stop
    return stops_pb2.Stop(
        id=one.id,
        code=one.code,
        name=one.name,
        description=one.description,
        kind=stops_pb2.StopKind.ValueType(one.kind + 1),
        location=protos.point(one.lon, one.lat),
        station=one.parent_id,
        platform=one.platform,
        zone=one.zone,
        wheelchair=_ACCESS.get(one.wheelchair, stops_pb2.STOP_ACCESS_UNKNOWN),
        distance_m=round(seen.metres or 0),
        routes=[
            stops_pb2.StopRoute(
                id=each.id,
                short_name=each.short_name,
                long_name=each.long_name,
                color=each.color,
                text_color=each.text_color,
            )
            for each in seen.routes
        ],
        members=[_stop(feed, each) for each in seen.members],
        made_up=feed is not None and feed.made_up,
    )


def _route(feed: Feed | None, one: Route) -> routes_pb2.Route:
    return routes_pb2.Route(
        id=one.id,
        short_name=one.short_name,
        long_name=one.long_name,
        description=one.description,
        kind=one.kind,
        color=one.color,
        text_color=one.text_color,
        agency=one.agency,
        made_up=feed is not None and feed.made_up,
    )


def _direction(one: Direction) -> routes_pb2.RouteDirection:
    return routes_pb2.RouteDirection(
        direction=one.direction,
        headsign=one.headsign,
        trips=one.trips,
        headway=one.headway,
        calls=[_call(each.stop, each.trips) for each in one.stops],
        line=_line(one.line),
    )


def _line(points: Sequence[tuple[float, float]]) -> place_pb2.Line | None:
    return place_pb2.Line(lons=[lon for lon, _ in points], lats=[lat for _, lat in points]) if points else None


def _call(stop: Stop, trips: int) -> routes_pb2.RouteCall:
    return routes_pb2.RouteCall(
        stop=stop.id,
        name=stop.name,
        location=protos.point(stop.lon, stop.lat),
        station=stop.parent_id,
        trips=trips,
    )
