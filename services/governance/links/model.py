"""How often links are mailed. Pure figures."""

from datetime import timedelta

PAUSE = timedelta(minutes=10)
"""Between two mails with links that were asked for; how many a day, ``mailing.model.LINKS_A_DAY`` says."""
