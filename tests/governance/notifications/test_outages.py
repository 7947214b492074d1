"""The mail server is away for long: what waits is sent later, and no mail is given up for it."""

from typing import Any

import pytest
import structlog

from observability import metrics, semconv
from services.governance.notifications import timers
from services.kit.mail import sending
from tests.governance.calls import Records
from tests.governance.mails import Catcher

GIVEN = {"name": "Siti Contoh", "email": "siti@contoh.id"}

AWAY = "smtp://127.0.0.1:1"


def point(records: Records, url: str) -> str:
    """Names another mail server; answers with the one before."""
    settings = records.runtime.settings
    before: str = settings.smtp_url
    records.runtime.settings = settings.model_copy(update={"smtp_url": url})
    return before


async def states(records: Records) -> list[str]:
    """How mails stand."""
    return [row["state"] for row in await records.sql("SELECT state FROM news ORDER BY id")]


async def test_a_server_that_is_away_is_tried_again(records: Records, catcher: Catcher) -> None:
    good = point(records, AWAY)
    await records.file(contact=GIVEN)
    with structlog.testing.capture_logs() as lines:
        await timers.send_due(records.runtime)
        await timers.send_due(records.runtime)
    assert [line["event"] for line in lines] == ["mail server away"], "it is left alone for a minute"
    (row,) = await records.sql("SELECT state, attempts, next_time <= now() AS due FROM news")
    assert (row["state"], row["attempts"]) == ("queued", 0)
    point(records, good)
    records.governance.pass_time(minutes=2)
    await timers.send_due(records.runtime)
    assert await states(records) == ["sent"]


async def test_mails_that_were_claimed_as_the_server_went_away_are_not_counted(
    records: Records, catcher: Catcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await records.file(contact=GIVEN)
    opened, good = sending.opened, 2

    async def until(server: Any) -> None:
        nonlocal good
        good -= 1
        if good < 0:
            raise sending.AwayError(ConnectionError())
        await opened(server)

    monkeypatch.setattr(sending, "opened", until)
    await timers.send_due(records.runtime)
    rows = await records.sql("SELECT state, attempts FROM news ORDER BY id")
    assert [(row["state"], row["attempts"]) for row in rows] == [("sent", 1), ("queued", 0), ("queued", 0)]


async def test_a_mail_to_which_the_server_hangs_up_is_given_up_and_holds_up_no_other(
    records: Records, catcher: Catcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    await records.file(contact={**GIVEN, "email": "bad@contoh.id"})
    await records.file(contact=GIVEN)
    taken = catcher.handle_RCPT

    async def ending(server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address.startswith("bad"):
            return "421 4.7.0 not this one"
        return await taken(server, session, envelope, address, options)

    monkeypatch.setattr(catcher, "handle_RCPT", ending)
    await timers.send_due(records.runtime)
    assert await states(records) == ["queued", "sent"]
    for _ in range(timers.MOST_ATTEMPTS):
        records.governance.pass_time(hours=2)
        await timers.send_due(records.runtime)
    assert await states(records) == ["given_up", "sent"]


async def test_what_waits_while_the_server_is_away_for_days_is_sent_when_it_is_back(
    records: Records, catcher: Catcher
) -> None:
    good = point(records, AWAY)
    await records.file(contact=GIVEN)
    for _ in range(36):
        await timers.send_due(records.runtime)
        records.governance.pass_time(hours=2)
    assert await states(records) == ["queued"]
    point(records, good)
    catcher.answer = "451 try later"
    await timers.send_due(records.runtime)
    assert await states(records) == ["queued"], "it has attempts left"
    catcher.answer = ""
    records.governance.pass_time(hours=2)
    await timers.send_due(records.runtime)
    assert await states(records) == ["sent"]


async def test_that_none_was_sent_is_known_before_the_first_one_is(
    records: Records, catcher: Catcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alert compares with it: a counter that nothing was counted with yet is not there."""
    told: list[tuple[str, float, object]] = []
    monkeypatch.setattr(metrics, "count", lambda name, unit, what, amount, of: told.append((name, amount, of)))
    point(records, AWAY)
    await records.file(contact=GIVEN)
    await timers.send_due(records.runtime)
    name, *_ = semconv.COMPLAINT_MAILS
    assert (name, 0, {semconv.STATE: "sent"}) in told
