"""The whole wiring of the living pillar."""

from datetime import timedelta
from pathlib import Path

import services.living.alerts.api as alerts
import services.living.cards.api as cards
import services.living.concessions.api as concessions
import services.living.corrections.api as corrections
import services.living.departures.api as departures
import services.living.facilities.api as facilities
import services.living.feed_imports.api as feed_imports
import services.living.feeds.api as feeds
import services.living.journeys.api as journeys
import services.living.overview.api as overview
import services.living.progress.api as progress
import services.living.realtime.api as realtime
import services.living.reporting.api as reporting
import services.living.rides.api as rides
import services.living.vehicles.api as vehicles
from services.kit.pillar import Job, Pillar, Reaction, Timer
from services.living.alerts import gauges as alert_gauges
from services.living.alerts import reactions as alert_reactions
from services.living.alerts import timers as alert_timers
from services.living.concessions import reactions as concession_reactions
from services.living.corrections import gauges as correction_gauges
from services.living.corrections import timers as correction_timers
from services.living.facilities import timers as facility_timers
from services.living.feed_imports import gauges as feed_import_gauges
from services.living.feed_imports import running as feed_import_runs
from services.living.feed_imports import timers as feed_import_timers
from services.living.feeds import gauges as feed_gauges
from services.living.feeds import timers as feed_timers
from services.living.journeys import gauges as journey_gauges
from services.living.onboard import jobs as onboard
from services.living.operators import gauges as operator_gauges
from services.living.operators import timers as operator_timers
from services.living.personal import api as own_records
from services.living.personal import reactions as personal_reactions
from services.living.positions import timers as position_timers
from services.living.preparing import prepare
from services.living.progress import gauges as progress_gauges
from services.living.progress import timers as progress_timers
from services.living.rides import gauges as ride_gauges
from services.living.rides import reactions as ride_reactions
from services.living.rides import timers as ride_timers
from services.living.settings import LivingSettings
from services.living.vehicles.door import DOOR
from smartcity.branding.v1 import events_pb2 as branding
from smartcity.economy.v1 import events_pb2 as economy
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.living.v1 import events_pb2
from smartcity.society.v1 import events_pb2 as society
from smartcity.types.v1 import payments_pb2, personal_data_pb2

_ANSWERED = ride_reactions.on_payments_answered

PILLAR = Pillar(
    name="living",
    migrations=Path(__file__).parent / "migrations",
    publishes=(events_pb2.DESCRIPTOR, payments_pb2.DESCRIPTOR, personal_data_pb2.DESCRIPTOR),
    settings=LivingSettings,
    prepare=prepare,
    gauges=(
        alert_gauges.GAUGES,
        correction_gauges.GAUGES,
        feed_gauges.GAUGES,
        feed_import_gauges.GAUGES,
        journey_gauges.GAUGES,
        operator_gauges.GAUGES,
        progress_gauges.GAUGES,
        ride_gauges.GAUGES,
    ),
    serves=(
        own_records,
        alerts,
        cards,
        concessions,
        corrections,
        departures,
        facilities,
        feed_imports,
        feeds,
        journeys,
        overview,
        progress,
        realtime,
        reporting,
        rides,
        vehicles,
    ),
    jobs=(Job("vehicles", onboard.read, onboard.wanted), Job("imports of feeds", feed_import_runs.work)),
    readers=DOOR.readers,
    reactions=(
        Reaction(environment.WarningRaised, alert_reactions.on_warning_raised),
        Reaction(environment.WarningUpdated, alert_reactions.on_warning_updated),
        Reaction(environment.WarningCleared, alert_reactions.on_warning_cleared),
        Reaction(branding.EventPublished, alert_reactions.on_event_published),
        Reaction(branding.EventRescheduled, alert_reactions.on_event_rescheduled),
        Reaction(branding.EventCancelled, alert_reactions.on_event_cancelled),
        Reaction(economy.PaymentCaptured, ride_reactions.on_payment_captured, together=_ANSWERED),
        Reaction(economy.PaymentCancelled, ride_reactions.on_payment_cancelled, together=_ANSWERED),
        Reaction(economy.PaymentExpired, ride_reactions.on_payment_expired, together=_ANSWERED),
        Reaction(economy.PaymentRefunded, ride_reactions.on_payment_refunded),
        Reaction(society.ResidencyConfirmed, concession_reactions.on_residency_confirmed),
        Reaction(society.ResidencyWithdrawn, concession_reactions.on_residency_withdrawn),
        Reaction(society.PersonalDataRequested, personal_reactions.on_personal_data_requested),
    ),
    timers=(
        Timer("alerts over", timedelta(seconds=1), alert_timers.expire),
        Timer("feeds of operators", timedelta(seconds=15), operator_timers.read),
        Timer("old alerts of operators", timedelta(hours=1), operator_timers.prune),
        Timer("facilities", timedelta(days=1), facility_timers.enter_profile),
        Timer("counters of facilities", timedelta(seconds=5), facility_timers.fold_counters),
        Timer("old imports of feeds", timedelta(hours=1), feed_import_timers.forget),
        Timer("old feeds", timedelta(minutes=5), feed_timers.clear),
        Timer("counters of corrections", timedelta(seconds=5), correction_timers.fold_counters),
        Timer("old words of corrections", timedelta(hours=1), correction_timers.forget),
        Timer("vehicles", timedelta(seconds=1), progress_timers.follow),
        Timer("days of tracks", timedelta(hours=1), position_timers.keep_days),
        Timer("counters of rides", timedelta(seconds=5), ride_timers.fold_counters),
        Timer("cards left denied", timedelta(minutes=5), ride_timers.free),
        Timer("old riders", timedelta(hours=1), ride_timers.forget),
    ),
)
