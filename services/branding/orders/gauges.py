"""For how long the seats have been held whose hold is over the longest: a timer frees them each second."""

from observability import semconv
from services.branding.orders import store
from services.kit.gauges import age_of

GAUGES = age_of(semconv.TICKET_HOLD_OVERDUE, store.held_since)
