"""ObservationService over gRPC: proto -> action -> proto."""

from datetime import datetime
from typing import Any

from services.environment.datastreams import views
from services.environment.observations import actions
from services.environment.observations.actions import Brought
from services.environment.observations.model import MOST_COUNTED, Bucket
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.environment.v1 import observations_pb2 as pb


@rpc
async def page(tx: Transaction, request: pb.ListObservationsRequest) -> pb.ListObservationsResponse:
    """Lists readings, the newest first."""
    start, end = _time(request, "start_time"), _time(request, "end_time")
    datastream, found = await actions.page(
        tx, request.datastream, start, end, request.page_size, request.page_token, oldest=request.oldest_first
    )
    return pb.ListObservationsResponse(
        observations=map(views.reading, found.rows), unit=datastream.unit, next_page_token=found.token
    )


@rpc
async def count(tx: Transaction, request: pb.GetObservationCountRequest) -> pb.GetObservationCountResponse:
    """Counts readings."""
    found = await actions.count(tx, request.datastream, _time(request, "start_time"), _time(request, "end_time"))
    return pb.GetObservationCountResponse(count=min(found, MOST_COUNTED), more=found > MOST_COUNTED)


@rpc
async def series(tx: Transaction, request: pb.ListSeriesRequest) -> pb.ListSeriesResponse:
    """Sums datastreams up."""
    start, end = _time(request, "start_time"), _time(request, "end_time")
    span, found = await actions.series(tx, request.datastreams, start, end, request.seconds)
    made = [pb.Series(datastream=str(one.id), buckets=map(_bucket, sums), unit=one.unit) for one, sums in found]
    return pb.ListSeriesResponse(series=made, seconds=span.seconds)


@rpc
async def upload(tx: Transaction, request: pb.UploadObservationsRequest) -> pb.UploadObservationsResponse:
    """Takes readings in bulk."""
    brought = [
        Brought(one.name, one.unit, [(protos.instant(each.time), each.value) for each in one.readings])
        for one in request.series
    ]
    stored = await actions.upload(tx, request.thing, brought)
    return pb.UploadObservationsResponse(stored=stored.new, known=stored.known, out_of_range=stored.out_of_range)


def _bucket(one: Bucket) -> pb.Bucket:
    return pb.Bucket(
        start=protos.timestamp(one.start), count=one.readings, mean=one.mean, least=one.least, most=one.most
    )


def _time(request: Any, field: str) -> datetime | None:
    return protos.instant(getattr(request, field)) if request.HasField(field) else None
