"""Payments that a login asked for, of each who writes whose they are: what is told of them, and what is erased."""

from typing import Any

from services.economy.payments import timers
from services.economy.personal import reactions
from services.kit.caller import Caller
from smartcity.economy.v1 import own_records_pb2
from smartcity.economy.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.economy.conftest import CITIZEN, MARKETS, OWNER, TREASURER
from tests.economy.payments.cases import City
from tests.fixtures.personal import Told, asked, exported


async def listed(city: City, caller: Caller) -> dict[str, list[dict[str, str]]]:
    wanted = own_records_pb2.ListOwnRecordsRequest()
    return await exported(city.economy.served, OwnRecordServiceStub, wanted, caller)


async def erased(city: City, caller: Caller, **more: Any) -> Told:
    return await asked(city.economy.served, reactions, caller.subject, **{"erase": True} | more)


async def expire(city: City) -> None:
    city.economy.pass_time(hours=2)
    await timers.expire(city.economy.served.runtime)


async def creators(city: City) -> list[str]:
    rows = await city.economy.runtime.pool.fetch("SELECT creator FROM payment ORDER BY created_at")
    return [row["creator"] for row in rows]


async def test_a_top_up_that_was_not_paid_is_listed_and_erased_and_a_paid_one_is_of_the_books(city: City) -> None:
    await city.wallet(20_000)
    city.economy.served.pass_time(seconds=1)
    unpaid = await city.top_up(30_000)
    assert (await erased(city, CITIZEN))["top_ups"] == (2, 0, "ledger"), "it can be paid yet"
    await expire(city)
    newest, _ = (await listed(city, CITIZEN))["top_ups"]
    assert (newest["code"], newest["amount"], newest["state"]) == (unpaid.code, "30000", "expired")
    assert (await erased(city, CITIZEN, erase=False))["top_ups"] == (2, 0, "ledger")
    assert (await erased(city, CITIZEN))["top_ups"] == (2, 1, "ledger")
    assert await creators(city) == [CITIZEN.subject, ""]


async def test_a_sale_that_was_not_paid_is_listed_and_erased_and_a_paid_one_is_of_the_books(city: City) -> None:
    business = await city.business()
    await city.paid(20_000, merchant=business, caller=OWNER)
    city.economy.served.pass_time(seconds=1)
    await city.ask(30_000, OWNER, merchant=business, description="Lumpia untuk Bu Siti")
    await expire(city)
    told = (await listed(city, OWNER))["sales"]
    assert [(one["state"], one.get("description", "")) for one in told] == [
        ("expired", "Lumpia untuk Bu Siti"), ("captured", "")
    ]  # fmt: skip
    found = await erased(city, OWNER)
    assert (found["sales"], found["top_ups"]) == ((2, 1, "ledger"), (0, 0, ""))
    assert await creators(city) == [OWNER.subject, ""]


async def test_a_payment_that_an_officer_asked_for_at_a_counter_is_told_as_done_in_office(city: City) -> None:
    await city.ask(30_000)
    await expire(city)
    (told,) = (await listed(city, Caller(MARKETS.subject, frozenset({"citizen"}))))["counter_payments"]
    assert (told["count"], told["kept_for"]) == ("1", "office")
    found = await erased(city, MARKETS)
    assert (found["counter_payments"], found["sales"]) == ((1, 0, "office"), (0, 0, ""))
    assert await creators(city) == [MARKETS.subject]


async def test_what_somebody_asked_for_is_told_to_nobody_else(city: City) -> None:
    await city.wallet(20_000)
    assert (await erased(city, TREASURER))["top_ups"] == (0, 0, "")
    assert "top_ups" not in await listed(city, OWNER)
