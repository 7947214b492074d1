"""An account of the city's own is frozen: the bank's news are not lost, nothing is half done, and somebody is told."""

import json
from typing import Any

import pytest

from observability import semconv
from services.economy.ledger import actions as ledger
from services.economy.ledger.model import city_account
from services.economy.overview.gauges import GAUGES
from tests.economy.conftest import OWNER
from tests.economy.payments.cases import City, city, freeze, state
from tests.economy.providers import cases
from tests.economy.providers.cases import news, tell
from tests.economy.providers.conftest import Town, town

__all__ = ["city", "town"]

AGAIN = (500, "5005200")


async def _set(town: Any, kind: str, status: str) -> None:
    """Freezes or opens an account of the city's own, as the treasury does."""
    async with town.runtime.transaction() as tx:
        found = await ledger.account(tx, city_account(kind, "IDR"))
        await ledger.set_status(tx, found.id, str(found.version), status)


async def _told(town: Town, made: Any, **more: str) -> tuple[int, str]:
    status, answer = await tell(town, news(made), **more)
    return status, answer["responseCode"]


@pytest.mark.parametrize("frozen", ["clearing", "suspense"])
async def test_a_genuine_notice_is_asked_for_again_and_not_called_a_repeat(town: Town, frozen: str) -> None:
    made = await cases.payment(town)
    lost = made._replace(amount=made.amount + 1)
    await _set(town, frozen, "frozen")
    before = await cases.everything(town)
    wanted = made if frozen == "clearing" else lost  # money of another amount is for suspense
    assert await _told(town, wanted, x_external_id="7") == AGAIN
    assert await cases.everything(town) == before, "nothing is half done, and its number is not used up"
    await _set(town, frozen, "open")
    assert await _told(town, wanted, x_external_id="7") == (200, "2005200")
    if frozen == "clearing":
        assert await cases.state(town, made) == "captured"
    else:
        assert await cases.suspended(town) == [("amount", lost.amount)]


async def test_a_frozen_account_of_fees_does_not_send_good_money_into_suspense(city: City) -> None:
    shop = await city.business()
    shown = await city.shown(600_000, merchant=shop, caller=OWNER)
    await _set(city.economy, "fees", "frozen")
    notice = city.bank.pay(shown.code)
    with pytest.raises(Exception, match="frozen"):
        await city.notice(notice)
    assert await city.suspense() == []
    await _set(city.economy, "fees", "open")
    await city.notice(notice)
    assert state(await city.get(shown.id)) == "captured"


async def test_money_for_a_frozen_payee_goes_into_suspense_as_before(city: City) -> None:
    shown = await city.shown()
    await freeze(city, await city.counter())
    await city.notice(city.bank.pay(shown.code))
    assert len(await city.suspense()) == 1


async def test_who_asks_the_bank_by_itself_loses_nothing_either(city: City) -> None:
    shown = await city.shown()
    city.bank.pay(shown.code)
    await _set(city.economy, "clearing", "frozen")
    await city.tick(minutes=30)
    assert state(await city.get(shown.id)) == "pending", "it may not expire: it was paid"
    await _set(city.economy, "clearing", "open")
    await city.tick(minutes=30)
    assert state(await city.get(shown.id)) == "captured"


async def test_the_gauge_says_which_account_is_frozen(city: City) -> None:
    async def frozen() -> dict[str, float]:
        read = (await GAUGES.read(city.economy.runtime))[semconv.LEDGER_FROZEN]
        return {str(attributes[semconv.ACCOUNT_KIND]): float(value) for value, attributes in read}

    assert set((await frozen()).values()) == {0.0}
    await _set(city.economy, "suspense", "frozen")
    found = await frozen()
    assert (found["suspense"], found["clearing"]) == (1.0, 0.0)


async def test_a_notice_s_own_mistake_is_still_the_bank_s(town: Town) -> None:
    made = await cases.payment(town)
    await _set(town, "clearing", "frozen")
    status, answer = await tell(town, news(made, amount=None))
    assert (status, json.dumps(answer)[:30]) == (400, '{"responseCode": "4005202", "r')
