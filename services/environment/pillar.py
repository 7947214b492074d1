"""The wiring of environment: what it serves, what it tells, what it hears."""

from datetime import timedelta
from pathlib import Path

import services.environment.air.api as air
import services.environment.alarms.api as alarms
import services.environment.bulletins.api as bulletins
import services.environment.cleanups.api as cleanups
import services.environment.datastreams.api as datastreams
import services.environment.devices.api as devices
import services.environment.fleet.api as fleet
import services.environment.nowcasts.api as nowcasts
import services.environment.observations.api as observations
import services.environment.overview.api as overview
import services.environment.pumps.api as pumps
import services.environment.rounds.api as rounds
import services.environment.rules.api as rules
import services.environment.subscriptions.api as subscriptions
import services.environment.things.api as things
import services.environment.tides.api as tides
import services.environment.warnings.api as warnings
from services.environment.air import gauges as air_gauges
from services.environment.air import reactions as air_reactions
from services.environment.air import timers as air_timers
from services.environment.alarms import gauges as alarm_gauges
from services.environment.broker import jobs as broker
from services.environment.cleanups import reactions
from services.environment.devices import reactions as device_reactions
from services.environment.devices.door import DOOR
from services.environment.gatherings import reactions as gathering_reactions
from services.environment.ingest import timers as ingest_timers
from services.environment.nowcasts import gauges as nowcast_gauges
from services.environment.nowcasts import timers as nowcast_timers
from services.environment.observations import timers as observation_timers
from services.environment.overview import gauges as overview_gauges
from services.environment.overview import timers
from services.environment.personal import api as own_records
from services.environment.personal import reactions as personal_reactions
from services.environment.preparing import prepare
from services.environment.pumps import gauges as pump_gauges
from services.environment.pumps import timers as pump_timers
from services.environment.raising import gauges as raising_gauges
from services.environment.raising import reactions as raising
from services.environment.raising import timers as raising_timers
from services.environment.redactions import reactions as redaction_reactions
from services.environment.registry import timers as registry_timers
from services.environment.rounds import gauges as round_gauges
from services.environment.rounds import reactions as round_reactions
from services.environment.rounds import timers as round_timers
from services.environment.rules import reactions as rule_reactions
from services.environment.settings import EnvironmentSettings
from services.environment.subscriptions import gauges as subscription_gauges
from services.environment.subscriptions import reactions as subscription_reactions
from services.environment.subscriptions import timers as subscription_timers
from services.environment.tides import timers as tide_timers
from services.environment.watching import timers as watching_timers
from services.kit.pillar import Job, Pillar, Reaction, Timer
from smartcity.branding.v1 import events_pb2 as branding
from smartcity.environment.v1 import events_pb2
from smartcity.governance.v1 import events_pb2 as governance
from smartcity.society.v1 import events_pb2 as society
from smartcity.types.v1 import personal_data_pb2

PILLAR = Pillar(
    name="environment",
    migrations=Path(__file__).parent / "migrations",
    publishes=(events_pb2.DESCRIPTOR, personal_data_pb2.DESCRIPTOR),
    settings=EnvironmentSettings,
    prepare=prepare,
    gauges=(
        air_gauges.GAUGES,
        alarm_gauges.GAUGES,
        nowcast_gauges.GAUGES,
        overview_gauges.GAUGES,
        pump_gauges.GAUGES,
        raising_gauges.GAUGES,
        round_gauges.GAUGES,
        subscription_gauges.GAUGES,
    ),
    serves=(
        own_records,
        air,
        alarms,
        bulletins,
        cleanups,
        datastreams,
        devices,
        fleet,
        nowcasts,
        observations,
        overview,
        pumps,
        rounds,
        rules,
        subscriptions,
        things,
        tides,
        warnings,
    ),
    jobs=(Job("devices", broker.read, broker.wanted),),
    subjects=DOOR.topics.told,
    readers=DOOR.readers,
    timers=(
        Timer("counters", timedelta(seconds=5), timers.fold_counters),
        Timer("silent datastreams", timedelta(seconds=5), timers.count_silent),
        Timer("highest level", timedelta(seconds=5), timers.find_highest),
        Timer("registry", timedelta(days=1), registry_timers.enter_profile),
        Timer("weeks of readings", timedelta(hours=1), observation_timers.keep_weeks),
        Timer("runs of devices", timedelta(hours=1), ingest_timers.prune),
        Timer("silence", timedelta(seconds=5), watching_timers.listen),
        Timer("hours of readings", timedelta(seconds=30), observation_timers.sum_up_hours),
        Timer("warnings over", timedelta(seconds=5), raising_timers.expire),
        Timer("warnings held", timedelta(minutes=1), raising_timers.extend),
        Timer("warnings to subscribers", timedelta(seconds=1), subscription_timers.pass_on),
        Timer("mails to subscribers", timedelta(seconds=1), subscription_timers.deliver),
        Timer("old subscriptions", timedelta(hours=1), subscription_timers.prune),
        Timer("air index", timedelta(seconds=30), air_timers.make_indices),
        Timer("commands to pumps", timedelta(seconds=1), pump_timers.deliver),
        Timer("rounds", timedelta(seconds=1), round_timers.make_plans),
        Timer("rounds again", timedelta(seconds=30), round_timers.ask_again),
        Timer("rounds with nothing left", timedelta(seconds=30), round_timers.complete_rounds),
        Timer("tides", timedelta(minutes=1), tide_timers.make_forecasts),
        Timer("nowcasts", timedelta(minutes=3), nowcast_timers.read),
        Timer("old nowcasts", timedelta(hours=1), nowcast_timers.prune),
        Timer("old air indices", timedelta(hours=1), air_timers.prune),
    ),
    reactions=(
        Reaction(branding.EventPublished, gathering_reactions.on_event_published),
        Reaction(branding.EventRescheduled, gathering_reactions.on_event_rescheduled),
        Reaction(branding.EventCancelled, gathering_reactions.on_event_cancelled),
        Reaction(governance.ComplaintAssigned, reactions.on_complaint_assigned),
        Reaction(governance.ComplaintReopened, reactions.on_complaint_reopened),
        Reaction(governance.ComplaintStatusChanged, reactions.on_complaint_status_changed),
        Reaction(governance.ComplaintRedacted, redaction_reactions.on_complaint_redacted),
        Reaction(events_pb2.ThingMoved, air_reactions.on_thing_moved),
        Reaction(events_pb2.ThingRetired, device_reactions.on_thing_retired),
        Reaction(events_pb2.ThingRetired, rule_reactions.on_thing_retired),
        Reaction(events_pb2.AlarmOpened, raising.on_alarm_opened),
        Reaction(events_pb2.AlarmCleared, raising.on_alarm_cleared),
        Reaction(events_pb2.WarningRaised, round_reactions.on_warning_raised),
        Reaction(events_pb2.WarningUpdated, round_reactions.on_warning_updated),
        Reaction(events_pb2.WarningCleared, round_reactions.on_warning_cleared),
        Reaction(events_pb2.WarningRaised, subscription_reactions.on_warning_raised),
        Reaction(events_pb2.WarningUpdated, subscription_reactions.on_warning_updated),
        Reaction(events_pb2.WarningCleared, subscription_reactions.on_warning_cleared),
        Reaction(society.PersonalDataRequested, personal_reactions.on_personal_data_requested),
    ),
)
