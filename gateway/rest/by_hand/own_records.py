"""What the city keeps of the caller, in every pillar, as it is."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.own_records import gathered
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.society.v1 import own_records_pb2 as pb2

_SCHEMA = {
    "type": "object",
    "required": ["as_of", "missing", "pillars"],
    "properties": {
        "as_of": {"type": "string", "format": "date-time"},
        "missing": {"type": "array", "items": {"type": "string"}},
        "pillars": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            },
        },
    },
}


@by_hand(
    "GET",
    "/v1/own-records",
    pb2.ListOwnRecordsRequest,
    "listOwnRecords",
    responses={"200": {"description": "What is kept.", "content": {"application/json": {"schema": _SCHEMA}}}},
)
async def records(parts: Gateway, request: Request, message: pb2.ListOwnRecordsRequest) -> Response:
    """Exports what the city keeps of the caller by their login, by pillar and kind, of each kind the newest. A pillar
    that does not answer now is named in `missing`. What the law keeps, and why, answers `POST /v1/data-requests`.
    """
    found = await gathered(parts.pillars, current_caller(request))
    headers = {"cache-control": "no-store"}
    return Response(msgspec.json.encode(found), media_type="application/json", headers=headers)
