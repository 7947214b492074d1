"""The wiring of economy: what it serves, what it tells, what it hears, what falls due by itself."""

from datetime import timedelta
from pathlib import Path

import services.economy.account_changes.api as account_changes
import services.economy.account_reading.api as account_reading
import services.economy.acts.api as acts
import services.economy.audit.api as audit
import services.economy.indicators.api as indicators
import services.economy.ledger.api as ledger
import services.economy.levies.api as levies
import services.economy.merchants.api as merchants
import services.economy.notifications.api as notifications
import services.economy.overview.api as overview
import services.economy.payments.api as payments
import services.economy.permit_documents.api as permit_documents
import services.economy.permit_following.api as permit_following
import services.economy.permit_kinds.api as permit_kinds
import services.economy.permit_papers.api as permit_papers
import services.economy.permitting.api as permitting
import services.economy.presentation.api as presentation
import services.economy.receipts.api as receipts
import services.economy.reconciliation.api as reconciliation
import services.economy.refunds.api as refunds
import services.economy.settlement.api as settlement
import services.economy.suspense.api as suspense
import services.economy.terminals.api as terminals
import services.economy.topups.api as topups
import services.economy.wallets.api as wallets
from services.economy.audit import timers as audit_timers
from services.economy.indicators import reactions as indicator_reactions
from services.economy.ledger import timers as ledger_timers
from services.economy.levies import reactions as levy_reactions
from services.economy.merchants import reactions as merchant_reactions
from services.economy.overview.gauges import GAUGES
from services.economy.payments import reactions as payment_reactions
from services.economy.payments import timers as payment_timers
from services.economy.permit_documents import gauges as permit_document_gauges
from services.economy.permit_following import gauges as permit_following_gauges
from services.economy.permit_following import timers as permit_following_timers
from services.economy.permits import gauges as permit_gauges
from services.economy.permitting import reactions as permit_reactions
from services.economy.permitting import timers as permit_timers
from services.economy.personal import api as own_records
from services.economy.personal import reactions as personal_reactions
from services.economy.preparing import prepare
from services.economy.presentation import timers as presentation_timers
from services.economy.reconciliation import gauges as reconciliation_gauges
from services.economy.reconciliation import timers as reconciliation_timers
from services.economy.refunds import reactions as refund_reactions
from services.economy.refunds import timers as refund_timers
from services.economy.returns import gauges as return_gauges
from services.economy.returns import reactions as return_reactions
from services.economy.returns import timers as return_timers
from services.economy.settings import EconomySettings
from services.economy.settlement import timers as settlement_timers
from services.kit.pillar import Pillar, Reaction, Timer
from smartcity.economy.v1 import events_pb2
from smartcity.society.v1 import events_pb2 as society
from smartcity.types.v1 import payments_pb2 as types
from smartcity.types.v1 import personal_data_pb2, refunds_pb2

PILLAR = Pillar(
    name="economy",
    migrations=Path(__file__).parent / "migrations",
    settings=EconomySettings,
    prepare=prepare,
    publishes=(events_pb2.DESCRIPTOR, personal_data_pb2.DESCRIPTOR, types.DESCRIPTOR, refunds_pb2.DESCRIPTOR),
    serves=(
        own_records,
        account_changes,
        account_reading,
        acts,
        audit,
        indicators,
        ledger,
        levies,
        merchants,
        notifications,
        overview,
        payments,
        permit_documents,
        permit_following,
        permit_kinds,
        permit_papers,
        permitting,
        presentation,
        receipts,
        reconciliation,
        refunds,
        settlement,
        suspense,
        terminals,
        topups,
        wallets,
    ),
    reactions=(
        # These lock what a batch is about in this order: payments, and accounts after them.
        Reaction(
            types.PaymentRequestWithdrawn,
            payment_reactions.on_request_withdrawn,
            payment_reactions.before_requests_withdrawn,
        ),
        Reaction(
            refunds_pb2.PaymentRefundRequested,
            refund_reactions.on_refund_requested,
            refund_reactions.before_refunds_requested,
        ),
        Reaction(
            types.PaymentRequested, payment_reactions.on_payment_requested, payment_reactions.before_payments_requested
        ),
        Reaction(events_pb2.PaymentCaptured, levy_reactions.on_payment_captured),
        Reaction(events_pb2.PaymentCaptured, indicator_reactions.on_payment_captured),
        Reaction(events_pb2.PaymentCaptured, permit_reactions.on_payment_captured),
        Reaction(events_pb2.PaymentCreated, permit_reactions.on_payment_created),
        Reaction(events_pb2.PermitAdvanced, merchant_reactions.on_permit_advanced),
        Reaction(events_pb2.PaymentExpired, permit_reactions.on_payment_expired),
        Reaction(events_pb2.PaymentCancelled, permit_reactions.on_payment_cancelled),
        Reaction(events_pb2.PaymentRefunded, levy_reactions.on_payment_refunded),
        Reaction(events_pb2.PaymentRefunded, indicator_reactions.on_payment_refunded),
        Reaction(events_pb2.PaymentRefunded, return_reactions.on_payment_refunded),
        Reaction(events_pb2.PaymentRefunded, permit_reactions.on_payment_refunded),
        Reaction(events_pb2.RefundRequested, return_reactions.on_refund_requested),
        Reaction(events_pb2.RefundRejected, return_reactions.on_refund_rejected),
        Reaction(society.PersonalDataRequested, personal_reactions.on_personal_data_requested),
    ),
    timers=(
        Timer("ledger audit", timedelta(seconds=10), audit_timers.look),
        Timer("ledger holds", timedelta(seconds=5), ledger_timers.expire),
        Timer("payments expire", timedelta(seconds=1), payment_timers.expire),
        Timer("old buyers", timedelta(hours=1), payment_timers.forget_buyers),
        Timer("payments in doubt", timedelta(seconds=1), presentation_timers.ask),
        Timer("permits", timedelta(seconds=1), permit_timers.due),
        Timer("mails of permits", timedelta(seconds=1), permit_following_timers.deliver),
        Timer("old addresses of permits", timedelta(hours=1), permit_following_timers.prune),
        Timer("refunds in doubt", timedelta(seconds=1), refund_timers.send),
        Timer("what was paid for nothing", timedelta(minutes=10), return_timers.ask_again),
        Timer("settlement", timedelta(minutes=1), settlement_timers.close),
        Timer("reconciliation", timedelta(minutes=1), reconciliation_timers.compare),
    ),
    gauges=(
        GAUGES,
        permit_gauges.GAUGES,
        permit_document_gauges.GAUGES,
        permit_following_gauges.GAUGES,
        reconciliation_gauges.GAUGES,
        return_gauges.GAUGES,
    ),
)
