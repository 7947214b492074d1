"""The wiring of governance: what it serves, what it tells, what it hears, what falls due by itself."""

from datetime import timedelta
from pathlib import Path

import services.governance.complaints.api as complaints
import services.governance.contacts.api as contacts
import services.governance.overview.api as overview
import services.governance.photos.api as photos
import services.governance.receipts.api as receipts
import services.governance.routing.api as routing
from services.governance.complaints import reactions
from services.governance.complaints import timers as complaint_timers
from services.governance.news import timers as news_timers
from services.governance.overview import timers as overview_timers
from services.governance.overview.gauges import GAUGES
from services.governance.receipts import timers as receipt_timers
from services.governance.resources import prepare
from services.governance.settings import GovernanceSettings
from services.kit.pillar import Pillar, Reaction, Timer
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.governance.v1 import events_pb2

PILLAR = Pillar(
    name="governance",
    migrations=Path(__file__).parent / "migrations",
    settings=GovernanceSettings,
    prepare=prepare,
    publishes=(events_pb2.DESCRIPTOR,),
    serves=(complaints, contacts, photos, receipts, routing, overview),
    reactions=(
        Reaction(environment.CleanupOpened, reactions.on_cleanup_opened),
        Reaction(environment.CleanupDispatched, reactions.on_cleanup_dispatched),
        Reaction(environment.CleanupCompleted, reactions.on_cleanup_completed),
        Reaction(environment.CleanupAbandoned, reactions.on_cleanup_abandoned),
    ),
    timers=(
        Timer("complaints due", timedelta(seconds=1), complaint_timers.due),
        Timer("news", timedelta(seconds=2), news_timers.send_due),
        Timer("counters", timedelta(seconds=5), overview_timers.fold_counters),
        Timer("seals", timedelta(minutes=1), receipt_timers.seal_due_days),
    ),
    gauges=(GAUGES,),
)
