"""The names in our telemetry: OpenTelemetry semantic conventions, pinned, and the few of our own.

Every span, metric and resource says which version its names follow (``SCHEMA_URL``). The conventions rename things
between versions, so the names are written here once and nowhere else; moving to a newer version is a change of this
module, of the dashboards and of nothing else.

Source: https://opentelemetry.io/docs/specs/semconv/ 1.44.0. Version 1.39 renamed the RPC attributes: what was
``rpc.system``, ``rpc.service`` and ``rpc.grpc.status_code`` is ``RPC_SYSTEM_NAME``, part of ``RPC_METHOD``, and
``RPC_RESPONSE_STATUS_CODE``.
"""

from typing import Final

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

# Metrics (durations in seconds)
HTTP_SERVER_REQUEST_DURATION: Final = "http.server.request.duration"
RPC_SERVER_CALL_DURATION: Final = "rpc.server.call.duration"
RPC_CLIENT_CALL_DURATION: Final = "rpc.client.call.duration"
