"""RoutingService over gRPC: explains and simulates routing."""

from services.governance.routing import actions
from services.governance.routing.model import Comparison, Difference
from services.kit import city as cities
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.rpc import Call, protos, rpc
from smartcity.governance.v1 import complaints_pb2
from smartcity.governance.v1 import routing_pb2 as pb

_MOST_DIFFERENCES = 500


@rpc
async def suggest(call: Call, request: pb.SuggestCategoriesRequest) -> pb.SuggestCategoriesResponse:
    """Suggests categories out of the city's profile alone, without the database. Errors: INVALID AREA_UNKNOWN."""
    city = call.runtime.city
    return pb.SuggestCategoriesResponse(
        suggestions=[
            pb.CategorySuggestion(
                category=complaints_pb2.CategoryRef(id=category.id, name=category.name_id),
                score=score,
                agency=protos.agency(city, route.agency.id),
                routing=_routing(route),
            )
            for category, score, route in actions.suggest(city, request.text, request.area_code)
        ]
    )


@rpc
async def simulate(tx: Transaction, request: pb.SimulateRoutingRequest) -> pb.SimulateRoutingResponse:
    """Errors: INVALID RULES_INVALID."""
    return _response(tx.runtime.city, await actions.simulate(tx, request.rules_csv, request.last))


def _response(city: City, found: Comparison) -> pb.SimulateRoutingResponse:
    loads = [
        pb.AgencyLoad(agency=protos.agency(city, agency), before=before, after=after)
        for agency, (before, after) in found.loads.items()
    ]
    return pb.SimulateRoutingResponse(
        tried=found.tried,
        changed=found.changed,
        differences=[_difference(city, one) for one in found.differences[:_MOST_DIFFERENCES]],
        loads=loads,
    )


def _difference(city: City, found: Difference) -> pb.RoutingDifference:
    sample = found.sample
    category = city.categories[sample.category]
    return pb.RoutingDifference(
        code=sample.code,
        category=complaints_pb2.CategoryRef(id=category.id, name=category.name_id),
        area=protos.area(city, sample.area),
        before=protos.agency(city, found.before.agency.id),
        after=protos.agency(city, found.after.agency.id),
        routing=_routing(found.after),
    )


def _routing(route: cities.Route) -> complaints_pb2.Routing:
    return complaints_pb2.Routing(rule=route.rule.order, why_id=route.why_id, why_en=route.why_en)
