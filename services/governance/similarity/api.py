"""ComplaintService over gRPC, cases that look alike."""

import math

from services.governance.records import events, views
from services.governance.similarity import actions
from services.governance.similarity.model import Similar
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.governance.v1 import complaints_pb2 as pb

_DISTANCE_STEP = 50


@rpc
async def similar(tx: Transaction, request: pb.ListSimilarComplaintsRequest) -> pb.ListSimilarComplaintsResponse:
    """The likeliest come first. Errors: LOCATION_REQUIRED, OUTSIDE_CITY, AREA_UNKNOWN, CATEGORY_UNKNOWN."""
    position = (request.location.lon, request.location.lat) if request.HasField("location") else None
    found = await actions.similar(tx, request.text, request.category, position, request.area_code)
    return pb.ListSimilarComplaintsResponse(complaints=[_similar(one, tx.runtime.city) for one in found])


def _similar(found: Similar, city: City) -> pb.SimilarComplaint:
    """Distance in steps of 50 m and likeness of a tenth: what is finer helps nobody to tell whether it is the same."""
    one, distance = found.complaint, found.distance
    return pb.SimilarComplaint(
        code=one.code,
        category=views.category(city, one.category),
        area=protos.area(city, one.location.area),
        distance=-1 if distance is None else math.ceil(distance / _DISTANCE_STEP) * _DISTANCE_STEP,
        score=round(found.score, 1),
        state=events.state(one.state),
        text=one.public_text,
        create_time=protos.timestamp(one.created_at),
        supporters=one.supporters,
    )
