"""The whole wiring of the branding pillar."""

from datetime import timedelta
from pathlib import Path

import services.branding.city_events.api as city_events
import services.branding.overview.api as overview
from services.branding.city_events import gauges as event_gauges
from services.branding.city_events import timers as event_timers
from services.branding.preparing import prepare
from services.kit.pillar import Pillar, Timer
from smartcity.branding.v1 import events_pb2

PILLAR = Pillar(
    name="branding",
    migrations=Path(__file__).parent / "migrations",
    publishes=(events_pb2.DESCRIPTOR,),
    prepare=prepare,
    gauges=(event_gauges.GAUGES,),
    serves=(
        city_events,
        overview,
    ),
    timers=(
        Timer("events", timedelta(days=1), event_timers.enter_profile),
        Timer("events over", timedelta(seconds=5), event_timers.go_on),
        Timer("dates of events", timedelta(hours=1), event_timers.plan_further),
    ),
)
