"""The wiring of environment: what it serves, what it tells, what it hears."""

from pathlib import Path

import services.environment.cleanups.api as cleanups
import services.environment.overview.api as overview
from services.environment.cleanups import reactions
from services.kit.pillar import Pillar, Reaction, Servicer
from smartcity.environment.v1 import (
    cleanups_pb2,
    cleanups_pb2_grpc,
    events_pb2,
    overview_pb2,
    overview_pb2_grpc,
)
from smartcity.governance.v1 import events_pb2 as governance

PILLAR = Pillar(
    name="environment",
    migrations=Path(__file__).parent / "migrations",
    publishes=(events_pb2.DESCRIPTOR,),
    servicers=(
        Servicer(
            cleanups_pb2_grpc.add_CleanupServiceServicer_to_server,
            cleanups.CleanupService,
            cleanups_pb2.DESCRIPTOR.services_by_name["CleanupService"],
            cleanups.ACCESS,
        ),
        Servicer(
            overview_pb2_grpc.add_OverviewServiceServicer_to_server,
            overview.OverviewService,
            overview_pb2.DESCRIPTOR.services_by_name["OverviewService"],
            overview.ACCESS,
        ),
    ),
    reactions=(
        Reaction(governance.ComplaintAssigned, reactions.on_complaint_assigned),
        Reaction(governance.ComplaintReopened, reactions.on_complaint_reopened),
        Reaction(governance.ComplaintStatusChanged, reactions.on_complaint_status_changed),
    ),
)
