"""Whom a datastream concerns: the agency that runs its thing, and the administrators."""

from typing import Any

from smartcity.environment.v1 import datastreams_pb2 as pb
from tests.environment.conftest import DLH, DPU
from tests.environment.sensing import REASON, SINCE, Sensing, stamp
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id


async def _add(served: Served) -> Any:
    thing = await Sensing(served).thing()
    return pb.AddDatastreamRequest(
        request_id=request_id(),
        thing=thing.id,
        name="level",
        property=pb.OBSERVED_PROPERTY_WATER_LEVEL,
        sensor="Radar",
        feature_of_interest="Kali Garang",
        most=10,
        period_seconds=60,
    )


async def _calibrate(served: Served) -> Any:
    made = await Sensing(served).datastream()
    return pb.CalibrateDatastreamRequest(
        request_id=request_id(), id=made.id, etag=made.etag, since=stamp(SINCE), factor=1.1, reason=REASON
    )


async def _set_datum(served: Served) -> Any:
    made = await Sensing(served).datastream()
    return pb.SetDatumRequest(
        request_id=request_id(), id=made.id, etag=made.etag, since=stamp(SINCE), height=-0.4, reason=REASON
    )


ROWS = {
    "DatastreamService.AddDatastream": Row(_add, (DPU, ADMIN), (DLH,)),
    "DatastreamService.CalibrateDatastream": Row(_calibrate, (DPU, ADMIN), (DLH,)),
    "DatastreamService.SetDatum": Row(_set_datum, (DPU, ADMIN), (DLH,)),
}
NOBODY_OWNS = dict.fromkeys(ROWS, "a datastream knows no person")
