"""For how long the survey is overdue that should have ended the longest ago."""

from observability import semconv
from services.kit.gauges import age_of
from services.society.surveys import store

GAUGES = age_of(semconv.SURVEY_OVERDUE_AGE, store.due_since)
