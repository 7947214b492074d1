"""For how long news wait for their mails, and steps to be passed on."""

from observability import semconv
from services.kit.gauges import age_of
from services.society.following import queue

GAUGES = age_of(semconv.FOLLOWER_MAIL_AGE, queue.waiting_since)
