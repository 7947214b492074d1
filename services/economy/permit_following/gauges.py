"""For how long reminders of permits wait for their mails."""

from observability import semconv
from services.economy.permit_mails import queue
from services.kit.mail import waiting

GAUGES = waiting.age_of(semconv.PERMIT_MAIL_AGE, queue.MAILS.waiting_since)
