"""The whole wiring of the society pillar."""

from pathlib import Path

from services.kit.pillar import Pillar, Servicer
from services.society.overview import api
from smartcity.society.v1 import overview_pb2, overview_pb2_grpc

PILLAR = Pillar(
    name="society",
    migrations=Path(__file__).parent / "migrations",
    servicers=(
        Servicer(
            overview_pb2_grpc.add_OverviewServiceServicer_to_server,
            api.OverviewService,
            overview_pb2.DESCRIPTOR.services_by_name["OverviewService"],
            api.ACCESS,
        ),
    ),
)
