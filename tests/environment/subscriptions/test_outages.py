"""The mail server is away for long: what waits is sent later, and no mail is given up for it."""

from datetime import timedelta
from typing import Any

import pytest
import structlog

from services.environment.subscriptions import model, timers
from services.kit.mail import delivering, sending
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


@pytest.mark.parametrize("hangs_up", [False, True])
async def test_a_server_that_lets_nobody_begin_a_mail_gives_up_none(
    subscribers: Subscribers, monkeypatch: pytest.MonkeyPatch, hangs_up: bool
) -> None:
    await subscribers.ask()

    async def turned_away(server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> list[str]:
        if hangs_up:
            server.transport.close()
        return ["421 4.3.2 closing"]

    monkeypatch.setattr(subscribers.catcher, "handle_EHLO", turned_away, raising=False)
    assert (await _pass(subscribers, 9))["state"] == "waiting"
    monkeypatch.undo()
    assert (await _pass(subscribers, 1))["state"] == "sent"


@pytest.mark.parametrize("at", ["MAIL", "DATA"])
async def test_what_the_server_answers_to_a_mail_counts_against_it_and_an_outage_before_does_not(
    subscribers: Subscribers, at: str
) -> None:
    await subscribers.ask()
    good = _point(subscribers, AWAY)
    await _pass(subscribers, 9)
    _point(subscribers, good)
    setattr(subscribers.catcher, "answer" if at == "DATA" else "greeting", "451 4.3.2 try later")
    assert (await _pass(subscribers, 1))["state"] == "waiting"
    found = await _pass(subscribers, 4)
    reason = "SMTPDataError 451" if at == "DATA" else "SMTPSenderRefused 451"
    assert (found["state"], found["reason"]) == ("given_up", reason)


@pytest.mark.parametrize("hangs_up", [False, True])
async def test_a_mail_that_ends_its_connection_keeps_no_other_from_being_sent(
    subscribers: Subscribers, monkeypatch: pytest.MonkeyPatch, hangs_up: bool
) -> None:
    monkeypatch.setattr(delivering, "CONNECTIONS", 1)
    taken = subscribers.catcher.handle_RCPT

    async def ending(server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address.startswith("bad"):
            if hangs_up:
                server.transport.close()
            return "421 4.7.0 not this one"
        return await taken(server, session, envelope, address, options)

    monkeypatch.setattr(subscribers.catcher, "handle_RCPT", ending)
    for email in ("bad@contoh.id", "bad-2@contoh.id", SITI, "ani@contoh.id"):
        await subscribers.ask(email)
    await timers.deliver(subscribers.runtime)
    assert [mail["To"] for mail in subscribers.catcher.mails] == [SITI, "ani@contoh.id"]
    await _pass(subscribers, 6)
    states = await subscribers.runtime.pool.fetch("SELECT state FROM warning_mail ORDER BY id")
    assert [row["state"] for row in states] == ["given_up", "given_up", "sent", "sent"]


async def _standing(subscribers: Subscribers) -> list[tuple[Any, ...]]:
    found = await subscribers.runtime.pool.fetch("SELECT state, attempts, next_at FROM warning_mail ORDER BY id")
    return [tuple(row) for row in found]


async def test_while_the_server_is_away_nothing_is_written_for_what_waits_and_it_is_left_alone(
    subscribers: Subscribers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        await subscribers.ask(f"siti-{number}@contoh.id")
    before = await _standing(subscribers)
    _point(subscribers, AWAY)
    with structlog.testing.capture_logs() as lines:
        for _ in range(119):
            subscribers.served.now += timedelta(seconds=1)
            await timers.deliver(subscribers.runtime)
    assert [line["event"] for line in lines] == ["mail server away"] * 2, "once a minute"
    assert await _standing(subscribers) == before


async def test_a_round_ends_once_no_connection_reaches_the_server_and_counts_for_nothing_that_was_not_begun(
    subscribers: Subscribers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "CONNECTIONS", 1)
    monkeypatch.setattr(delivering, "BATCH", 2)
    for number in range(6):
        await subscribers.ask(f"siti-{number}@contoh.id")
    opened, good = sending.opened, 2

    async def until(server: Any) -> None:
        nonlocal good
        good -= 1
        if good < 0:
            server.close()
            raise sending.AwayError(ConnectionError())
        await opened(server)

    monkeypatch.setattr(sending, "opened", until)
    await timers.deliver(subscribers.runtime)
    standing = [(state, attempts) for state, attempts, _ in await _standing(subscribers)]
    assert standing == [("sent", 1), *[("waiting", 0)] * 5]
    monkeypatch.undo()
    await _pass(subscribers, 1)
    assert {state for state, *_ in await _standing(subscribers)} == {"sent"}


async def test_an_outage_ends_a_mail_when_it_helps_nobody_any_more(subscribers: Subscribers) -> None:
    await subscribers.ask()
    _point(subscribers, AWAY)
    subscribers.served.now += model.EXPIRY + timedelta(minutes=1)
    found = await _pass(subscribers, 1)
    assert (found["state"], found["reason"]) == ("dropped", "EXPIRED")
