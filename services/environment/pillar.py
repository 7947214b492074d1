"""The wiring of environment: what it serves, what it tells, what it hears."""

from datetime import timedelta
from pathlib import Path

import services.environment.cleanups.api as cleanups
import services.environment.overview.api as overview
from services.environment.cleanups import reactions
from services.environment.overview import timers
from services.kit.pillar import Pillar, Reaction, Timer
from smartcity.environment.v1 import events_pb2
from smartcity.governance.v1 import events_pb2 as governance

PILLAR = Pillar(
    name="environment",
    migrations=Path(__file__).parent / "migrations",
    publishes=(events_pb2.DESCRIPTOR,),
    serves=(cleanups, overview),
    timers=(Timer("counters", timedelta(seconds=5), timers.fold_counters),),
    reactions=(
        Reaction(governance.ComplaintAssigned, reactions.on_complaint_assigned),
        Reaction(governance.ComplaintReopened, reactions.on_complaint_reopened),
        Reaction(governance.ComplaintStatusChanged, reactions.on_complaint_status_changed),
    ),
)
