"""The names in our telemetry: OpenTelemetry semantic conventions, pinned, and the few of our own.

Every span, metric and resource says which version its names follow (``SCHEMA_URL``). The conventions rename things
between versions, so the names are written here once and nowhere else; moving to a newer version is a change of this
module, of the dashboards and of nothing else.

Source: https://opentelemetry.io/docs/specs/semconv/ 1.44.0. Version 1.39 renamed the RPC attributes: what was
``rpc.system``, ``rpc.service`` and ``rpc.grpc.status_code`` is ``RPC_SYSTEM_NAME``, part of ``RPC_METHOD``, and
``RPC_RESPONSE_STATUS_CODE``.
"""

from typing import Final, NamedTuple

SCHEMA_URL: Final = "https://opentelemetry.io/schemas/1.44.0"

# Who speaks
SERVICE_NAME: Final = "service.name"
SERVICE_NAMESPACE: Final = "service.namespace"
SERVICE_VERSION: Final = "service.version"
SERVICE_INSTANCE_ID: Final = "service.instance.id"
NAMESPACE: Final = "smartcity"
"""Value of ``service.namespace`` of everything in this house."""

# HTTP
HTTP_REQUEST_METHOD: Final = "http.request.method"
HTTP_RESPONSE_STATUS_CODE: Final = "http.response.status_code"
HTTP_ROUTE: Final = "http.route"
URL_PATH: Final = "url.path"
URL_SCHEME: Final = "url.scheme"
OTHER_METHOD: Final = "_OTHER"
"""Value of ``http.request.method`` for a method outside RFC 9110 and RFC 5789 (keeps cardinality low)."""

# gRPC
RPC_SYSTEM_NAME: Final = "rpc.system.name"
RPC_METHOD: Final = "rpc.method"
RPC_RESPONSE_STATUS_CODE: Final = "rpc.response.status_code"
SERVER_ADDRESS: Final = "server.address"

# NATS JetStream
MESSAGING_SYSTEM: Final = "messaging.system"
MESSAGING_OPERATION_NAME: Final = "messaging.operation.name"
MESSAGING_OPERATION_TYPE: Final = "messaging.operation.type"
MESSAGING_DESTINATION_NAME: Final = "messaging.destination.name"
MESSAGING_CONSUMER_GROUP_NAME: Final = "messaging.consumer.group.name"
MESSAGING_MESSAGE_ID: Final = "messaging.message.id"
MESSAGING_BATCH_MESSAGE_COUNT: Final = "messaging.batch.message_count"

# PostgreSQL
DB_SYSTEM_NAME: Final = "db.system.name"
DB_NAMESPACE: Final = "db.namespace"
DB_OPERATION_NAME: Final = "db.operation.name"
DB_OPERATION_BATCH_SIZE: Final = "db.operation.batch.size"

# What went wrong
ERROR_TYPE: Final = "error.type"
"""A reason of low cardinality: our error's ``reason``, else the name of the exception's class."""

# Ours
CORRELATION_ID: Final = "smartcity.correlation_id"
"""Joins the actions (traces) of one case into its story."""
CASE_CODE: Final = "smartcity.case_code"
"""The code people know a case by, such as ``SMG-7K4P-92``."""
PILLAR: Final = "smartcity.pillar"
EXERCISE: Final = "smartcity.exercise"
"""True on what belongs to a drill."""

# Of metrics: each has few values
STREAM: Final = "stream"
STATE: Final = "state"
LEASE: Final = "lease"
TIMER: Final = "timer"
GAUGES: Final = "gauges"
CERTIFICATE: Final = "name"
"""As cert-manager calls it: the name of its secret."""
EVENT_TYPE: Final = "type"
AGENCY: Final = "agency"
REASON: Final = "reason"
DOOR: Final = "door"
ALARM_KIND: Final = "alarm_kind"
ACCOUNT_KIND: Final = "account_kind"
DB_CLIENT_CONNECTION_STATE: Final = "db.client.connection.state"
DB_CLIENT_CONNECTION_POOL_NAME: Final = "db.client.connection.pool.name"

# Durations in seconds
HTTP_SERVER_REQUEST_DURATION: Final = "http.server.request.duration"
RPC_SERVER_CALL_DURATION: Final = "rpc.server.call.duration"
RPC_CLIENT_CALL_DURATION: Final = "rpc.client.call.duration"
"""Measured where a call ends for good, after all its attempts: what the caller's caller got."""


class Metric(NamedTuple):
    """A gauge or counter: its name, its unit (UCUM), and what it tells."""

    name: str
    unit: str
    description: str


# Every process reads all of its service's gauges: take `max by (service_name)` of gauges and `sum` of counters.
HEARTBEAT: Final = Metric("smartcity.heartbeat", "s", "When the process's event loop last turned, in Unix time")
EVENT_LOOP_LAG: Final = Metric("smartcity.event_loop.lag", "s", "Longest wait for the event loop since the last export")
EVENT_LOOP_HELD: Final = Metric(
    "smartcity.event_loop.held", "s", "CPU time of the longest step of a task since the last export"
)
GAUGES_UNREAD: Final = Metric(
    "smartcity.gauges.unread", "s", "Since gauges that are read together were last read, by the first of them"
)
CERTIFICATE_LEFT: Final = Metric(
    "smartcity.certificate.left", "s", "Until a certificate of the process's own ends; below 0 afterwards"
)
DB_CLIENT_CONNECTION_COUNT: Final = Metric(
    "db.client.connection.count", "{connection}", "Connections of the pool, used and idle"
)
DB_CLIENT_CONNECTION_MAX: Final = Metric("db.client.connection.max", "{connection}", "Most connections of the pool")

OUTBOX_UNSENT: Final = Metric("smartcity.outbox.unsent", "{event}", "Events not in the stream yet")
OUTBOX_AGE: Final = Metric("smartcity.outbox.age", "s", "Age of the oldest event not in the stream yet; 0 without one")
PUBLISHED_AGE: Final = Metric("smartcity.outbox.published.age", "s", "Time since an event was last put into the stream")
EVENTS_RECORDED: Final = Metric("smartcity.events.recorded", "{event}", "Events committed, by type")
CONSUMER_LAG: Final = Metric("smartcity.consumer.lag", "{event}", "Events of a stream that wait for their reaction")
CONSUMER_STALLED: Final = Metric(
    "smartcity.consumer.stalled", "s", "Time for which events waited and none was handled; 0 while it goes on"
)
DEAD_LETTERS: Final = Metric("smartcity.dead_letters", "{event}", "Events whose reaction failed, or parked behind one")
LEASE_HELD: Final = Metric("smartcity.lease.held", "{lease}", "1 while the process does a job that only one may do")
TIMER_LATE: Final = Metric(
    "smartcity.timer.late", "s", "Since the turn of a timer that is not done came, or last got on; 0 until the next one"
)

SECTION_AGE: Final = Metric("smartcity.section.age", "s", "Age of what a pillar last said for the city's home")
LISTENERS: Final = Metric("smartcity.listeners", "{listener}", "Open streams of server-sent events")

COMPLAINTS_OPEN: Final = Metric("smartcity.complaints.open", "{complaint}", "Complaints not closed, by agency")
COMPLAINTS_OVERDUE: Final = Metric("smartcity.complaints.overdue", "{complaint}", "Open complaints past their deadline")
KEYSTORE_AWAY: Final = Metric(
    "smartcity.keystore.away", "s", "Since the store of contacts' keys last answered a process; 0 while it does"
)
ALARMS_OPEN: Final = Metric("smartcity.alarms.open", "{alarm}", "Open alarms, by what their rules look at")
DATASTREAMS: Final = Metric("smartcity.datastreams", "{datastream}", "Datastreams in service that ever measured")
DATASTREAMS_SILENT: Final = Metric(
    "smartcity.datastreams.silent", "{datastream}", "Those of them that nothing came from for three of their periods"
)
DEVICES_UNREAD_AGE: Final = Metric(
    "smartcity.devices.unread.age",
    "s",
    "Age of the oldest message of a device not stored yet, or of the broker's absence",
)
POSITIONS_UNREAD_AGE: Final = Metric(
    "smartcity.positions.unread.age",
    "s",
    "Age of the oldest message of a vehicle not stored yet, or of the broker's absence",
)
DEVICES_REFUSED: Final = Metric(
    "smartcity.devices.refused",
    "{device}",
    "Devices of the city that were last refused, within five minutes, by reason",
)
ALARMS_UNFOLLOWED: Final = Metric(
    "smartcity.alarms.unfollowed",
    "{alarm}",
    "Open alarms that mean a level by the city's criteria, and nobody was warned",
)
WARNINGS_ENDING: Final = Metric(
    "smartcity.warnings.ending", "{warning}", "Warnings of officers that end soon while gauges still speak as gravely"
)
PROPOSAL_AGE: Final = Metric(
    "smartcity.warnings.proposal.age", "s", "Age of the oldest proposal that nobody decided on"
)
ZONES_UNWATCHED: Final = Metric(
    "smartcity.warnings.zones.unwatched", "{zone}", "Zones of the criteria for which no rule of a gauge can speak"
)
WARNING_MAILS: Final = Metric("smartcity.warnings.mails", "{mail}", "Mails to subscribers that ended, by state")
WARNING_MAIL_AGE: Final = Metric(
    "smartcity.warnings.mail.age",
    "s",
    "Age of the oldest mail to a subscriber that waits, and not for its mailbox; 0 without one",
)
NOWCAST_AGE: Final = Metric(
    "smartcity.nowcasts.age", "s", "Since the weather service's nowcasts were last read in full"
)
AIR_AGE: Final = Metric(
    "smartcity.air.index.age", "s", "Age of the oldest air index that a station shows; 0 without one"
)
PUMPS_UNANSWERED: Final = Metric(
    "smartcity.pumps.unanswered", "{station}", "Pump stations whose latest command of a day was not answered in time"
)
PLANNING_AGE: Final = Metric(
    "smartcity.rounds.planning.age",
    "s",
    "Age of the oldest plan of rounds that is not made yet, or that failed while the one before knows of other floods",
)
CORRECTIONS_WAITING: Final = Metric(
    "smartcity.facilities.corrections.waiting", "{correction}", "Corrections of facilities that wait for an officer"
)
CORRECTION_AGE: Final = Metric(
    "smartcity.facilities.correction.age", "s", "Age of the oldest correction that waits; 0 without one"
)
RIDE_UNSETTLED_AGE: Final = Metric(
    "smartcity.rides.unsettled.age", "s", "Age of the oldest ride whose fare is asked for and not answered; 0 without"
)
RESIDENT_WAITING_AGE: Final = Metric(
    "smartcity.residents.waiting.age", "s", "Age of the oldest declaration of residence that waits; 0 without one"
)
COMMENT_WAITING_AGE: Final = Metric(
    "smartcity.comments.waiting.age", "s", "Age of the oldest comment on a proposal that waits to be read; 0 without"
)
FOLLOWER_MAILS: Final = Metric(
    "smartcity.proposals.mails", "{mail}", "Mails to followers of proposals that ended, by state"
)
FOLLOWER_MAIL_AGE: Final = Metric(
    "smartcity.proposals.mail.age", "s", "Age of the oldest mail to a follower not sent yet; 0 without one"
)
PROPOSAL_LATE_AGE: Final = Metric(
    "smartcity.proposals.late.age", "s", "Since the proposal should have been answered that is late the longest"
)
PROCESS_PHASE_AGE: Final = Metric(
    "smartcity.processes.phase.age", "s", "Since the phase of a process should have begun that is overdue the longest"
)
COMPLAINT_MAILS: Final = Metric("smartcity.complaints.mails", "{mail}", "Mails to reporters that ended, by state")
COMPLAINT_MAIL_AGE: Final = Metric(
    "smartcity.complaints.mail.age", "s", "Age of the oldest mail to a reporter not sent yet; 0 without one"
)
COURSE_MAILS: Final = Metric("smartcity.courses.mails", "{mail}", "Mails to who is enrolled that ended, by state")
COURSE_MAIL_AGE: Final = Metric(
    "smartcity.courses.mail.age", "s", "Age of the oldest mail to who is enrolled not sent yet; 0 without one"
)
PERMIT_MAILS: Final = Metric("smartcity.permits.mails", "{mail}", "Mails to holders of permits that ended, by state")
PERMIT_MAIL_AGE: Final = Metric(
    "smartcity.permits.mail.age", "s", "Age of the oldest mail to a holder of a permit not sent yet; 0 without one"
)
FILE_UNERASED_AGE: Final = Metric(
    "smartcity.files.unerased.age", "s", "Age of the oldest file that is to go from the file store; 0 without one"
)
PERMIT_SILENCE_AGE: Final = Metric(
    "smartcity.permits.silence.age",
    "s",
    "For how long the application has been in its last working day whose silence is consent the soonest; 0 without one",
)
COURSE_UNFINISHED_AGE: Final = Metric(
    "smartcity.courses.unfinished.age", "s", "Since the course should have been finished that is overdue the longest"
)
SURVEY_OVERDUE_AGE: Final = Metric(
    "smartcity.surveys.overdue.age",
    "s",
    "Since the survey should have ended that is overdue the longest; 0 without one",
)
BALLOT_UNCOUNTED_AGE: Final = Metric(
    "smartcity.ballots.uncounted.age", "s", "Time since the close of the ballot that has waited longest; 0 without one"
)
TICKET_HOLD_OVERDUE: Final = Metric(
    "smartcity.tickets.hold.overdue", "s", "How long the seats are overdue that are held the longest beyond their time"
)
TICKET_REFUND_AGE: Final = Metric(
    "smartcity.tickets.refund.age", "s", "Age of the oldest refund of tickets that is not given back; 0 without one"
)
PAYMENT_RETURN_AGE: Final = Metric(
    "smartcity.payments.return.age",
    "s",
    "Age of the oldest payment of the city's own that was paid for nothing and is not given back; 0 without one",
)
PLANNER_BEHIND: Final = Metric(
    "smartcity.planner.behind",
    "s",
    "How long journeys are not searched in the timetable that holds; 0 when they are",
)
PLANNER_MEMORY: Final = Metric("smartcity.planner.memory", "By", "Memory of the journey planner's process")
VEHICLES_LIVE: Final = Metric("smartcity.vehicles.live", "{vehicle}", "Vehicles that told where they are within 90 s")
VEHICLES_SILENT: Final = Metric(
    "smartcity.vehicles.silent", "{vehicle}", "Vehicles that fell silent within half an hour, on their way"
)
INCIDENTS_OPEN: Final = Metric("smartcity.incidents.open", "{incident}", "Incidents of 112 that are not closed")
INCIDENTS_UNATTENDED: Final = Metric(
    "smartcity.incidents.unattended",
    "{clock}",
    "Services that incidents wait for past their target, with no unit sent",
)
UNITS_SILENT: Final = Metric(
    "smartcity.units.silent", "{unit}", "Emergency units at work that did not answer a welfare check"
)
HAND_OFFS_OVERDUE: Final = Metric(
    "smartcity.hand_offs.overdue", "{hand_off}", "Hand-offs of incidents that nobody acknowledged in time"
)
SERVICE_ALERTS: Final = Metric("smartcity.transit.alerts", "{alert}", "Service alerts of transport that are told")
OPERATOR_AGE: Final = Metric(
    "smartcity.operators.age", "s", "Since the time that an operator's GTFS Realtime feed tells of itself"
)
TIMETABLE_LEFT: Final = Metric(
    "smartcity.timetable.left", "s", "Until the last day of the timetable that holds is over; below 0 afterwards"
)
FEED_IMPORTS: Final = Metric(
    "smartcity.feed_imports.open", "{import}", "Imports of timetables that are not at an end, by state"
)
FEED_IMPORT_AGE: Final = Metric(
    "smartcity.feed_imports.age", "s", "Since the last word about the import that has waited longest, by state"
)
EVENTS_WAITING: Final = Metric(
    "smartcity.events.waiting", "{event}", "Events of the city that were written and wait to be published"
)
EVENT_AGE: Final = Metric("smartcity.events.waiting.age", "s", "How long the oldest of them waits; 0 without one")
SUSPENSE_OPEN: Final = Metric("smartcity.suspense.open", "{payment}", "Payments received that belong to nothing known")
SUSPENSE_AGE: Final = Metric("smartcity.suspense.age", "s", "Age of the oldest payment in suspense; 0 without one")
RECONCILIATION_AGE: Final = Metric(
    "smartcity.reconciliation.age",
    "s",
    "Since the end of the oldest day that was not compared with the bank; 0 without one",
)
LEDGER_FROZEN: Final = Metric("smartcity.ledger.frozen", "{account}", "1 while an account of the city's own is frozen")
LEDGER_FAULTS: Final = Metric("smartcity.ledger.faults", "{fault}", "What does not add up in the ledger, by reason")
