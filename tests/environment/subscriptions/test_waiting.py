"""How long mails of warnings wait: what a mailbox puts off is not the city's to mend, and nobody is called for it."""

from datetime import timedelta

import pytest

from observability import semconv
from services.environment.subscriptions import gauges, timers
from services.environment.subscriptions.queue import FEW
from tests.environment.subscriptions.subscribing import SITI, Subscribers

AWAY = "smtp://127.0.0.1:1"
LATER = "451 4.2.2 mailbox full"


async def age(subscribers: Subscribers) -> float:
    """What is reported twenty minutes later, of whatever fell due meanwhile."""
    for _ in range(20):
        subscribers.served.now += timedelta(minutes=1)
        await timers.deliver(subscribers.runtime)
    ((value, _),) = (await gauges.GAUGES.read(subscribers.runtime))[semconv.WARNING_MAIL_AGE]
    return value


def away(subscribers: Subscribers) -> None:
    settings = subscribers.runtime.settings
    subscribers.runtime.settings = settings.model_copy(update={"smtp_url": AWAY})


async def test_a_confirmation_that_its_mailbox_puts_off_is_nobodys_to_mend(subscribers: Subscribers) -> None:
    await subscribers.ask()
    subscribers.catcher.answer = LATER
    assert await age(subscribers) == 0


async def test_a_confirmation_waits_for_a_server_that_is_away(subscribers: Subscribers) -> None:
    await subscribers.ask()
    away(subscribers)
    assert await age(subscribers) >= 1200


async def test_a_warning_that_one_mailbox_puts_off_and_others_got_is_nobodys_to_mend(
    subscribers: Subscribers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for email in (SITI, "full@contoh.id"):
        await subscribers.subscribed(email)
    put_off(subscribers, monkeypatch)
    await subscribers.warnings.in_force()
    assert [mail["To"] for mail in await subscribers.told()] == [SITI]
    assert await age(subscribers) == 0


async def test_a_warning_that_is_put_off_for_all_waits(subscribers: Subscribers) -> None:
    await subscribers.subscribed()
    subscribers.catcher.answer = LATER
    await subscribers.warnings.in_force()
    assert await subscribers.told() == []
    assert await age(subscribers) >= 1200


async def test_a_warning_that_is_put_off_for_more_than_a_few_waits(
    subscribers: Subscribers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for email in (SITI, *(f"full-{number}@contoh.id" for number in range(FEW + 1))):
        await subscribers.subscribed(email)
    put_off(subscribers, monkeypatch)
    await subscribers.warnings.in_force()
    assert [mail["To"] for mail in await subscribers.told()] == [SITI]
    assert await age(subscribers) >= 1200


def put_off(subscribers: Subscribers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mailboxes that are full take nothing for now."""
    taken = subscribers.catcher.handle_RCPT

    async def full(server: object, session: object, envelope: object, address: str, options: list[str]) -> str:
        return LATER if address.startswith("full") else await taken(server, session, envelope, address, options)

    monkeypatch.setattr(subscribers.catcher, "handle_RCPT", full)
