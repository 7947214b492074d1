"""For how long the proposal has been late that should have been answered first."""

from observability import semconv
from services.kit.gauges import age_of
from services.society.proposals import store

GAUGES = age_of(semconv.PROPOSAL_LATE_AGE, store.due_since)
