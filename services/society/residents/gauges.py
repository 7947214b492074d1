"""For how long the declaration has waited that an officer has not decided on the longest."""

from observability import semconv
from services.kit.gauges import age_of
from services.society.residents import store

GAUGES = age_of(semconv.RESIDENT_WAITING_AGE, store.waiting_since)
