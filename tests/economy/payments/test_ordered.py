"""Who ordered what a pillar asks the money for: no officer decides on their own, and they are forgotten in time."""

from typing import Any

from services.economy.payments import timers
from services.economy.personal import reactions as personal
from services.kit.caller import Caller
from smartcity.economy.v1 import own_records_pb2
from smartcity.economy.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.economy.conftest import CITIZEN, MARKETS, OWNER, refused
from tests.economy.payments.cases import City, rupiah, state
from tests.economy.payments.test_requested import created, told_of, withdraws
from tests.economy.refunds.test_asked import gives_back
from tests.fixtures.personal import asked, exported

COLLEAGUE = Caller("officer-disdag-2", frozenset({"officer"}), "disdag")
"""Another officer of the markets."""


async def test_who_ordered_takes_no_cash_of_it_in_office_and_gives_none_back(city: City) -> None:
    payment, _ = await created(city, agency="disdag", amount=rupiah(600_000), buyer=MARKETS.subject)
    with refused("OWN_MATTER"):
        await city.cash(payment.id)
    paid = await city.cash(payment.id, COLLEAGUE)
    with refused("OWN_MATTER"):
        await city.refund(paid.id)
    ready = await city.approve(await city.refund(paid.id, caller=COLLEAGUE))
    with refused("OWN_MATTER"):
        await city.approve(ready, MARKETS)
    assert state(await city.approve(ready, COLLEAGUE)) == "done"


async def test_who_ordered_neither_owns_the_payment_nor_pays_it_alone(city: City) -> None:
    payment, _ = await created(city, buyer=OWNER.subject)
    seen = await city.get(payment.id, OWNER)
    assert (seen.own, seen.correlation) == (False, "")
    await city.wallet(100_000)
    assert state(await city.pay(payment.id, CITIZEN)) == "captured"


async def test_who_ordered_is_forgotten_once_no_money_of_it_goes_back_any_more(city: City) -> None:
    wish: dict[str, Any] = {"agency": "disdag", "amount": rupiah(600_000), "buyer": OWNER.subject}
    paid = [await city.cash((await created(city, request=each, **wish))[0].id) for each in "AB"]
    waiting = await city.refund(paid[0].id)
    assert state(waiting) == "requested"
    served = city.economy.served
    assert (await own_orders(city, erase=False), await own_orders(city)) == ((2, 0), (2, 0)), "it can go back yet"
    city.economy.pass_time(days=31)
    await timers.forget_buyers(served.runtime)
    assert await own_orders(city, erase=False) == (2, 0)
    city.economy.pass_time(days=1)
    await timers.forget_buyers(served.runtime)
    assert await own_orders(city, erase=False) == (1, 0), "of one its buyer has still to be given money back"


async def payers(city: City) -> list[str]:
    found = await city.economy.runtime.pool.fetch("SELECT payer FROM payment WHERE requester <> '' ORDER BY created_at")
    return [row["payer"] for row in found]


async def test_whose_fare_could_not_be_paid_is_told_them_and_forgotten_with_an_erasure(city: City) -> None:
    served = city.economy.served
    await city.wallet(5_000)
    await told_of(city)  # it is paid
    served.pass_time(seconds=1)
    await told_of(city, request="PICKUP-2")
    listing = own_records_pb2.ListOwnRecordsRequest()
    (told,) = (await exported(served, OwnRecordServiceStub, listing, CITIZEN))["unpaid"]
    assert (told["request"], told["amount"], told["state"]) == ("PICKUP-2", "3500", "cancelled")
    for erase, held in ((False, (1, 0, "")), (True, (1, 1, "")), (True, (0, 0, ""))):
        assert (await asked(served, personal, CITIZEN.subject, erase=erase))["unpaid"] == held
    assert await payers(city) == [CITIZEN.subject, ""], "what was paid is in the books"


async def test_whose_fare_could_not_be_paid_is_forgotten_in_time(city: City) -> None:
    served = city.economy.served
    await city.wallet()
    await told_of(city)
    for days, kept in ((31, [CITIZEN.subject]), (1, [""])):
        city.economy.pass_time(days=days)
        await timers.forget_buyers(served.runtime)
        assert await payers(city) == kept


async def test_who_ordered_hands_out_no_cash_to_themselves_that_a_pillar_gives_back_when_they_were_forgotten(
    city: City,
) -> None:
    payment, _ = await created(city, agency="disdag", buyer=MARKETS.subject)
    await city.cash(payment.id, COLLEAGUE)
    city.economy.pass_time(days=40)
    await timers.forget_buyers(city.economy.served.runtime)
    await gives_back(city, buyer=MARKETS.subject)
    await timers.forget_buyers(city.economy.served.runtime)
    (ready,) = await city.refunds(merchant=await city.counter("disdag"), caller=MARKETS)
    with refused("OWN_MATTER"):
        await city.approve(ready, MARKETS)
    assert state(await city.approve(ready, COLLEAGUE)) == "done"
    await timers.forget_buyers(city.economy.served.runtime)
    held = "SELECT count(*) FROM payment WHERE creator <> ''"
    assert await city.economy.runtime.pool.fetchval(held) == 0, "and they are forgotten again"


async def test_who_ordered_what_is_over_is_erased_when_they_ask(city: City) -> None:
    payment, _ = await created(city, buyer=OWNER.subject)
    assert await own_orders(city) == (1, 0)
    assert await withdraws(city)
    service, wanted = OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest()
    (told,) = (await exported(city.economy.served, service, wanted, OWNER))["orders"]
    assert (told["code"], told["state"]) == (payment.code, "cancelled")
    assert (await own_orders(city), await own_orders(city)) == ((1, 1), (0, 0))


async def own_orders(city: City, *, erase: bool = True) -> tuple[int, int]:
    """How many orders of OWNER's economy knows of, and how many it forgets."""
    held, erased, _ = (await asked(city.economy.served, personal, OWNER.subject, erase=erase))["orders"]
    return held, erased
