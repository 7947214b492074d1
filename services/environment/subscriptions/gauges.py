"""For how long warnings wait for their mails, and messages to be passed on."""

from observability import semconv
from services.environment.subscriptions import queue
from services.kit.gauges import age_of

GAUGES = age_of(semconv.WARNING_MAIL_AGE, queue.waiting_since)
