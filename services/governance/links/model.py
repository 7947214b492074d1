"""How often links are mailed. Pure figures."""

from datetime import timedelta

PAUSE = timedelta(minutes=10)
"""Between two mails with the link of a case, and between two with those of an address, of which
``mailing.model.LINKS_A_DAY`` go out in a day.
"""
