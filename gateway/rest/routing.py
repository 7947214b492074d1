"""Routing: which agency gets what, and what a change of the rules would do."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from gateway.rest.answers import PRIVATE, answer, documented
from gateway.rest.requests import Body, Name, Parts, Who, Words, example
from smartcity.governance.v1 import routing_pb2 as pb2
from smartcity.governance.v1 import routing_views as views

router = APIRouter(tags=["Routing"], prefix="/v1/routing")
SIMULATION_SECONDS = 15.0


class Wording(Body):
    """What somebody is about to report."""

    model_config = example({"text": "Lampu jalan mati sudah seminggu", "area_code": "33.74.01.1007"})

    text: Annotated[Words, Field(min_length=1, max_length=5000)]
    """What is wrong."""
    area_code: Name = ""
    """Kemendagri code of the place, when known."""


class Draft(Body):
    """A draft rule set to try."""

    model_config = example(
        {
            "rules_csv": "order,category,area,agency,why_id,why_en\n"
            "10,sampah-menumpuk,*,dlh,Sampah diurus DLH.,Waste is the Environment Agency's.\n"
            "99,*,*,setda,Lainnya ke Sekretariat Daerah.,Everything else goes to the Secretariat.\n",
            "last": 500,
        }
    )

    rules_csv: Annotated[str, Field(min_length=1, max_length=200_000)]
    """The rules as CSV, in the format of the profile's `routing.csv`."""
    last: Annotated[int, Field(ge=0, le=10_000)] = 0
    """How many of the last complaints to try; 1,000 when zero."""


@router.post(
    "/suggestions",
    summary="Suggest categories for a text",
    operation_id="suggestCategories",
    **documented("SuggestCategoriesResponse", problems=(400, 413, 422, 503, 504)),
)
async def suggest(body: Wording, parts: Parts, who: Who) -> Response:
    """Suggests up to three categories for a text, best first, and says which agency each leads to, and why."""
    message = pb2.SuggestCategoriesRequest(text=body.text, area_code=body.area_code)
    found = await parts.pillars.call(parts.pillars.routing.SuggestCategories, message, who)
    return answer(views.suggest_categories_response(found))


@router.post(
    "/simulations",
    summary="Try a draft rule set",
    operation_id="simulateRouting",
    **documented("SimulateRoutingResponse", problems=(400, 401, 403, 413, 422, 503, 504)),
)
async def simulate(body: Draft, parts: Parts, who: Who) -> Response:
    """Runs a draft over the last complaints and lists what would go elsewhere. Changes nothing."""
    message = pb2.SimulateRoutingRequest(rules_csv=body.rules_csv, last=body.last)
    found = await parts.pillars.call(parts.pillars.routing.SimulateRouting, message, who, within=SIMULATION_SECONDS)
    return answer(views.simulate_routing_response(found), headers=dict(PRIVATE))
