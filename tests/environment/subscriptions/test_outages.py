"""The mail server is away for long: what waits is sent later, and no mail is given up for it."""

from datetime import timedelta
from typing import Any

from services.environment.subscriptions import model, timers
from tests.environment.subscriptions.subscribing import SITI, Subscribers

AWAY = "smtp://127.0.0.1:1"


async def _pass(subscribers: Subscribers, hours: int) -> Any:
    """Time passes, and mails fall due in it; how the last one stands then."""
    for _ in range(hours * 4):
        subscribers.served.now += timedelta(minutes=15)
        await timers.deliver(subscribers.runtime)
    return await subscribers.runtime.pool.fetchrow("SELECT state, reason FROM warning_mail ORDER BY id DESC LIMIT 1")


def _point(subscribers: Subscribers, url: str) -> str:
    """Names another mail server; answers with the one before."""
    settings = subscribers.runtime.settings
    before: str = settings.smtp_url
    subscribers.runtime.settings = settings.model_copy(update={"smtp_url": url})
    return before


async def test_what_waits_while_the_mail_server_is_away_is_sent_when_it_is_back(subscribers: Subscribers) -> None:
    await subscribers.ask()
    good = _point(subscribers, AWAY)
    assert (await _pass(subscribers, 9))["state"] == "waiting"
    _point(subscribers, good)
    assert (await _pass(subscribers, 1))["state"] == "sent"
    assert [mail["To"] for mail in subscribers.catcher.mails] == [SITI]


async def test_a_server_that_turns_us_away_gives_up_no_mail_either(subscribers: Subscribers) -> None:
    await subscribers.ask()
    subscribers.catcher.greeting = "530 5.7.0 authentication required"
    assert (await _pass(subscribers, 9))["state"] == "waiting"
    subscribers.catcher.greeting = ""
    assert (await _pass(subscribers, 1))["state"] == "sent"


async def test_a_mail_has_attempts_left_when_the_server_is_back(subscribers: Subscribers) -> None:
    await subscribers.ask()
    good = _point(subscribers, AWAY)
    await _pass(subscribers, 9)
    _point(subscribers, good)
    subscribers.catcher.answer = "451 4.3.2 try later"
    assert (await _pass(subscribers, 1))["state"] == "waiting"
    found = await _pass(subscribers, 4)
    assert (found["state"], found["reason"]) == ("given_up", "SMTPDataError 451"), "a server that answers is no outage"


async def test_an_outage_ends_a_mail_when_it_helps_nobody_any_more(subscribers: Subscribers) -> None:
    await subscribers.ask()
    _point(subscribers, AWAY)
    subscribers.served.now += model.EXPIRY + timedelta(minutes=1)
    found = await _pass(subscribers, 1)
    assert (found["state"], found["reason"]) == ("dropped", "EXPIRED")
