"""For how long the ballot has waited for its count that has waited the longest since it closed."""

from observability import semconv
from services.kit.gauges import age_of
from services.society.ballots import store

GAUGES = age_of(semconv.BALLOT_UNCOUNTED_AGE, store.uncounted_since)
