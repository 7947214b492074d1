"""For how long the ride has waited that has not been settled the longest: economy answers within a second."""

from observability import semconv
from services.kit.gauges import age_of
from services.living.rides import store

GAUGES = age_of(semconv.RIDE_UNSETTLED_AGE, store.due_since)
