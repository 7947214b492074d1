"""City indicators are asked for, so that each statement is looked at."""

from services.kit.caller import ANONYMOUS
from smartcity.governance.v1 import city_indicators_pb2 as pb
from smartcity.governance.v1 import city_indicators_pb2_grpc
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    stub = city_indicators_pb2_grpc.CityIndicatorServiceStub
    await served.call(stub, "ListCityIndicators", pb.ListCityIndicatorsRequest(), ANONYMOUS)


LIVES = {"city_indicators": _live}
