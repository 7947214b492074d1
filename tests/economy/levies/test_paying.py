"""Bills that are paid: by whom, once, by one payment after another, and what is given back of them."""

import asyncio
from uuid import UUID

from services.economy.personal import reactions
from services.economy.providers.model import ASK_AGAIN
from smartcity.economy.v1 import events_pb2, payments_pb2
from smartcity.economy.v1 import levies_pb2 as pb
from tests.economy.conftest import ANONYMOUS, CITIZEN, MARKETS, officer, refused
from tests.economy.levies.cases import Office, state
from tests.economy.payments.cases import state as payment_state
from tests.fixtures.personal import asked

WASTE = officer("dlh")


async def test_anybody_may_pay_any_bill(office: Office) -> None:
    made = await office.bill()
    payment = await office.ask(made.number)
    assert (payment.bill, payment.amount.units, payment.purpose, payment.sector) == (
        made.number,
        3000,
        "levy",
        "government",
    )
    assert payment.description == "Retribusi pasar: kios, Pasar Johar, kios B-12, 2026-11"
    assert payment.description_en == "Market levy: kiosk, Pasar Johar, kios B-12, 2026-11"
    assert (payment.merchant, payment.area.code) == (await office.city.counter(), "33.74.01.1010")
    assert (await office.get(made.number)).payment == payment.id
    (row,) = [row for row in await office.economy.outbox() if row["type"].endswith("PaymentCreated")]
    assert row["correlation"] == made.correlation


async def test_who_pays_after_another_gets_the_payment_that_is_there(office: Office) -> None:
    made = await office.bill()
    first = await office.ask(made.number)
    assert (await office.ask(made.number, CITIZEN)).id == first.id
    many = await asyncio.gather(*(office.ask(made.number) for _ in range(5)))
    assert {one.id for one in many} == {first.id}


async def test_a_payment_that_ran_out_is_followed_by_a_new_one(office: Office) -> None:
    made = await office.bill()
    first = await office.ask(made.number)
    office.economy.pass_time(minutes=16)
    assert (await office.get(made.number)).payment == ""
    second = await office.ask(made.number)
    assert second.id != first.id


async def test_a_payment_that_another_followed_cannot_be_paid_where_the_clock_is_behind(office: Office) -> None:
    made = await office.bill()
    first = await office.ask(made.number)
    office.economy.pass_time(minutes=15)
    second = await office.ask(made.number)
    office.economy.pass_time(seconds=-1)
    with refused("PAYMENT_EXPIRED"):
        await office.city.cash(first.id)
    await office.city.cash(second.id)
    await office.economy.settle_events()
    assert (await office.get(made.number)).payment == second.id


async def test_what_pays_a_bill_takes_the_payment_along_that_can_still_be_paid(office: Office) -> None:
    made, first, second = await _with_two_payments(office)
    await office.city.cash(first.id)
    await office.economy.settle_events()
    assert state(await office.get(made.number)) == "paid"
    assert payment_state(await office.city.get(second.id)) == "cancelled"


async def test_a_bill_that_was_paid_twice_all_the_same_gives_the_second_payment_back(office: Office) -> None:
    made, first, second = await _with_two_payments(office)
    for one in (first, second):
        await office.city.cash(one.id)
    for _ in range(2):
        await office.economy.settle_events()
    found = await office.get(made.number)
    assert (state(found), found.payment) == ("paid", first.id)
    states = [payment_state(await office.city.get(one.id)) for one in (first, second)]
    assert states == ["captured", "captured"], "it was paid in cash, which lies ready at the counter"
    waiting = await office.economy.runtime.pool.fetch("SELECT payment, state, amount FROM refund")
    assert [tuple(row) for row in waiting] == [(UUID(second.id), "requested", second.amount.units)]
    assert await office.economy.runtime.pool.fetchval("SELECT state FROM payment_return") == "ready"
    assert await office.economy.runtime.pool.fetchval("SELECT last FROM receipt_number") == 1


async def _with_two_payments(office: Office) -> tuple[pb.Bill, payments_pb2.Payment, payments_pb2.Payment]:
    """A bill with two payments that can be paid, as none should have."""
    made = await office.bill()
    first = await office.ask(made.number)
    office.economy.pass_time(minutes=16)
    second = await office.ask(made.number)
    sql = "UPDATE economy.payment SET state = 'created', expires_at = expires_at + interval '1 hour' WHERE id = $1"
    await office.economy.served.admin.execute(sql, first.id)
    return made, first, second


async def test_while_the_bank_is_asked_about_a_qris_no_second_one_is_made(office: Office) -> None:
    made = await office.bill()
    shown = await office.city.present((await office.ask(made.number)).code)
    office.economy.pass_time(minutes=16)
    with refused("PAYMENT_IN_DOUBT"):
        await office.ask(made.number)
    await office.city.tick()
    assert payment_state(await office.city.get(shown.id)) == "expired"
    assert (await office.ask(made.number)).id != shown.id


async def test_while_the_bank_has_not_taken_back_a_cancelled_qris_no_second_one_is_made(office: Office) -> None:
    made = await office.bill()
    shown = await office.city.present((await office.ask(made.number)).code)
    office.city.bank.away = {"cancel"}
    await office.city.cancel(shown)
    with refused("PAYMENT_IN_DOUBT"):
        await office.ask(made.number)
    office.city.bank.away = set()
    await office.city.tick(seconds=ASK_AGAIN.total_seconds())
    assert (await office.ask(made.number)).id != shown.id


async def test_a_captured_payment_shows_before_its_event_comes(office: Office) -> None:
    made = await office.bill()
    payment = await office.pay(made.number)
    found = await office.get(made.number)
    assert (state(found), found.payment, found.receipt) == ("paid", payment.id, "")
    assert found.paid_time == payment.capture_time
    assert await office.bills(overdue=True) == []
    assert await office.bills(pb.BILL_STATE_ISSUED) == []
    assert await office.bills(pb.BILL_STATE_PAID) == [made.number]
    with refused("BILL_PAID"):
        await office.ask(made.number)
    with refused("BILL_PAID"):
        await office.cancel(made)
    with refused("RECEIPT_NOT_YET"):
        await office.receipt(made.number)


async def test_the_event_makes_the_bill_paid_and_the_receipt_in_one_story(office: Office) -> None:
    made = await office.bill()
    payment = await office.pay(made.number)
    await office.economy.settle_events()
    found = await office.get(made.number)
    assert (state(found), found.paid_time, found.receipt) == ("paid", payment.capture_time, "SMG-2026-0000001-4")
    rows = await office.economy.outbox()
    assert {row["correlation"] for row in rows} == {made.correlation}
    paid = events_pb2.BillPaid.FromString(rows[-1]["payload"])
    assert (paid.number, paid.receipt, paid.amount.units) == (made.number, found.receipt, 3000)
    assert rows[-1]["causation"] == rows[-2]["id"]


async def test_hearing_of_a_payment_twice_changes_nothing(office: Office) -> None:
    made = await office.paid()
    office.economy.settled = 0
    await office.economy.settle_events()
    assert (await office.get(made.number)) == made
    assert await office.economy.runtime.pool.fetchval("SELECT last FROM receipt_number") == 1


async def test_paid_and_cancelled_bills_say_why_they_cannot_be_paid(office: Office) -> None:
    paid, cancelled = await office.paid(), await office.bill(period="2026-10")
    await office.cancel(cancelled)
    with refused("BILL_PAID"):
        await office.ask(paid.number)
    with refused("BILL_PAID"):
        await office.cancel(paid)
    with refused("BILL_CANCELLED"):
        await office.ask(cancelled.number)
    with refused("BILL_CANCELLED"):
        await office.cancel(await office.get(cancelled.number))


async def test_a_part_given_back_leaves_a_bill_paid_and_all_of_it_does_not(office: Office) -> None:
    made = await office.paid()
    await office.city.refund(made.payment, 1000)
    await office.economy.settle_events()
    assert state(await office.get(made.number)) == "paid"
    await office.city.refund(made.payment, 2000)
    assert state(await office.get(made.number)) == "refunded"
    assert await office.bills(pb.BILL_STATE_REFUNDED) == [made.number]
    assert await office.bills(pb.BILL_STATE_PAID, pb.BILL_STATE_ISSUED) == []
    await office.economy.settle_events()
    assert await office.bills(pb.BILL_STATE_REFUNDED, pb.BILL_STATE_PAID) == [made.number]
    assert state(await office.get(made.number)) == "refunded"
    rows = await office.economy.outbox()
    event = events_pb2.BillCancelled.FromString(rows[-1]["payload"])
    assert (event.number, event.state, rows[-1]["correlation"]) == (
        made.number,
        pb.BILL_STATE_REFUNDED,
        made.correlation,
    )
    with refused("BILL_REFUNDED"):
        await office.ask(made.number)
    assert (await office.bill()).number != made.number


async def test_cash_and_wallets_pay_bills_too(office: Office) -> None:
    cash, wallet = await office.bill(), await office.bill(period="2026-12")
    await office.city.cash((await office.ask(cash.number)).id)
    await office.city.wallet(10_000)
    await office.city.pay((await office.ask(wallet.number)).id)
    await office.economy.settle_events()
    assert {state(await office.get(one.number)) for one in (cash, wallet)} == {"paid"}
    assert await office.city.adds_up()


async def test_a_bill_is_paid_by_the_login_that_asked_for_its_payment_until_that_is_erased(office: Office) -> None:
    bill = await office.bill()
    asked_for = await office.ask(bill.number, CITIZEN)
    assert (await office.ask(bill.number, CITIZEN)).id == asked_for.id

    async def own() -> list[bool]:
        return [(await office.city.get(asked_for.id, caller)).own for caller in (CITIZEN, MARKETS, ANONYMOUS)]

    assert await own() == [True, False, False]
    for held in (1, 0):
        told = await asked(office.economy.served, reactions, CITIZEN.subject, erase=True)
        assert told["bills"] == (held, held, "")
    assert await own() == [False, False, False]


async def test_a_bill_whose_payment_several_ask_for_is_nobodys(office: Office) -> None:
    bill = await office.bill()
    asked_for = await office.ask(bill.number, CITIZEN)
    assert (await office.ask(bill.number, ANONYMOUS)).id == asked_for.id
    assert not (await office.city.get(asked_for.id, CITIZEN)).own


async def test_money_for_a_cancelled_bill_lands_in_suspense(office: Office) -> None:
    made = await office.bill()
    shown = await office.city.present((await office.ask(made.number)).code)
    await office.cancel(made)
    await office.city.notice(office.city.bank.pay(shown.code))
    await office.economy.settle_events()
    assert state(await office.get(made.number)) == "cancelled"
    (item,) = await office.city.suspense()
    assert item.payment == shown.id
