"""The whole wiring of the society pillar."""

from datetime import timedelta
from pathlib import Path

import services.society.agreeing.api as consents
import services.society.kinds.api as kinds
import services.society.processes.api as processes
import services.society.residents.api as residents
from services.kit.pillar import Pillar, Timer
from services.society.overview import api as overview
from services.society.preparing import prepare
from services.society.processes import gauges as process_gauges
from services.society.processes import timers as process_timers
from services.society.residents import gauges as resident_gauges
from services.society.residents import timers as resident_timers
from services.society.settings import SocietySettings
from smartcity.society.v1 import events_pb2

PILLAR = Pillar(
    name="society",
    migrations=Path(__file__).parent / "migrations",
    publishes=(events_pb2.DESCRIPTOR,),
    settings=SocietySettings,
    prepare=prepare,
    gauges=(process_gauges.GAUGES, resident_gauges.GAUGES),
    serves=(consents, kinds, overview, processes, residents),
    timers=(
        Timer("phases of processes", timedelta(seconds=1), process_timers.due),
        Timer("counters of processes", timedelta(seconds=5), process_timers.fold_counters),
        Timer("old declarations of residence", timedelta(hours=1), resident_timers.forget),
    ),
)
