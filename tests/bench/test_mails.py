"""A warning by mail to a hundred thousand subscribers: queued in short steps, sent as fast as the client can, once."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from services.environment.subscriptions import queue
from tests.bench.mailing import Mailing, mailing
from tests.bench.report import Report

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

SUBSCRIBERS, SENT = 100_000, 6_000


@pytest.fixture(scope="module")
async def city(durable_postgres: str) -> AsyncIterator[Mailing]:
    """All of them confirmed."""
    async with mailing(durable_postgres, SUBSCRIBERS) as made:
        yield made


async def test_a_warning_is_queued_for_all_and_sent_once_each(city: Mailing, report: Report) -> None:
    one = await city.warning(city.areas[:1])
    spent = await city.pass_on()
    assert await city.states() == {"waiting": SUBSCRIBERS}
    report.rate("mails of a warning for a kelurahan queued", SUBSCRIBERS / spent, least=5_000)
    report.within("its longest transaction", city.longest, most=0.5)
    bare = await city.bare(SENT)
    before, _ = await city.sink.stat()
    rates = [await city.deliver(SENT // 2) for _ in range(2)]  # the second after a stop in the midst of it
    taken, twice = await city.sink.stat()
    assert (twice, (await city.states())["sent"]) == (0, taken - before), "what was stopped sends nothing twice"
    rate = sum(rates) / 2
    report.faster("mails of a warning sent", rate, bare, "aiosmtplib alone", least=0.1)
    report.tell("the loop's longest pause meanwhile", f"{max(city.pauses) * 1e3:,.0f} ms")
    minutes = (spent + SUBSCRIBERS / rate) / 60
    report.tell("the last of 100,000 is told after", f"{minutes:.1f} min")
    async with city.served.runtime.transaction() as tx:
        tally = await queue.tally(tx, UUID(one.id), 1)
    assert sum(tally.states.values()) == SUBSCRIBERS


async def test_a_warning_for_sixty_kelurahan_goes_to_each_subscriber_once(city: Mailing, report: Report) -> None:
    await city.served.admin.execute("TRUNCATE environment.warning_mail, environment.warning_telling")
    await city.warning(city.areas)
    spent = await city.pass_on()
    assert await city.states() == {"waiting": SUBSCRIBERS}
    report.rate("mails of a warning for sixty kelurahan queued", SUBSCRIBERS / spent, least=2_000)
    report.within("its longest transaction, sixty kelurahan", city.longest, most=1.0)
