"""For how long news of courses wait for their mails."""

from observability import semconv
from services.kit.gauges import age_of
from services.society.course_mails import queue

GAUGES = age_of(semconv.COURSE_MAIL_AGE, queue.MAILS.waiting_since)
