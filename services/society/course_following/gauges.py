"""For how long news of courses wait for their mails."""

from observability import semconv
from services.kit.mail import waiting
from services.society.course_mails import queue

GAUGES = waiting.age_of(semconv.COURSE_MAIL_AGE, queue.MAILS.waiting_since)
