"""For how long the comment has waited that waits the longest to be read."""

from observability import semconv
from services.kit.gauges import age_of
from services.society.comments import store

GAUGES = age_of(semconv.COMMENT_WAITING_AGE, store.waiting_since)
