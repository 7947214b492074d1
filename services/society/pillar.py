"""The whole wiring of the society pillar."""

from datetime import timedelta
from pathlib import Path

import services.society.agreeing.api as consents
import services.society.residents.api as residents
from services.kit.pillar import Pillar, Timer
from services.society.overview import api as overview
from services.society.preparing import prepare
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
    gauges=(resident_gauges.GAUGES,),
    serves=(consents, overview, residents),
    timers=(Timer("old declarations of residence", timedelta(hours=1), resident_timers.forget),),
)
