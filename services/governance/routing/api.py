"""gRPC: routing."""

from typing import Any

from services.governance.routing import actions
from services.governance.routing.model import Comparison, Difference
from services.kit import city as cities
from services.kit.caller import Access, Scope
from services.kit.city import City
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.governance.v1 import complaints_pb2, routing_pb2, routing_pb2_grpc
from smartcity.types.v1 import place_pb2

ACCESS: Access = {
    "SuggestCategories": dict.fromkeys(("anonymous", "citizen", "officer", "verifier", "admin"), Scope.ANY),
    "SimulateRouting": {"officer": Scope.OWN_AGENCY, "verifier": Scope.ANY, "admin": Scope.ANY},
}

_SHOWN = 500


class RoutingService(routing_pb2_grpc.RoutingServiceServicer):
    """Explains and simulates routing."""

    def __init__(self, runtime: Runtime) -> None:
        """Takes the pillar's runtime."""
        self._runtime = runtime

    async def SuggestCategories(
        self, request: routing_pb2.SuggestCategoriesRequest, context: Any
    ) -> routing_pb2.SuggestCategoriesResponse:
        """Errors: INVALID TEXT_TOO_LONG, AREA_UNKNOWN."""
        found = actions.suggest(self._runtime.city, request.text, request.area_code)
        return routing_pb2.SuggestCategoriesResponse(
            suggestions=[
                routing_pb2.CategorySuggestion(
                    category=complaints_pb2.CategoryRef(id=category.id, name=category.name_id),
                    score=score,
                    agency=_agency(route.agency),
                    routing=_routing(route),
                )
                for category, score, route in found
            ]
        )

    async def SimulateRouting(
        self, request: routing_pb2.SimulateRoutingRequest, context: Any
    ) -> routing_pb2.SimulateRoutingResponse:
        """Errors: INVALID RULES_INVALID, LAST_INVALID."""
        async with current_call().snapshot(self._runtime) as tx:
            found = await actions.simulate(tx, request.rules_csv, request.last)
        return _response(self._runtime.city, found)


def _response(city: City, found: Comparison) -> routing_pb2.SimulateRoutingResponse:
    loads = [
        routing_pb2.AgencyLoad(agency=_agency(city.agencies[agency]), before=before, after=after)
        for agency, (before, after) in found.loads.items()
    ]
    return routing_pb2.SimulateRoutingResponse(
        tried=found.tried,
        changed=found.changed,
        differences=[_difference(city, one) for one in found.differences[:_SHOWN]],
        loads=loads,
    )


def _difference(city: City, found: Difference) -> routing_pb2.RoutingDifference:
    sample = found.sample
    area = city.area(sample.area)
    category = city.categories[sample.category]
    return routing_pb2.RoutingDifference(
        code=sample.code,
        category=complaints_pb2.CategoryRef(id=category.id, name=category.name_id),
        area=place_pb2.Area(code=area.code, name=area.name, district=area.district) if area else None,
        before=_agency(found.before.agency),
        after=_agency(found.after.agency),
        routing=_routing(found.after),
    )


def _agency(agency: cities.Agency) -> place_pb2.Agency:
    return place_pb2.Agency(id=agency.id, name=agency.name_id)


def _routing(route: cities.Route) -> complaints_pb2.Routing:
    return complaints_pb2.Routing(rule=route.rule.order, why_id=route.why_id, why_en=route.why_en)
