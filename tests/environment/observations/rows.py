"""Whom bringing readings concerns: the agency that runs the thing, and the administrators."""

from typing import Any

from smartcity.environment.v1 import observations_pb2 as pb
from tests.environment.conftest import DLH, DPU
from tests.environment.sensing import Sensing, stamp
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id


async def _upload(served: Served) -> Any:
    made = await Sensing(served).datastream()
    readings = [pb.RawReading(time=stamp(served.now), value=1)]
    series = [pb.RawSeries(name="level", unit="m", readings=readings)]
    return pb.UploadObservationsRequest(request_id=request_id(), thing=made.thing, series=series)


ROWS = {"ObservationService.UploadObservations": Row(_upload, (DPU, ADMIN), (DLH,))}
NOBODY_OWNS = {"ObservationService.UploadObservations": "readings know no person"}
