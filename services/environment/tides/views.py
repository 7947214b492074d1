"""Tides as the contract has them."""

from collections.abc import Sequence

from services.environment.tides import model
from services.environment.tides.actions import Shown
from services.environment.tides.model import Flood, Height, Limit, State, Tide
from services.kit.database import Transaction
from services.kit.rpc import protos
from smartcity.environment.v1 import tides_pb2 as pb
from smartcity.environment.v1 import warnings_pb2


def view(tx: Transaction, shown: Shown, *, whole: bool) -> pb.Tide:
    """A gauge with its forecast: by the hour, or ``whole``, by ten minutes and with its waves."""
    thing, tide, datastream, limits = shown
    made = pb.Tide(
        id=str(thing.id),
        code=thing.code,
        name=thing.name,
        agency=thing.agency,
        area=protos.area(tx.runtime.city, thing.area),
        location=protos.point(thing.lon, thing.lat),
        made_up=thing.made_up or (datastream is not None and datastream.made_up),
        source=thing.source,
        datastream=str(datastream.id) if datastream else "",
        sensor=datastream.sensor if datastream else "",
        state=protos.number(pb.TideState, tide.state if tide else State.WAITING),
        hours_needed=model.NEEDED,
        limits=map(_limit, limits),
    )
    if tide is not None:
        _add(made, tide, model.ahead(tide, tx.now), limits, whole=whole)
    return made


def _add(made: pb.Tide, tide: Tide, heights: Sequence[Height], limits: Sequence[Limit], *, whole: bool) -> None:
    made.hours = tide.hours
    made.MergeFrom(
        pb.Tide(
            start_time=protos.timestamp(tide.first_at),
            end_time=protos.timestamp(tide.last_at),
            forecast_time=protos.timestamp(tide.made_at),
            error=_error(tide),
            heights=[
                pb.TideHeight(time=protos.timestamp(one.at), height=one.height)
                for one in (heights if whole else model.hourly(heights))
            ],
            turns=[
                pb.TideTurn(time=protos.timestamp(one.at), height=one.height, high=one.high)
                for one in model.turns(heights)
            ],
            floods=map(_flood, model.floods(heights, limits)),
            constituents=[
                pb.TideConstituent(name=one.name, amplitude=one.amplitude, phase=one.phase, speed=one.speed)
                for one in (tide.constituents if whole else ())
            ],
        )
    )


def _error(tide: Tide) -> pb.TideError | None:
    if tide.held_at is None:
        return None
    return pb.TideError(
        rmse=round(100 * tide.rmse, 1),
        worst=round(100 * tide.worst, 1),
        start_time=protos.timestamp(tide.held_at),
        end_time=protos.timestamp(tide.last_at),
        hours=model.HELD_OUT,
    )


def _limit(one: Limit) -> pb.TideLimit:
    return pb.TideLimit(
        zone=one.zone.id,
        name_id=one.zone.name_id,
        name_en=one.zone.name_en,
        level=protos.number(warnings_pb2.WarningLevel, one.level),
        limit=one.height,
        made_up=one.made_up,
    )


def _flood(one: Flood) -> pb.TideFlood:
    return pb.TideFlood(
        limit=_limit(one.limit),
        start_time=protos.timestamp(one.start),
        end_time=protos.timestamp(one.end),
        goes_on=one.goes_on,
        peak=one.peak.height,
        peak_time=protos.timestamp(one.peak.at),
    )
