"""The treasury's day: who did what with money, on whose asking, in the transaction in which it was done."""

import runpy
from typing import Any

import asyncpg
import pytest

from services.economy.ledger.model import city_account
from services.economy.pillar import PILLAR
from services.economy.providers.model import ASK_AGAIN
from services.kit.caller import Caller
from smartcity.economy.v1 import settlement_pb2 as pb
from tests.economy.conftest import (
    ADMIN,
    BUSINESS_OFFICE,
    MARKETS,
    OWNER,
    TREASURER,
    TREASURER_2,
    refused,
    request_id,
)
from tests.economy.ledger.test_reading import frozen, get
from tests.economy.merchants import cases as merchants
from tests.economy.payments.cases import City, city, state
from tests.economy.suspense.test_suspense import put_aside
from tests.fixtures.edge import stand_before
from tests.society.pages import reader

__all__ = ["city"]

DAY = "2026-11-24"


async def _acts(city: City, day: str = DAY, **fields: Any) -> list[pb.Act]:
    request = pb.ListActsRequest(day=day, **fields)
    return list((await city.economy.call("SettlementService.ListActs", request, TREASURER)).acts)


def _line(act: pb.Act) -> tuple[str, str, str, int]:
    kind = pb.ActKind.Name(act.what).removeprefix("ACT_KIND_").lower()
    return kind, act.doer, act.asker, act.amount.units


async def test_a_day_lists_who_did_what_and_on_whose_asking(city: City) -> None:
    paid = await city.cash((await city.ask(900_000)).id)
    await city.refund(paid.id, 1_000)
    asked = await city.refund(paid.id, 600_000)
    await city.approve(asked)
    item = await city.propose(await put_aside(city), await city.counter())
    await city.release(item, TREASURER_2)
    closing = pb.CloseDayRequest(request_id=request_id(), day=DAY, early=True)
    for _ in range(2):  # once, however often it is sent
        await city.economy.call("SettlementService.CloseDay", closing, TREASURER)
    markets, first, second = MARKETS.subject, TREASURER.subject, TREASURER_2.subject
    found = await _acts(city)
    assert [_line(each) for each in found] == [
        ("cash_taken", markets, "", 900_000),
        ("refund_given", markets, "", 1_000),
        ("refund_asked", markets, "", 600_000),
        ("refund_approved", first, markets, 600_000),
        ("release_proposed", first, "", 7_000),
        ("release_approved", second, first, 7_000),
        ("day_closed", first, "", 0),
    ]
    assert {each.about for each in found[:4]} == {paid.code}
    assert [each.merchant_name for each in found[4:]] == ["PEMKOT RETRIBUSI PASAR"] * 2 + [""], "where it was to go"
    assert not found[-1].HasField("amount")
    assert (found[-1].about, found[0].agency) == (DAY, "disdag")
    assert await _acts(city, "2026-11-23") == []


async def test_money_that_the_bank_gives_back_is_listed_as_given_once_it_has(city: City) -> None:
    paid = await city.paid(100_000)
    city.bank.away = {"refund"}
    await city.refund(paid.id, 30_000)
    asked = ("refund_asked", MARKETS.subject, "", 30_000)
    assert [_line(each) for each in await _acts(city)] == [asked]
    city.bank.away = set()
    await city.tick(seconds=ASK_AGAIN.total_seconds())
    assert [_line(each) for each in await _acts(city)] == [asked, ("refund_given", "", MARKETS.subject, 30_000)]


@pytest.mark.parametrize("amount", [30_000, 600_000])  # alone, and by two people
async def test_money_that_the_bank_refuses_to_give_back_is_listed_as_refused_and_not_as_given(
    city: City, amount: int
) -> None:
    paid = await city.paid(600_000)
    city.bank.refuses_refunds = True
    refund = await city.refund(paid.id, amount)
    if state(refund) == "requested":
        refund = await city.approve(refund)
    assert state(refund) == "failed"
    found = [_line(each) for each in await _acts(city)]
    assert (found[0], found[-1]) == (
        ("refund_asked", MARKETS.subject, "", amount), ("refund_rejected", "", MARKETS.subject, amount),
    )  # fmt: skip
    assert "refund_given" not in {kind for kind, *_ in found}


@pytest.mark.parametrize("refuses", [True, False])
async def test_what_the_bank_did_of_money_in_suspense_that_two_people_send_back_is_listed(
    city: City, *, refuses: bool
) -> None:
    proposed = await city.propose(await put_aside(city))
    city.bank.away = {"refund"}
    first, second = TREASURER.subject, TREASURER_2.subject
    await city.release(proposed, TREASURER_2)
    so_far = [("release_proposed", first, "", 7_000), ("release_approved", second, first, 7_000)]
    assert [_line(each) for each in await _acts(city)] == so_far, "the bank has not answered"
    city.bank.away, city.bank.refuses_refunds = set(), refuses
    for _ in range(2):
        await city.tick(seconds=ASK_AGAIN.total_seconds())
    found = await _acts(city)
    told = "release_refused" if refuses else "release_sent"
    assert [_line(each) for each in found] == [*so_far, (told, "", second, 7_000)]
    assert (found[-1].about, found[-1].to_payer, found[-1].merchant) == ("REF-1", True, "")
    async with stand_before(city.economy.served) as stand:
        desk = await reader(stand, TREASURER)
        async with desk.client:
            (row,) = (await desk.page(f"/petugas/kas/tindakan?day={DAY}")).xpath(f"//tr[@data-what='{told}']")
    words = "bank refused to send it back" if refuses else "sent back by the bank"
    assert (words in row.text_content(), "REF-1" in row.text_content()) == (True, True)


async def test_what_is_refused_is_not_listed_and_what_owners_do_is_theirs(city: City) -> None:
    business = await city.business()
    await city.wallet(10_000)
    sold = await city.pay((await city.ask(10_000, OWNER, merchant=business)).id)
    before = await _acts(city)
    await city.refund(sold.id, caller=OWNER)
    with refused("CASH_AT_COUNTERS_ONLY"):
        await city.cash((await city.ask(1_000, OWNER, merchant=business)).id, MARKETS)
    assert await _acts(city) == before


@pytest.mark.parametrize("office", [BUSINESS_OFFICE, ADMIN], ids=["office", "administrator"])
async def test_who_ends_somebodys_business_for_good_is_listed_and_its_owner_is_not(city: City, office: Caller) -> None:
    of_owner, of_office = await merchants.applied(city.economy), await merchants.active(city.economy)
    before = await _acts(city)
    await merchants.move(
        city.economy, "Close", of_owner, Caller(OWNER.subject, frozenset({"citizen", "officer"}), "disdag")
    )
    assert await _acts(city) == before
    city.economy.pass_time(seconds=1)
    await merchants.move(city.economy, "Close", of_office, office)
    *_, added = await _acts(city)
    assert (_line(added), added.HasField("amount")) == (("merchant_closed", office.subject, "", 0), False)
    assert (added.about, added.merchant, added.merchant_name) == (of_office.id, of_office.id, "Lumpia Bu Sri")


async def test_what_the_owner_of_a_business_asks_for_is_no_deed_in_office(city: City) -> None:
    business = await city.business()
    await city.wallet(900_000)
    sold = await city.pay((await city.ask(900_000, OWNER, merchant=business)).id)
    before = await _acts(city)
    in_office = Caller(OWNER.subject, frozenset({"citizen", "officer"}), "disdag")
    await city.refund(sold.id, 1_000, in_office)
    await city.approve(await city.refund(sold.id, 700_000, in_office))
    added = [_line(each) for each in await _acts(city)][len(before) :]
    assert added == [("refund_approved", TREASURER.subject, "", 700_000)]


async def test_drills_are_marked_and_a_day_has_pages(city: City) -> None:
    for _ in range(3):
        await city.cash((await city.ask(1_000, exercise=True)).id)
    request = pb.ListActsRequest(day=DAY, page_size=2)
    page = await city.economy.call("SettlementService.ListActs", request, TREASURER)
    request.page_token = page.next_page_token
    rest = await city.economy.call("SettlementService.ListActs", request, TREASURER)
    assert (len(page.acts), len(rest.acts), rest.next_page_token) == (2, 1, "")
    assert all(each.exercise for each in page.acts)


async def test_an_account_of_drills_that_is_frozen_is_not_taken_for_the_citys_own(city: City) -> None:
    for exercise in (True, False):
        account = city_account("clearing", "IDR", exercise=exercise)
        await frozen(city.economy, await get(city.economy, account))
    assert [(each.about, each.exercise) for each in await _acts(city)] == [("clearing", True), ("clearing", False)]


async def test_a_kind_of_the_next_version_holds_up_no_day(city: City) -> None:
    await city.cash((await city.ask(1_000)).id)
    await city.economy.served.admin.execute("UPDATE economy.act SET what = 'gold_melted'")
    (found,) = await _acts(city)
    assert (found.what, found.doer, found.amount.units) == (pb.ACT_KIND_UNSPECIFIED, MARKETS.subject, 1_000)
    async with stand_before(city.economy.served) as stand:
        desk = await reader(stand, TREASURER)
        async with desk.client:
            page = await desk.page(f"/petugas/kas/tindakan?day={DAY}")
    (row,) = page.xpath("//table[@id='acts']/tbody/tr")
    assert row.xpath("td/b/text()") == ["Something that this version has no word for"]


async def test_nobody_changes_what_was_done(city: City) -> None:
    await city.cash((await city.ask(1_000)).id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await city.economy.runtime.pool.execute("UPDATE act SET doer = 'somebody else'")
    with refused("DAY_INVALID"):
        await _acts(city, "2026-13-01")


async def test_where_money_in_suspense_was_to_go_is_told_of_each_time_and_of_before_only_where_it_is_certain(
    city: City,
) -> None:
    markets, waste = await city.counter(), await city.counter("dlh")
    first = await city.propose(await put_aside(city), waste)
    city.economy.pass_time(seconds=1)
    back = await city.propose(first)
    city.bank.refuses_refunds = True
    again = await city.release(back, TREASURER_2)
    city.economy.pass_time(seconds=1)
    await city.release(await city.propose(again, markets), TREASURER_2)
    city.bank.refuses_refunds = False
    city.economy.pass_time(seconds=1)
    await city.release(await city.propose(await put_aside(city, reference="REF-2")), TREASURER_2)
    told = [("proposed", waste, False), ("proposed", "", True), ("approved", "", True)]
    last = [("proposed", markets, False), ("approved", markets, False), ("proposed", "", True), ("approved", "", True)]
    assert await _destinations(city) == [*told, *last]
    admin = city.economy.served.admin
    await admin.execute("UPDATE economy.act SET merchant = NULL, to_payer = false")  # as before
    fill = runpy.run_path(str(PILLAR.migrations / "2026_11_30_acts_of_before.py"))["FILL"]
    await admin.execute(f"SET search_path = economy; {fill}; RESET search_path")
    assert await _destinations(city) == [*((verb, "", False) for verb, _, _ in told), *last]


async def _destinations(city: City) -> list[tuple[str, str, bool]]:
    found = await _acts(city)
    verbs = [(_line(each)[0].removeprefix("release_"), each) for each in found]
    return [(verb, each.merchant, each.to_payer) for verb, each in verbs if verb in ("proposed", "approved")]
