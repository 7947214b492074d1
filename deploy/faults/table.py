"""The faults by name: what each does and how, the alert that tells of it, and what its traces show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from deploy.faults import branding, economy, emergency, living, society, water
from deploy.faults.means import (
    ConsumerLost,
    ConsumerPaused,
    Flag,
    LeaseTaken,
    Means,
    PostgresStopped,
    Session,
    ShutOut,
    Sql,
    Stopped,
    Together,
    Unwritable,
    Whim,
)


class Trace(Enum):
    """How the viewer shows it."""

    ERROR = "a failed span of the service, or of a call to it"
    SLOW = "a long span of the service, or of a call to it"
    ENDS = "the trace ends before the service"
    NONE = "none: nothing is done that could be traced"


@dataclass(frozen=True)
class Fault:
    """One fault. `alert` is empty where a platform heals or bears it by itself."""

    name: str
    what: str
    how: str
    alert: str
    service: str
    trace: Trace
    means: Means


_SLOW = (
    """CREATE FUNCTION governance.smartcity_fault() RETURNS trigger LANGUAGE plpgsql
       AS $$ BEGIN PERFORM pg_sleep(0.8); RETURN NEW; END $$""",
    """CREATE TRIGGER smartcity_fault BEFORE INSERT ON governance.complaint
       FOR EACH ROW EXECUTE FUNCTION governance.smartcity_fault()""",
)
_NOT_SLOW = (
    "DROP TRIGGER IF EXISTS smartcity_fault ON governance.complaint",
    "DROP FUNCTION IF EXISTS governance.smartcity_fault()",
)
_POISON = ("ALTER TABLE environment.cleanup ADD CONSTRAINT smartcity_fault CHECK (false) NOT VALID",)
_NO_POISON = (
    "ALTER TABLE environment.cleanup DROP CONSTRAINT IF EXISTS smartcity_fault",
    "UPDATE environment.dead_letter SET replay_requested_at = clock_timestamp() WHERE replayed_at IS NULL",
)
# What is said of the account follows from its journal, so that the way back needs no memory.
_LEDGER_RIGHT = (
    "SET LOCAL session_replication_role = replica",
    """UPDATE economy.account a SET balance = coalesce(
         (SELECT t.debit_balance FROM economy.transfer t WHERE t.debit = a.id AND t.debit_number = a.entries),
         (SELECT t.credit_balance FROM economy.transfer t WHERE t.credit = a.id AND t.credit_number = a.entries), 0)
        WHERE kind = 'suspense'""",
)
_FROZEN = ("UPDATE economy.account SET status = 'frozen', version = version + 1 WHERE kind = 'clearing'",)
_OPENED = ("UPDATE economy.account SET status = 'open', version = version + 1 WHERE kind = 'clearing'",)
_LEDGER_WRONG = ("UPDATE economy.account SET balance = balance + 1000 WHERE kind = 'suspense'",)
# Changes of state that concern nobody; not traced, since they would bury the traces of people.
_FLOOD = (
    """CREATE FUNCTION environment.smartcity_fault() RETURNS trigger LANGUAGE plpgsql
       AS $$ BEGIN PERFORM pg_sleep(2); RETURN NULL; END $$""",
    """CREATE TRIGGER smartcity_fault AFTER INSERT ON environment.inbox
       FOR EACH STATEMENT EXECUTE FUNCTION environment.smartcity_fault()""",
    """INSERT INTO governance.outbox
         (id, type, aggregate, version, correlation, exercise, recorded_at, traceparent, payload)
       SELECT gen_random_uuid(), 'smartcity.governance.v1.ComplaintStatusChanged', 'smartcity-fault', n,
              'smartcity-fault', true, clock_timestamp(),
              '00-' || md5('smartcity-fault') || '-' || left(md5(n::text), 16) || '-00', ''
         FROM generate_series(1, 40000) AS n""",
)
_NO_FLOOD = (
    "DROP TRIGGER IF EXISTS smartcity_fault ON environment.inbox",
    "DROP FUNCTION IF EXISTS environment.smartcity_fault()",
    "DELETE FROM governance.outbox WHERE aggregate = 'smartcity-fault'",
)


def _schema_closed(name: str) -> ShutOut:
    return ShutOut(name, f"REVOKE USAGE ON SCHEMA {name} FROM {name}", f"GRANT USAGE ON SCHEMA {name} TO {name}")


ALL = (
    Fault(
        "slow-query", "Each new complaint takes 0.8 s longer to store.", "SQL: a trigger with pg_sleep",
        "LatencyBudgetBurn", "governance", Trace.SLOW, Sql(_SLOW, _NOT_SLOW),
    ),
    Fault(
        "slow-pillar", "Everything that environment does takes most of a second.",
        "flag: its event loop stands still for 0.8 s at a time",
        "LatencyBudgetBurn", "environment", Trace.SLOW, Flag("environment", "block", 0.8),
    ),
    Fault(
        "event-loop-blocked", "Environment does one long thing after another, and nothing else meanwhile.",
        "flag: its event loop stands still for 4 s at a time",
        "EventLoopBlocked", "environment", Trace.ERROR, Flag("environment", "block", 4.0),
    ),
    Fault(
        "event-loop-held", "Environment computes for 0.2 s at a time, and everybody else waits meanwhile.",
        "flag: a task of its own holds its event loop",
        "EventLoopHeld", "environment", Trace.NONE, Flag("environment", "hold", 0.2),
    ),
    Fault(
        "pillar-down", "Environment does not start.", "flag: it dies as soon as it is ready",
        "HeartbeatMissing", "environment", Trace.ERROR, Flag("environment", "crash", 0.0),
    ),
    Fault(
        "pillar-hung", "Environment takes connections and never answers.", "SIGSTOP",
        "HeartbeatMissing", "environment", Trace.ERROR, Stopped("environment"),
    ),
    Fault(
        "pillar-flapping", "Environment dies again and again (crash loop).", "flag: it dies after 4 s of life",
        "HeartbeatMissing", "environment", Trace.ERROR, Flag("environment", "crash", 4.0),
    ),
    Fault(
        "gateway-errors", "The gateway cannot read its sessions: whoever is logged in gets an error.",
        "SQL: its schema is closed to its role, sessions end",
        "AvailabilityBudgetBurn", "gateway", Trace.ERROR, _schema_closed("gateway"),
    ),
    Fault(
        "consumer-lost", "Environment's consumer on governance's stream is gone.", "NATS: CONSUMER.DELETE",
        "ConsumerStuck", "environment", Trace.ENDS, ConsumerLost("governance", "environment"),
    ),
    Fault(
        "consumer-stuck", "Environment gets no events of governance.", "NATS: CONSUMER.PAUSE",
        "ConsumerStuck", "environment", Trace.ENDS, ConsumerPaused("governance", "environment"),
    ),
    Fault(
        "poison-event", "Environment cannot handle any new clean-up; off replays what was set aside.",
        "SQL: a constraint that nothing meets",
        "DeadLetters", "environment", Trace.ERROR, Sql(_POISON, _NO_POISON),
    ),
    Fault(
        "outbox-flood", "Governance publishes 40,000 events at once; environment handles 250 a second.",
        "SQL: rows in the outbox, a trigger with pg_sleep on the inbox",
        "ConsumerLagging", "environment", Trace.NONE, Sql(_FLOOD, _NO_FLOOD),
    ),
    Fault(
        "relay-stopped", "Governance's events do not reach their stream.", "SQL: the relay's lease belongs to nobody",
        "OutboxStuck", "governance", Trace.ENDS, LeaseTaken("governance", "relay"),
    ),
    Fault(
        "timers-lost", "Nothing falls due in governance: no deadlines, no mails.",
        "SQL: the timers' lease belongs to nobody",
        "JobWithoutOwner", "governance", Trace.NONE, LeaseTaken("governance", "timers"),
    ),
    Fault(
        "nats-down", "NATS takes connections and never answers.", "SIGSTOP",
        "OutboxStuck", "governance", Trace.ERROR, Stopped("nats"),
    ),
    Fault(
        "postgres-down", "PostgreSQL ends all sessions and never answers.", "SIGSTOP, pg_terminate_backend",
        "AvailabilityBudgetBurn", "governance", Trace.ERROR, PostgresStopped(),
    ),
    Fault(
        "connections-refused", "PostgreSQL lets governance in no more.", "SQL: CONNECTION LIMIT 0, sessions end",
        "AvailabilityBudgetBurn", "governance", Trace.ERROR,
        ShutOut(
            "governance",
            "ALTER ROLE governance CONNECTION LIMIT 0",
            "ALTER ROLE governance CONNECTION LIMIT -1",
        ),
    ),
    Fault(
        "pool-exhausted", "Governance has no database connection left.", "flag: it keeps all of its pool",
        "PoolSaturated", "governance", Trace.ERROR, Flag("governance", "leak", 16),
    ),
    Fault(
        "lock-held", "A forgotten session holds a lock on governance's complaints.", "SQL: LOCK TABLE",
        "AvailabilityBudgetBurn", "governance", Trace.ERROR,
        Session("lock", "LOCK TABLE governance.complaint IN ACCESS EXCLUSIVE MODE"),
    ),
    Fault(
        "section-stale", "Environment cannot read its own tables; the home page shows its old news.",
        "SQL: its schema is closed to its role, sessions end",
        "SectionStale", "environment", Trace.NONE, _schema_closed("environment"),
    ),
    Fault(
        "bank-down", "The bank takes connections and never answers.", "SIGSTOP",
        "AvailabilityBudgetBurn", "economy", Trace.ERROR, Stopped("bank"),
    ),
    Fault(
        "bank-slow", "The bank takes 1.2 s longer.", "the bank's whim slow",
        "LatencyBudgetBurn", "economy", Trace.SLOW, Whim("slow", 1.2),
    ),
    Fault(
        "bank-lies", "The bank says that another amount was paid, and stays with it; the money waits in suspense.",
        "the bank's whim lie",
        "SuspenseOld", "economy", Trace.NONE, Whim("lie", 1000),
    ),
    Fault(
        "bank-forgets", "The bank never tells of a payment; economy asks by itself after a while.",
        "the bank's whim forget",
        "", "economy", Trace.NONE, Whim("forget"),
    ),
    Fault(
        "ledger-misposted", "An account of the ledger is 1,000 too high.",
        "SQL: past the triggers that refuse it (session_replication_role)",
        "LedgerNotZeroSum", "economy", Trace.NONE,
        Sql((*_LEDGER_RIGHT, *_LEDGER_WRONG), _LEDGER_RIGHT),
    ),
    Fault(
        "account-frozen", "The treasury froze the city's clearing account; the bank is told to send its news again.",
        "SQL: the account's status",
        "CityAccountFrozen", "economy", Trace.NONE, Sql(_FROZEN, _OPENED),
    ),
    Fault(
        "audit-stopped", "Nobody audits the ledger.", "SQL: the timers' lease of economy belongs to nobody",
        "LedgerNotAudited", "economy", Trace.NONE, LeaseTaken("economy", "timers"),
    ),
    Fault(
        "clock-skewed", "Environment's clock is 20 s ahead.", "flag: the process's time",
        "ClockSkewed", "environment", Trace.NONE, Flag("environment", "skew", 20),
    ),
    Fault(
        "memory-hog", "Society takes 256 MB more.", "flag: it fills memory",
        "", "society", Trace.NONE, Flag("society", "hog", 256),
    ),
    Fault(
        "disk-full", "No photo can be stored.", "a file stands where the folder of photos was",
        "AvailabilityBudgetBurn", "gateway", Trace.ERROR, Unwritable("files"),
    ),
    Fault(
        "login-down", "The identity provider takes connections and never answers.", "SIGSTOP",
        "AvailabilityBudgetBurn", "gateway", Trace.ERROR, Stopped("oidc"),
    ),
    Fault(
        "mail-down", "The mail server takes connections and never answers; mails wait and are sent later.", "SIGSTOP",
        "", "governance", Trace.NONE, Stopped("mailbox"),
    ),
    Fault(
        "telemetry-lost", "Spans and metrics reach nobody; the services work as ever.", "SIGSTOP the viewer",
        "HeartbeatMissing", "viewer", Trace.NONE, Stopped("viewer"),
    ),
    Fault(
        "callout-hung", "Who lets devices in takes questions and never answers; those that are in stay.", "SIGSTOP",
        "HeartbeatMissing", "callout", Trace.NONE, Stopped("callout"),
    ),
    Fault(
        "devices-unread", "Nobody stores what devices measure; NATS keeps it.",
        "SQL: the lease of who reads devices belongs to nobody",
        "DevicesUnread", "environment", Trace.NONE, LeaseTaken("environment", "job:devices"),
    ),
    Fault(
        "devices-refused", "The password of each device counts no more.", "SQL: the number of its password",
        "DevicesRefused", "callout", Trace.NONE, Sql(water.LOCKED_OUT, water.LET_IN),
    ),
    Fault(
        "gauges-silent", "All gauges fall silent.", "SIGSTOP the simulator; SQL: when each was last heard",
        "GaugesSilent", "environment", Trace.NONE,
        Together((Stopped("simulator"), Sql(water.SILENT, water.HEARD))),
    ),
    Fault(
        "warnings-refused", "The coast's gauge opens an alarm, and no warning can be written.",
        "SQL: an open alarm, and a constraint that nothing meets",
        "AlarmsNotFollowed", "environment", Trace.NONE, Sql(water.UNWARNED, water.WARNED),
    ),
    Fault(
        "proposal-waits", "A warning was proposed, and no officer decides.", "SQL: a proposal",
        "ProposalWaiting", "environment", Trace.NONE, Sql(water.UNDECIDED, water.DECIDED),
    ),
    Fault(
        "warning-ends", "An officer's warning ends soon while the gauge speaks on.", "SQL: a warning and an open alarm",
        "WarningEnding", "environment", Trace.NONE, Sql(water.ENDING, water.ENDED),
    ),
    Fault(
        "mails-stuck", "A warning's message is on its way to who wants mails, and comes no further.",
        "SQL: a message, and a constraint that nothing meets",
        "WarningMailsWaiting", "environment", Trace.NONE, Sql(water.UNTOLD, water.TELLING),
    ),
    Fault(
        "air-stopped", "No station's air index is ever due.", "SQL: when the next one is due",
        "AirIndexLate", "environment", Trace.NONE, Sql(water.NO_AIR, water.AIR),
    ),
    Fault(
        "pump-deaf", "A pump station did not answer what it was told.", "SQL: a command that timed out",
        "PumpsNotAnswering", "environment", Trace.NONE, Sql(water.UNANSWERED, water.ANSWERED),
    ),
    Fault(
        "planning-stuck", "Nothing falls due in environment: plans of rounds wait.",
        "SQL: environment's timers' lease belongs to nobody",
        "PlanningStuck", "environment", Trace.NONE, LeaseTaken("environment", "timers"),
    ),
    Fault(
        "emergency-unattended", "An incident of 112 waits for a unit past its target.", "SQL: an incident and a clock",
        "EmergencyUnattended", "governance", Trace.NONE, Sql(emergency.UNATTENDED, emergency.ATTENDED),
    ),
    Fault(
        "unit-silent", "An emergency unit at work did not answer when it was asked.", "SQL: a unit",
        "EmergencyUnitSilent", "governance", Trace.NONE, Sql(emergency.SILENT, emergency.HEARD),
    ),
    Fault(
        "hand-off-unanswered", "A hand-off of an incident escalated, and nobody acknowledges it.",
        "SQL: an incident and a hand-off",
        "EmergencyHandOffUnanswered", "governance", Trace.NONE, Sql(emergency.UNANSWERED, emergency.ANSWERED),
    ),
    Fault(
        "gauges-unread", "Nobody can read whether an incident of 112 waits: alerts about it see nothing.",
        "SQL: LOCK TABLE on governance's hand-offs",
        "GaugesUnread", "governance", Trace.NONE,
        Session("gauges", "LOCK TABLE governance.hand_off IN ACCESS EXCLUSIVE MODE"),
    ),
    Fault(
        "correction-waits", "A correction of a facility was filed, and no officer decides.", "SQL: a correction",
        "CorrectionsWaiting", "living", Trace.NONE, Sql(living.UNREAD, living.READ),
    ),
    Fault(
        "ride-unsettled", "A fare is asked for since an hour, and economy does not answer.", "SQL: a card and a ride",
        "RidesUnsettled", "living", Trace.NONE, Sql(living.UNSETTLED, living.SETTLED),
    ),
    Fault(
        "proposal-late", "A proposal should have been answered a week ago.", "SQL: a process and a proposal",
        "ParticipationLate", "society", Trace.NONE, Sql(society.UNANSWERED, society.ANSWERED),
    ),
    Fault(
        "ballot-uncounted", "A ballot closed three days ago, and nobody counts it.", "SQL: a ballot",
        "BallotUncounted", "society", Trace.NONE, Sql(society.UNCOUNTED, society.COUNTED),
    ),
    Fault(
        "followers-untold", "A step of a proposal is on its way to who follows it, and comes no further.",
        "SQL: a step, and a constraint that nothing meets",
        "MailsWaiting", "society", Trace.NONE, Sql(society.UNTOLD, society.TELLING),
    ),
    Fault(
        "permit-silent", "An application for a permit is in its last day, and nobody decides.", "SQL: an application",
        "PermitSilence", "economy", Trace.NONE, Sql(economy.SILENT, economy.DECIDED),
    ),
    Fault(
        "return-refused", "A fee that nobody waits for should be back since yesterday, and is refused.",
        "SQL: what is to go back",
        "PaymentReturnsWaiting", "economy", Trace.NONE, Sql(economy.NOT_GIVEN_BACK, economy.GIVEN_BACK),
    ),
    Fault(
        "days-not-compared", "Days of long ago are said to be compared with the bank's reports, and were not.",
        "SQL: from when on days are compared",
        "ReconciliationLate", "economy", Trace.NONE, Sql(economy.NOT_COMPARED, economy.COMPARED),
    ),
    Fault(
        "timetable-over", "The timetable that holds is said to have ended.", "SQL: its last day",
        "TimetableEnding", "living", Trace.NONE, Sql(living.OVER, living.NOT_OVER),
    ),
    Fault(
        "vehicles-silent", "Buses fall silent on their way, and none tells where it is.",
        "SIGSTOP the simulator; SQL: twenty that told two minutes ago",
        "VehiclesSilent", "living", Trace.NONE, Together((Stopped("simulator"), Sql(living.MUTE, living.TELLING))),
    ),
    Fault(
        "operator-silent", "The feed of another operator has told nothing for an hour.", "SQL: a feed",
        "OperatorSilent", "living", Trace.NONE, Sql(living.UNHEARD, living.HEARD),
    ),
    Fault(
        "planner-away", "Another timetable holds, and no journey planner can load it.",
        "SQL: a feed of the same name, and a right taken away",
        "JourneysBehind", "living", Trace.NONE, Sql(living.UNPLANNED, living.PLANNED),
    ),
    Fault(
        "ticket-refund-refused", "Money for a ticket should be back since yesterday, and is refused.",
        "SQL: a sale, an order and a refund",
        "TicketRefundsWaiting", "branding", Trace.NONE, Sql(branding.NOT_GIVEN_BACK, branding.GONE),
    ),
    Fault(
        "ticket-hold-stuck", "An order is over, and its seats are not freed; nor are those of any after it.",
        "SQL: a held order, and a constraint that nothing meets",
        "TicketHoldsOverdue", "branding", Trace.NONE, Sql(branding.HELD_FOR_EVER, branding.GONE),
    ),
)  # fmt: skip
BY_NAME = {fault.name: fault for fault in ALL}
