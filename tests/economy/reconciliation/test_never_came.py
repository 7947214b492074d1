"""Money in suspense that the bank never had: struck out by two people, and put there again should it come."""

from observability import semconv
from services.economy.captures.model import Notice
from services.economy.overview import gauges
from smartcity.economy.v1 import payments_pb2 as pb
from tests.economy.conftest import MARKETS, TREASURER, TREASURER_2, refused
from tests.economy.levies.cases import Office
from tests.economy.payments.cases import state
from tests.economy.settlement.cases import Treasury
from tests.fixtures.edge import stand_before
from tests.society.pages import reader


async def ghost(treasury: Treasury) -> tuple[str, pb.SuspenseItem]:
    """The number of a bill, and money told for it that the bank's report does not have."""
    office = Office(treasury.city)
    made = await office.bill()
    shown = await treasury.city.present((await office.ask(made.number)).code)
    await treasury.city.notice(Notice("REF-GHOST", shown.code, 2_000, "IDR"))
    treasury.at(1, 0)
    await treasury.city.tick(seconds=1)
    assert await treasury.reconcile() == (0, 0, 1)
    (item,) = await treasury.city.suspense()
    return made.number, item


async def strike_out(treasury: Treasury, item: pb.SuspenseItem) -> pb.SuspenseItem:
    """Two people say that it never came."""
    proposed = await treasury.city.propose(item, never_came=True)
    with refused("SECOND_PERSON_REQUIRED"):
        await treasury.city.release(proposed, TREASURER)
    return await treasury.city.release(proposed, TREASURER_2)


async def test_two_people_strike_out_what_the_bank_never_had_and_its_bill_can_be_paid(treasury: Treasury) -> None:
    city = treasury.city
    number, item = await ghost(treasury)
    with refused("PAID_OTHERWISE"):
        await Office(city).ask(number)
    struck = await strike_out(treasury, item)
    assert (state(struck), struck.never_came, struck.target) == ("released", True, "")
    assert (await city.balance("suspense"), await city.balance("clearing"), await city.adds_up()) == (0, 0, True)
    ((age, _),) = (await gauges.read(treasury.economy.runtime))[semconv.SUSPENSE_AGE]
    assert (age, [one.mended for one in await treasury.differences()]) == (0, [True])
    paid = await Office(city).ask(number)
    assert list(paid.put_aside) == []
    assert state(await city.cash(paid.id)) == "captured"
    assert await treasury.reconcile() == (0, 0, 0)
    with refused("RELEASED_BEFORE"):
        await city.propose(struck)


async def test_what_was_struck_out_is_in_suspense_again_once_a_report_has_it(treasury: Treasury) -> None:
    city = treasury.city
    _, item = await ghost(treasury)
    await strike_out(treasury, item)
    assert await city.notice(Notice("REF-GHOST", item.payment_code, 2_000, "IDR")) is not None
    assert await city.suspense() == [], "told again it is as much a ghost"
    line = treasury.line(item.payment_code, 2_000, provider_reference="REF-GHOST")
    treasury.reports(line, day="2026-11-25")
    treasury.at(1, 0, 26)
    assert await treasury.reconcile("2026-11-25") == (1, 0, 0)
    (again,) = await city.suspense()
    assert (again.id, state(again), again.never_came, again.amount.units) == (item.id, "open", False, 2_000)
    assert (await city.balance("suspense"), await city.adds_up()) == (2_000, True)
    assert await treasury.reconcile("2026-11-25") == (1, 1, 0)
    released = await city.release(await city.propose(again, await city.counter()), TREASURER_2)
    assert (state(released), await city.balance("suspense"), await city.adds_up()) == ("released", 0, True)


async def test_what_the_bank_has_is_not_struck_out(treasury: Treasury) -> None:
    city = treasury.city
    await city.notice(Notice("REF-1", "", 70_000, "IDR"))
    (item,) = await city.suspense()
    with refused("BANK_HAS_IT"):
        await city.propose(item, never_came=True)
    treasury.at(1, 0)
    await treasury.reconcile()
    with refused("TARGET_NOT_EXPECTED"):
        await city.propose(item, await city.business(), never_came=True)
    proposed = await city.propose(item, never_came=True)
    treasury.reports(treasury.line("", 70_000, provider_reference="REF-1"))
    await treasury.reconcile()
    with refused("BANK_HAS_IT"):
        await city.release(proposed, TREASURER_2)
    with refused("TREASURY_ONLY"):
        await city.propose(proposed, caller=MARKETS, never_came=True)


async def test_the_treasurys_page_offers_to_say_that_the_bank_never_had_it(treasury: Treasury) -> None:
    _, item = await ghost(treasury)
    async with stand_before(treasury.economy.served) as stand:
        desk = await reader(stand, TREASURER)
        async with desk.client:
            page = await desk.send("/petugas/kas", f"propose-{item.id}", target="never", note="Bank menariknya kembali")
            assert "the bank never had it" in page.xpath(f"string(//article[@id='suspense-{item.id}']/p[b][last()])")
    (proposed,) = await treasury.city.suspense()
    assert (proposed.never_came, state(proposed)) == (True, "proposed")
