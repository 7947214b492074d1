"""For how long reminders of permits wait for their mails."""

from observability import semconv
from services.economy.permit_mails import queue
from services.kit.gauges import age_of

GAUGES = age_of(semconv.PERMIT_MAIL_AGE, queue.MAILS.waiting_since)
