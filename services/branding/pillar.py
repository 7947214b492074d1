"""The whole wiring of the branding pillar."""

from datetime import timedelta
from pathlib import Path

import services.branding.advisories.api as advisories
import services.branding.city_events.api as city_events
import services.branding.corrections.api as corrections
import services.branding.destinations.api as destinations
import services.branding.overview.api as overview
from services.branding.advisories import reactions as advisory_reactions
from services.branding.advisories import timers as advisory_timers
from services.branding.city_events import gauges as event_gauges
from services.branding.city_events import timers as event_timers
from services.branding.corrections import timers as correction_timers
from services.branding.destinations import timers as destination_timers
from services.branding.preparing import prepare
from services.kit.pillar import Pillar, Reaction, Timer
from smartcity.branding.v1 import events_pb2
from smartcity.environment.v1 import events_pb2 as environment

PILLAR = Pillar(
    name="branding",
    migrations=Path(__file__).parent / "migrations",
    publishes=(events_pb2.DESCRIPTOR,),
    prepare=prepare,
    gauges=(event_gauges.GAUGES,),
    serves=(
        advisories,
        city_events,
        corrections,
        destinations,
        overview,
    ),
    reactions=(
        Reaction(environment.WarningRaised, advisory_reactions.on_warning_raised),
        Reaction(environment.WarningUpdated, advisory_reactions.on_warning_updated),
        Reaction(environment.WarningCleared, advisory_reactions.on_warning_cleared),
        Reaction(environment.AirIndexChanged, advisory_reactions.on_air_index_changed),
    ),
    timers=(
        Timer("advisories over", timedelta(seconds=1), advisory_timers.expire),
        Timer("destinations", timedelta(days=1), destination_timers.enter_profile),
        Timer("old words of corrections", timedelta(hours=1), correction_timers.forget),
        Timer("events", timedelta(days=1), event_timers.enter_profile),
        Timer("events over", timedelta(seconds=5), event_timers.go_on),
        Timer("dates of events", timedelta(hours=1), event_timers.plan_further),
    ),
)
