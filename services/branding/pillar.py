"""The whole wiring of the branding pillar."""

from datetime import timedelta
from pathlib import Path

import services.branding.cancellations.api as cancellations
import services.branding.city_events.api as city_events
import services.branding.corrections.api as corrections
import services.branding.counting.api as counting
import services.branding.day_trips.api as day_trips
import services.branding.destinations.api as destinations
import services.branding.exchanges.api as exchanges
import services.branding.gates.api as gates
import services.branding.orders.api as orders
import services.branding.overview.api as overview
import services.branding.photo_records.api as photo_records
import services.branding.sales.api as sales
import services.branding.settlements.api as settlements
import services.branding.tickets.api as tickets
import services.branding.visits.api as visits
import services.branding.waiting.api as waiting
from services.branding.advisories import reactions as advisory_reactions
from services.branding.advisories import timers as advisory_timers
from services.branding.cancellations import reactions as cancellation_reactions
from services.branding.cancellations import timers as cancellation_timers
from services.branding.city_events import gauges as event_gauges
from services.branding.city_events import timers as event_timers
from services.branding.corrections import timers as correction_timers
from services.branding.destinations import timers as destination_timers
from services.branding.gates import timers as gate_timers
from services.branding.orders import gauges as order_gauges
from services.branding.orders import reactions as order_reactions
from services.branding.orders import timers as order_timers
from services.branding.personal import api as own_records
from services.branding.personal import reactions as personal_reactions
from services.branding.preparing import prepare
from services.branding.refunds import gauges as refund_gauges
from services.branding.refunds import reactions as refund_reactions
from services.branding.refunds import timers as refund_timers
from services.branding.sales import reactions as sale_reactions
from services.branding.settings import BrandingSettings
from services.branding.settlements import timers as settlement_timers
from services.branding.visits import reactions as visit_reactions
from services.branding.visits import timers as visit_timers
from services.branding.waiting import timers as waiting_timers
from services.kit.pillar import Pillar, Reaction, Timer
from smartcity.branding.v1 import events_pb2, ticket_events_pb2
from smartcity.economy.v1 import events_pb2 as economy
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.society.v1 import events_pb2 as society
from smartcity.types.v1 import payments_pb2, personal_data_pb2, refunds_pb2

PILLAR = Pillar(
    name="branding",
    migrations=Path(__file__).parent / "migrations",
    publishes=(
        events_pb2.DESCRIPTOR,
        ticket_events_pb2.DESCRIPTOR,
        payments_pb2.DESCRIPTOR,
        personal_data_pb2.DESCRIPTOR,
        refunds_pb2.DESCRIPTOR,
    ),
    settings=BrandingSettings,
    prepare=prepare,
    gauges=(
        event_gauges.GAUGES,
        order_gauges.GAUGES,
        refund_gauges.GAUGES,
    ),
    serves=(
        own_records,
        cancellations,
        city_events,
        corrections,
        counting,
        day_trips,
        destinations,
        exchanges,
        gates,
        orders,
        overview,
        photo_records,
        sales,
        settlements,
        tickets,
        visits,
        waiting,
    ),
    reactions=(
        Reaction(environment.WarningRaised, advisory_reactions.on_warning_raised),
        Reaction(environment.WarningUpdated, advisory_reactions.on_warning_updated),
        Reaction(environment.WarningCleared, advisory_reactions.on_warning_cleared),
        Reaction(environment.AirIndexChanged, advisory_reactions.on_air_index_changed),
        Reaction(events_pb2.EventRescheduled, sale_reactions.on_event_rescheduled),
        Reaction(events_pb2.EventCancelled, sale_reactions.on_event_cancelled),
        Reaction(ticket_events_pb2.TicketAdmitted, visit_reactions.on_ticket_admitted),
        Reaction(economy.PaymentCreated, order_reactions.on_payment_created),
        Reaction(
            economy.PaymentCaptured, order_reactions.on_payment_captured, order_reactions.before_payments_captured
        ),
        Reaction(economy.PaymentCancelled, order_reactions.on_payment_cancelled),
        Reaction(economy.PaymentExpired, order_reactions.on_payment_expired),
        Reaction(economy.PaymentRefunded, refund_reactions.on_payment_refunded),
        Reaction(
            economy.PaymentRefunded,
            cancellation_reactions.on_payment_refunded,
            cancellation_reactions.before_payments_refunded,
        ),
        Reaction(economy.RefundRequested, refund_reactions.on_refund_requested),
        Reaction(
            economy.RefundRejected,
            cancellation_reactions.on_refund_rejected,
            cancellation_reactions.before_refunds_rejected,
        ),
        Reaction(economy.RefundRejected, refund_reactions.on_refund_rejected),
        Reaction(society.PersonalDataRequested, personal_reactions.on_personal_data_requested),
    ),
    timers=(
        Timer("sums of visits", timedelta(seconds=5), visit_timers.fold_counters),
        Timer("sums of ticket sales", timedelta(seconds=5), settlement_timers.fold_counters),
        Timer("old counts of visits", timedelta(hours=1), visit_timers.forget),
        Timer("advisories over", timedelta(seconds=1), advisory_timers.expire),
        Timer("destinations", timedelta(days=1), destination_timers.enter_profile),
        Timer("old words of corrections", timedelta(hours=1), correction_timers.forget),
        Timer("events", timedelta(days=1), event_timers.enter_profile),
        Timer("events over", timedelta(seconds=5), event_timers.go_on),
        Timer("dates of events", timedelta(hours=1), event_timers.plan_further),
        Timer("old drafts of events", timedelta(hours=1), event_timers.forget),
        Timer("ticket holds", timedelta(seconds=1), order_timers.expire),
        Timer("who ordered what cost nothing", timedelta(minutes=10), order_timers.forget_counted),
        Timer("names on tickets", timedelta(hours=1), order_timers.forget),
        Timer("what tickets were before", timedelta(hours=1), gate_timers.forget),
        Timer("turns in waiting rooms", timedelta(seconds=0.5), waiting_timers.serve),
        Timer("old places of waiting rooms", timedelta(hours=1), waiting_timers.forget),
        Timer("tickets taken back", timedelta(seconds=1), cancellation_timers.take_back),
        Timer("refunds of tickets", timedelta(minutes=10), refund_timers.ask_again),
    ),
)
