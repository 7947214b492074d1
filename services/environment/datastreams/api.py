"""DatastreamService over gRPC: proto -> action -> proto."""

from services.environment.datastreams import actions, model, views
from services.environment.datastreams.actions import Added, Shown
from services.environment.datastreams.model import OBSERVED, Correction, CorrectionKind, Property
from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from smartcity.environment.v1 import datastreams_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetDatastreamRequest) -> pb.GetDatastreamResponse:
    """Reads a datastream with its latest value."""
    return pb.GetDatastreamResponse(datastream=_view(tx, await actions.get(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListDatastreamsRequest) -> pb.ListDatastreamsResponse:
    """Lists datastreams with their latest values."""
    properties = protos.members(pb.ObservedProperty, request.properties, Property)
    found = await actions.page(tx, request.things, properties, request.page_size, request.page_token)
    shown = (_view(tx, one) for one in found.rows)
    return pb.ListDatastreamsResponse(datastreams=shown, next_page_token=found.token)


@rpc
async def properties(tx: Transaction, request: pb.ListObservedPropertiesRequest) -> pb.ListObservedPropertiesResponse:
    """Lists what can be measured."""
    return pb.ListObservedPropertiesResponse(
        properties=[
            pb.DefinedProperty(
                property=protos.number(pb.ObservedProperty, each),
                name=one.name,
                unit=one.unit,
                definition=one.definition,
            )
            for each, one in OBSERVED.items()
        ]
    )


@rpc
async def add(tx: Transaction, request: pb.AddDatastreamRequest) -> pb.AddDatastreamResponse:
    """Adds a datastream to a thing."""
    added = Added(
        request.name,
        protos.member(pb.ObservedProperty, request.property, Property),
        " ".join(request.sensor.split()),
        " ".join(request.feature_of_interest.split()),
        request.least,
        request.most,
        request.period_seconds,
    )
    return pb.AddDatastreamResponse(datastream=_view(tx, await actions.add(tx, request.thing, added)))


@rpc
async def calibrate(tx: Transaction, request: pb.CalibrateDatastreamRequest) -> pb.CalibrateDatastreamResponse:
    """Calibrates a datastream from an hour on."""
    shown = await actions.correct(
        tx,
        request.id,
        request.etag,
        CorrectionKind.CALIBRATION,
        protos.instant(request.since),
        request.factor,
        request.offset,
        request.reason,
    )
    return pb.CalibrateDatastreamResponse(datastream=_view(tx, shown))


@rpc
async def set_datum(tx: Transaction, request: pb.SetDatumRequest) -> pb.SetDatumResponse:
    """Says how high the zero of a gauge lies from an hour on."""
    since = protos.instant(request.since)
    shown = await actions.correct(
        tx, request.id, request.etag, CorrectionKind.DATUM, since, 1.0, request.height, request.reason
    )
    return pb.SetDatumResponse(datastream=_view(tx, shown))


def _view(tx: Transaction, shown: Shown) -> pb.Datastream:
    datastream, thing, latest, corrections = shown
    return pb.Datastream(
        id=str(datastream.id),
        thing=str(thing.id),
        thing_code=thing.code,
        name=datastream.name,
        property=protos.number(pb.ObservedProperty, datastream.property),
        unit=datastream.unit,
        sensor=datastream.sensor,
        feature_of_interest=datastream.feature,
        least=datastream.least,
        most=datastream.most,
        period_seconds=datastream.period,
        latest=views.reading(latest) if latest else None,
        calibrations=[_correction(one) for one in corrections if one.kind is CorrectionKind.CALIBRATION],
        datums=[_correction(one) for one in corrections if one.kind is CorrectionKind.DATUM],
        create_time=protos.timestamp(datastream.created_at),
        update_time=protos.timestamp(datastream.updated_at),
        etag=etag.of(datastream.version),
        silent=model.silent(datastream, latest.at if latest else None, tx.now),
        made_up=datastream.made_up,
    )


def _correction(one: Correction) -> pb.Correction:
    return pb.Correction(
        since=protos.timestamp(one.since),
        factor=one.factor,
        offset=one.shift,
        reason=one.reason,
        create_time=protos.timestamp(one.created_at),
    )
