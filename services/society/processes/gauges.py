"""For how long a phase that should have begun has not: the timer comes to it within seconds."""

from observability import semconv
from services.kit.gauges import age_of
from services.society.processes import store

GAUGES = age_of(semconv.PROCESS_PHASE_AGE, store.due_since)
