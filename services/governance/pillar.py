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
from services.governance.overview.gauges import GAUGES
from services.governance.receipts import timers as receipt_timers
from services.governance.resources import prepare
from services.governance.settings import GovernanceSettings
from services.kit.pillar import Pillar, Reaction, Servicer, Timer
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.governance.v1 import (
    complaints_pb2,
    complaints_pb2_grpc,
    contacts_pb2,
    contacts_pb2_grpc,
    events_pb2,
    overview_pb2,
    overview_pb2_grpc,
    photos_pb2,
    photos_pb2_grpc,
    receipts_pb2,
    receipts_pb2_grpc,
    routing_pb2,
    routing_pb2_grpc,
)

PILLAR = Pillar(
    name="governance",
    migrations=Path(__file__).parent / "migrations",
    settings=GovernanceSettings,
    prepare=prepare,
    publishes=(events_pb2.DESCRIPTOR,),
    servicers=(
        Servicer(
            complaints_pb2_grpc.add_ComplaintServiceServicer_to_server,
            complaints.ComplaintService,
            complaints_pb2.DESCRIPTOR.services_by_name["ComplaintService"],
            complaints.ACCESS,
        ),
        Servicer(
            contacts_pb2_grpc.add_ContactServiceServicer_to_server,
            contacts.ContactService,
            contacts_pb2.DESCRIPTOR.services_by_name["ContactService"],
            contacts.ACCESS,
        ),
        Servicer(
            photos_pb2_grpc.add_PhotoServiceServicer_to_server,
            photos.PhotoService,
            photos_pb2.DESCRIPTOR.services_by_name["PhotoService"],
            photos.ACCESS,
        ),
        Servicer(
            receipts_pb2_grpc.add_ReceiptServiceServicer_to_server,
            receipts.ReceiptService,
            receipts_pb2.DESCRIPTOR.services_by_name["ReceiptService"],
            receipts.ACCESS,
        ),
        Servicer(
            routing_pb2_grpc.add_RoutingServiceServicer_to_server,
            routing.RoutingService,
            routing_pb2.DESCRIPTOR.services_by_name["RoutingService"],
            routing.ACCESS,
        ),
        Servicer(
            overview_pb2_grpc.add_OverviewServiceServicer_to_server,
            overview.OverviewService,
            overview_pb2.DESCRIPTOR.services_by_name["OverviewService"],
            overview.ACCESS,
        ),
    ),
    reactions=(
        Reaction(environment.CleanupOpened, reactions.on_cleanup_opened),
        Reaction(environment.CleanupDispatched, reactions.on_cleanup_dispatched),
        Reaction(environment.CleanupCompleted, reactions.on_cleanup_completed),
        Reaction(environment.CleanupAbandoned, reactions.on_cleanup_abandoned),
    ),
    timers=(
        Timer("complaints due", timedelta(seconds=1), complaint_timers.due),
        Timer("news", timedelta(seconds=2), news_timers.send_due),
        Timer("seals", timedelta(minutes=1), receipt_timers.seal_due_days),
    ),
    gauges=(GAUGES,),
)
