"""For how long what was paid for nothing has waited that has not gone back the longest: seconds are usual."""

from observability import semconv
from services.economy.returns import store
from services.kit.gauges import age_of

GAUGES = age_of(semconv.PAYMENT_RETURN_AGE, store.open_since)
