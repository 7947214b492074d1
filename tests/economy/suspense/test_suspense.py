"""Money in suspense: listed, and moved on by two people of the treasury."""

from datetime import UTC, datetime

import asyncpg
import pytest

from services.economy.captures.model import Notice
from services.economy.resources import resources
from services.kit.caller import Caller
from smartcity.economy.v1 import payments_pb2 as pb
from tests.economy.conftest import CITIZEN, MARKETS, TREASURER, TREASURER_2, refused
from tests.economy.merchants import cases as merchants
from tests.economy.payments.cases import City, state
from tests.fixtures.edge import stand_before
from tests.society.pages import reader


async def put_aside(city: City, amount: int = 7_000, reference: str = "REF-1") -> pb.SuspenseItem:
    """Money that names nothing known."""
    await city.notice(Notice(reference, "", amount, "IDR"))
    (item,) = [each for each in await city.suspense() if each.provider_reference == reference]
    return item


async def test_two_people_move_it_to_a_merchant(city: City) -> None:
    item = await put_aside(city)
    proposed = await city.propose(item, await city.counter())
    assert (state(proposed), proposed.target) == ("proposed", await city.counter())
    assert (proposed.target_name, proposed.payment_code) == ("PEMKOT RETRIBUSI PASAR", "")
    with refused("SECOND_PERSON_REQUIRED"):
        await city.release(proposed, TREASURER)
    for caller, own in ((TREASURER, True), (TREASURER_2, False)):
        assert [each.own for each in await city.suspense(caller=caller)] == [own], "offered to whoever may approve it"
    released = await city.release(proposed, TREASURER_2)
    assert state(released) == "released"
    assert (await city.takings(), await city.balance("suspense")) == (7_000, 0)
    assert await city.suspense() == []
    assert await city.suspense(pb.SUSPENSE_STATE_RELEASED) == [released]
    assert await city.events(item.id) == ["MoneySuspended", "SuspenseReleased"]
    assert await city.adds_up()
    with refused("RELEASED_BEFORE"):
        await city.propose(released)


async def test_a_merchant_is_named_by_the_number_on_its_qris_too(city: City) -> None:
    proposed = await city.propose(await put_aside(city), "ID0000000000101")
    assert (state(proposed), proposed.target) == ("proposed", await city.counter())


async def test_the_database_wants_two_people_as_well(city: City) -> None:
    await city.propose(await put_aside(city), await city.counter())
    with pytest.raises(asyncpg.CheckViolationError):
        await city.economy.served.admin.execute("UPDATE economy.suspense SET approved_by = proposed_by")


async def test_two_people_send_it_back_through_the_bank(city: City) -> None:
    proposed = await city.propose(await put_aside(city))
    assert proposed.target == ""
    released = await city.release(proposed, TREASURER_2)
    assert state(released) == "released"
    (order,) = city.bank.refunds.values()
    assert (order.id, order.provider_reference, order.amount) == (released.id, "REF-1", 7_000)
    assert (await city.balance("suspense"), await city.balance("clearing")) == (0, 0)
    assert await city.events(released.id) == ["MoneySuspended", "SuspenseReleased"]


@pytest.mark.parametrize("loss", ["refund", "refund late"])
async def test_a_bank_in_doubt_is_asked_again_and_sends_it_back_once(city: City, loss: str) -> None:
    proposed = await city.propose(await put_aside(city))
    city.bank.away = {loss}
    waiting = await city.release(proposed, TREASURER_2)
    assert (state(waiting), await city.balance("suspense")) == ("proposed", 7_000)
    for act in (city.propose, city.release):
        with refused("RELEASE_UNDER_WAY"):
            await act(waiting, caller=TREASURER)
    city.bank.away = set()
    await city.tick(seconds=10)
    assert (await city.suspense(), await city.balance("suspense"), len(city.bank.refunds)) == ([], 0, 1)
    await city.tick(seconds=10)
    assert city.bank.calls.count("refund") == 2
    assert await city.adds_up()


async def test_a_bank_that_refuses_leaves_it_open_for_another_proposal(city: City) -> None:
    proposed = await city.propose(await put_aside(city))
    city.bank.refuses_refunds = True
    again = await city.release(proposed, TREASURER_2)
    assert (state(again), again.note) == ("open", "The bank refused to send it back (4037814).")
    assert again.bank_code == "4037814"
    assert state(await city.release(await city.propose(again, await city.counter()), TREASURER_2)) == "released"
    assert await city.takings() == 7_000


async def test_a_proposal_can_be_replaced_before_it_is_approved(city: City) -> None:
    first = await city.propose(await put_aside(city), await city.counter("dlh"))
    second = await city.propose(first, await city.counter(), TREASURER_2)
    with refused("STALE_ETAG"):
        await city.release(first, TREASURER_2)
    assert state(await city.release(second, TREASURER)) == "released"
    assert (await city.takings(), await city.takings(await city.counter("dlh"))) == (7_000, 0)


async def test_who_was_stopped_since_it_was_proposed_gets_nothing_until_taken_back(city: City) -> None:
    business = await merchants.active(city.economy)
    proposed = await city.propose(await put_aside(city), business.id)
    stopped = await merchants.move(city.economy, "Suspend", business)
    with refused("MERCHANT_NOT_PAYABLE"):
        await city.release(proposed, TREASURER_2)
    assert (await city.takings(business.id), await city.balance("suspense")) == (0, 7_000)
    back = await merchants.move(city.economy, "Activate", stopped)
    assert state(await city.release(proposed, TREASURER_2)) == "released"
    assert await city.takings(back.id) == 7_000


async def test_who_ended_since_it_was_proposed_gets_nothing_and_another_can_be_proposed(city: City) -> None:
    business = await merchants.active(city.economy)
    proposed = await city.propose(await put_aside(city), business.id)
    await merchants.move(city.economy, "Close", business)
    with refused("MERCHANT_NOT_PAYABLE"):
        await city.release(proposed, TREASURER_2)
    again = await city.propose(proposed, await city.counter())
    assert state(await city.release(again, TREASURER_2)) == "released"


async def test_what_nobody_proposed_is_not_released(city: City) -> None:
    with refused("NOT_PROPOSED"):
        await city.release(await put_aside(city))


@pytest.mark.parametrize(("caller", "reason"), [(MARKETS, "TREASURY_ONLY"), (CITIZEN, "ROLE_NOT_ALLOWED")])
async def test_nobody_but_the_treasury_sees_or_moves_it(city: City, caller: Caller, reason: str) -> None:
    item = await put_aside(city)
    with refused(reason):
        await city.suspense(caller=caller)
    for act in (city.propose, city.release):
        with refused(reason):
            await act(item, caller=caller)


async def test_a_bad_proposal_is_refused_for_its_own_reason(city: City) -> None:
    item = await put_aside(city)
    for target in ("nobody", "00000000-0000-0000-0000-000000000000", "ID9999999999999"):
        with refused("MERCHANT_NOT_FOUND"):
            await city.propose(item, target)
    resources(city.economy.runtime).provider = None
    with refused("PROVIDER_DIFFERS"):
        await city.propose(item)
    with refused("SUSPENSE_NOT_FOUND"):
        await city.propose(pb.SuspenseItem(id="nothing", etag="1"))
    with refused("ETAG_REQUIRED"):
        await city.propose(pb.SuspenseItem(id=item.id))


async def test_it_is_listed_newest_first_page_by_page(city: City) -> None:
    made = []
    for number in range(5):
        made.append((await put_aside(city, 100 + number, f"REF-{number}")).id)
        city.economy.pass_time(seconds=1)
    seen, token = [], ""
    while True:
        request = pb.ListSuspenseRequest(page_size=2, page_token=token)
        page = await city.economy.call("PaymentService.ListSuspense", request, TREASURER)
        seen += [each.id for each in page.items]
        token = page.next_page_token
        if not token:
            break
    assert seen == made[::-1]


async def test_who_is_concerned_by_what_it_may_belong_to_is_offered_no_proposal(city: City) -> None:
    both = Caller(TREASURER.subject, frozenset({"officer", "citizen"}), TREASURER.agency)
    business = await merchants.active(city.economy, both)
    shown = await city.shown(5_000, caller=both, merchant=business.id)
    await city.notice(city.bank.pay(shown.code, 7_000))
    async with stand_before(city.economy.served) as stand:
        for caller, concerned in ((both, True), (TREASURER_2, False)):
            (item,) = await city.suspense(caller=caller)
            assert (item.payment, item.own, item.own_matter) == (shown.id, False, concerned)
            desk = await reader(stand, caller)
            async with desk.client:
                page = await desk.page("/petugas/kas")
            assert len(page.xpath(f"//form[@id='propose-{item.id}']")) == (0 if concerned else 1)
            assert len(page.xpath(f"//p[@id='own-{item.id}']")) == (1 if concerned else 0)
    with refused("OWN_MATTER"):
        await city.propose(item, await city.counter(), both)


async def test_the_treasury_reads_whose_qris_money_came_by_while_the_merchant_is_stopped(city: City) -> None:
    both = Caller(TREASURER.subject, frozenset({"officer", "citizen"}), TREASURER.agency)
    business = await merchants.active(city.economy, both)
    await merchants.move(city.economy, "Suspend", business)
    await city.notice(Notice("REF-1", "", 15_000, "IDR", merchants.NMID, static=True))
    (item,) = await city.suspense()
    async with stand_before(city.economy.served) as stand:
        for caller, concerned in ((both, True), (TREASURER_2, False)):
            desk = await reader(stand, caller)
            async with desk.client:
                page = await desk.page("/petugas/kas")
            (told,) = page.xpath(f"//article[@id='suspense-{item.id}']")
            for words in ("The merchant is stopped", "Lumpia Bu Sri", merchants.NMID):
                assert words in told.text_content()
            assert bool(page.xpath(f"//p[@id='own-{item.id}']")) is concerned, "its owner does not decide on it"
    with refused("OWN_MATTER"):
        await city.propose(item, caller=both)


async def test_a_payment_tells_of_money_of_another_amount_and_what_became_of_it(city: City) -> None:
    shown = await city.shown(50_000)
    await city.notice(Notice("REF-LESS", shown.code, 49_000, "IDR"))
    (aside,) = (await city.get(shown.code)).put_aside
    assert (aside.amount.units, aside.reason, aside.state, aside.returned, aside.target_name) == (
        49_000,
        pb.SUSPENSE_REASON_AMOUNT,
        pb.SUSPENSE_STATE_OPEN,
        False,
        "",
    )
    (item,) = await city.suspense()
    await city.release(await city.propose(item, await city.counter()), TREASURER_2)
    (aside,) = (await city.get(shown.code)).put_aside
    assert (aside.state, aside.target_name) == (pb.SUSPENSE_STATE_RELEASED, "PEMKOT RETRIBUSI PASAR")
    sql = "SELECT reference FROM transfer WHERE kind = 'release'"
    assert await city.economy.runtime.pool.fetchval(sql) == shown.code, "the statement names the payment"


async def test_a_payment_tells_of_money_that_went_back_to_the_payer(city: City) -> None:
    shown = await city.shown(50_000)
    await city.notice(Notice("REF-MORE", shown.code, 51_000, "IDR"))
    (item,) = await city.suspense()
    await city.release(await city.propose(item), TREASURER_2)
    (aside,) = (await city.get(shown.code)).put_aside
    assert (aside.returned, aside.target_name, await city.balance("clearing")) == (True, "", 0)


async def test_a_qris_that_was_used_for_another_amount_is_not_shown_again_once_the_money_went_back(city: City) -> None:
    city.economy.served.now = datetime.now(UTC)  # as the page knows it
    shown = await city.shown(50_000)
    await city.notice(city.bank.pay(shown.code, 51_000))
    (item,) = await city.suspense()
    await city.release(await city.propose(item), TREASURER_2)
    with refused("PAYMENT_QRIS_USED"):
        await city.present(shown.id)
    assert ((await city.get(shown.id)).qr, state(await city.get(shown.id))) == ("", "pending")
    async with stand_before(city.economy.served) as stand:
        payer = await reader(stand, CITIZEN)
        async with payer.client:
            page = await payer.page(f"/bayar/{shown.code}/qris")
    words = page.text_content()
    assert ("Scan to pay" in words, "is used up" in words, "was sent back to the payer" in words) == (False, True, True)
    assert not page.xpath("//form[@id='qr-form']")
    assert state(await city.cash(shown.id)) == "captured"


async def test_a_merchant_that_gets_money_which_came_for_a_payment_of_another_reads_nothing_of_that_payment(
    city: City,
) -> None:
    shown = await city.shown(50_000)
    await city.notice(Notice("REF-LESS", shown.code, 49_000, "IDR"))
    (item,) = await city.suspense()
    await city.release(await city.propose(item, await city.counter("dlh")), TREASURER_2)
    sql = "SELECT reference FROM transfer WHERE kind = 'release'"
    assert await city.economy.runtime.pool.fetchval(sql) == "REF-LESS"


async def test_a_qris_that_is_used_up_is_shown_no_more_however_much_came_besides(city: City) -> None:
    shown = await city.shown(50_000)
    await city.notice(city.bank.pay(shown.code, 51_000))
    for number in range(5):
        city.economy.pass_time(seconds=1)
        await city.notice(Notice(f"OTHER-{number}", shown.code, 49_000, "IDR"))
    assert (await city.get(shown.id)).qr == ""
