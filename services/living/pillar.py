"""The whole wiring of the living pillar."""

from pathlib import Path

from services.kit.pillar import Pillar, Servicer
from services.living.overview import api
from smartcity.living.v1 import overview_pb2, overview_pb2_grpc

PILLAR = Pillar(
    name="living",
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
