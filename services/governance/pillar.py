"""The wiring of governance: what it serves, what it tells, what it hears, what falls due by itself."""

from datetime import timedelta
from pathlib import Path

from google.protobuf.message import Message

import services.governance.assignments.api as assignments
import services.governance.calls.api as calls
import services.governance.city_indicators.api as city_indicators
import services.governance.confirmations.api as confirmations
import services.governance.contacts.api as contacts
import services.governance.filing.api as filing
import services.governance.handling.api as handling
import services.governance.journal.api as journal
import services.governance.links.api as links
import services.governance.mine.api as mine
import services.governance.moderation.api as moderation
import services.governance.overview.api as overview
import services.governance.paper.api as paper
import services.governance.performance.api as performance
import services.governance.photos.api as photos
import services.governance.protocol.api as protocol
import services.governance.receipts.api as receipts
import services.governance.records.api as records
import services.governance.redactions.api as redactions
import services.governance.responses.api as responses
import services.governance.routing.api as routing
import services.governance.seals.api as seals
import services.governance.shifts.api as shifts
import services.governance.similarity.api as similarity
import services.governance.stories.api as stories
import services.governance.suggesting.api as suggesting
import services.governance.support.api as support
import services.governance.transitions.api as transitions
import services.governance.units.api as units
import services.governance.whereabouts.api as whereabouts
from services.governance.contacts import gauges as contact_gauges
from services.governance.contacts import timers as contact_timers
from services.governance.escalations import timers as escalations
from services.governance.flood_cases import reactions as flood_case_reactions
from services.governance.floods import reactions as flood_reactions
from services.governance.handoffs import timers as hand_off_timers
from services.governance.links import timers as link_timers
from services.governance.moderation import timers as moderation_timers
from services.governance.notifications import gauges as mail_gauges
from services.governance.notifications import timers as notifications
from services.governance.overview import timers as overview_timers
from services.governance.overview.gauges import GAUGES
from services.governance.performance import reactions as performance_reactions
from services.governance.performance import timers as performance_timers
from services.governance.performance.hearing import COUNTED
from services.governance.personal import api as own_records
from services.governance.personal import reactions as personal_reactions
from services.governance.photos import gauges as photo_gauges
from services.governance.preparing import prepare
from services.governance.recounting import timers as recounting
from services.governance.seals import timers as seal_timers
from services.governance.settings import GovernanceSettings
from services.governance.stories import reactions as story_reactions
from services.governance.stories import timers as story_timers
from services.governance.stories.hearing import told
from services.governance.support import timers as support_timers
from services.governance.transitions import reactions
from services.governance.welfare import gauges as emergency_gauges
from services.governance.welfare import timers as welfare
from services.kit.events.consumer import Together
from services.kit.pillar import Pillar, Reaction, Timer
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.governance.v1 import events_pb2
from smartcity.society.v1 import events_pb2 as society
from smartcity.types.v1 import personal_data_pb2

_ACTING = (
    Reaction(environment.CleanupOpened, reactions.on_cleanup_opened),
    Reaction(environment.CleanupDispatched, reactions.on_cleanup_dispatched),
    Reaction(environment.CleanupCompleted, reactions.on_cleanup_completed),
    Reaction(environment.CleanupAbandoned, reactions.on_cleanup_abandoned),
    Reaction(environment.WarningRaised, flood_reactions.on_warning_raised),
    Reaction(environment.WarningUpdated, flood_reactions.on_warning_updated),
    Reaction(environment.WarningCleared, flood_reactions.on_warning_cleared),
    Reaction(events_pb2.ComplaintFiled, flood_case_reactions.on_complaint_filed),
    Reaction(events_pb2.ComplaintCorrected, flood_case_reactions.on_complaint_corrected),
    Reaction(society.PersonalDataRequested, personal_reactions.on_personal_data_requested),
    Reaction(society.SatisfactionPublished, performance_reactions.on_satisfaction_published),
    *(
        # Many at once where no story tells them too: what has several reactions is done one by one.
        Reaction(
            each, performance_reactions.on_case, together=None if each in told() else performance_reactions.on_cases
        )
        for each in COUNTED
    ),
)


def _together(event: type[Message]) -> Together | None:
    """What keeps public and told events for stories, many at once where nothing else is done with them."""
    return None if any(one.event is event for one in _ACTING) else story_reactions.on_events


PILLAR = Pillar(
    name="governance",
    migrations=Path(__file__).parent / "migrations",
    settings=GovernanceSettings,
    prepare=prepare,
    publishes=(events_pb2.DESCRIPTOR, personal_data_pb2.DESCRIPTOR),
    serves=(
        own_records,
        filing,
        records,
        similarity,
        transitions,
        support,
        moderation,
        redactions,
        contacts,
        confirmations,
        links,
        mine,
        photos,
        receipts,
        seals,
        routing,
        overview,
        performance,
        city_indicators,
        protocol,
        responses,
        handling,
        suggesting,
        journal,
        shifts,
        units,
        assignments,
        whereabouts,
        calls,
        paper,
        stories,
    ),
    reactions=(
        *_ACTING,
        *(Reaction(each, story_reactions.on_event, together=_together(each)) for each in told()),
    ),
    timers=(
        Timer("complaints due", timedelta(seconds=1), escalations.due),
        # Leases and gauges know it by this name.
        Timer("notifications", timedelta(seconds=2), notifications.send_due),
        Timer("private cases", timedelta(minutes=1), moderation_timers.hide),
        Timer("links asked for", timedelta(seconds=2), link_timers.answer),
        Timer("counters", timedelta(seconds=5), overview_timers.fold_counters),
        Timer("addresses", timedelta(hours=1), support_timers.forget),
        Timer("keys of contacts", timedelta(minutes=1), contact_timers.tend),
        Timer("contacts kept", timedelta(hours=1), contact_timers.erase),
        Timer("stories", timedelta(hours=1), story_timers.forget),
        Timer("performance kept", timedelta(hours=1), performance_timers.forget),
        Timer("performance again", timedelta(seconds=2), recounting.due),
        Timer("emergency checks", timedelta(seconds=5), welfare.check),
        Timer("hand-offs", timedelta(seconds=5), hand_off_timers.escalate),
        Timer("emergency callers", timedelta(hours=1), welfare.erase),
        Timer("floods over", timedelta(hours=1), flood_reactions.forget),
        Timer("seals", timedelta(minutes=1), seal_timers.seal_due_days),
    ),
    gauges=(GAUGES, emergency_gauges.GAUGES, mail_gauges.GAUGES, contact_gauges.GAUGES, photo_gauges.GAUGES),
)
