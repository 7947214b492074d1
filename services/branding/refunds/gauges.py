"""For how long the money has waited that has not gone back the longest: economy answers within seconds."""

from observability import semconv
from services.branding.refunds import store
from services.kit.gauges import age_of

GAUGES = age_of(semconv.TICKET_REFUND_AGE, store.open_since)
