"""A merchant's desk: tills, takings, the static QRIS, and who sees what."""

import pytest
import qriskit

from services.kit.caller import ANONYMOUS, Caller
from smartcity.economy.v1 import merchants_pb2 as pb
from tests.economy.conftest import (
    ADMIN,
    BUSINESS_OFFICE,
    CITIZEN,
    MARKETS,
    OWNER,
    TREASURER,
    Economy,
    officer,
    refused,
)
from tests.economy.merchants import cases
from tests.economy.merchants.cases import NMID, PAN, active, add_terminal, applied, counter, move


async def _takings(economy: Economy, id_: str, first: str = "", last: str = "") -> list[pb.Takings]:
    request = pb.ListTakingsRequest(merchant=id_, first_day=first, last_day=last)
    return list((await economy.call("MerchantService.ListTakings", request, OWNER)).days)


async def _qr(economy: Economy, id_: str, terminal: str = "", caller: Caller = OWNER) -> qriskit.QRIS:
    request = pb.GetStaticQrRequest(merchant=id_, terminal=terminal)
    answer = await economy.call("MerchantService.GetStaticQr", request, caller)
    assert qriskit.is_valid(answer.payload)
    return qriskit.parse(answer.payload)


async def _listed(economy: Economy, caller: Caller, **fields: object) -> list[str]:
    found, token = [], ""
    while True:
        request = pb.ListMerchantsRequest(page_token=token, **fields)  # type: ignore[arg-type]
        answer = await economy.call("MerchantService.ListMerchants", request, caller)
        found += [one.name for one in answer.merchants]
        token = answer.next_page_token
        if not token:
            return found


def _units(day: pb.Takings) -> tuple[str, int, int, int, int, int, int]:
    sums = (day.gross, day.cash, day.fees, day.refunded, day.net)
    assert {one.currency for one in sums} == {"IDR"}
    gross, cash, fees, refunded, net = (one.units for one in sums)
    return day.day, day.payments, gross, cash, fees, refunded, net


async def test_takings_are_counted_by_the_citys_own_days(economy: Economy) -> None:
    merchant = await active(economy)
    await cases.paid(economy, merchant, 10_000, "2026-11-23T16:59:59Z", fee=30)  # 23:59:59 in Semarang
    late = await cases.paid(economy, merchant, 20_000, "2026-11-23T17:00:00Z", fee=60)  # midnight
    await cases.paid(economy, merchant, 5_000, "2026-11-24T01:00:00Z", method="cash")
    await cases.refunded(economy, merchant, late, 4_000, "2026-11-24T02:00:00Z", "done")
    assert [_units(day) for day in await _takings(economy, merchant.id)] == [
        ("2026-11-24", 2, 25_000, 5_000, 60, 4_000, 20_940),
        ("2026-11-23", 1, 10_000, 0, 30, 0, 9_970),
    ]
    assert [day.day for day in await _takings(economy, merchant.id, "2026-11-23", "2026-11-23")] == ["2026-11-23"]


async def test_a_day_on_which_money_was_only_given_back_is_below_zero(economy: Economy) -> None:
    merchant = await active(economy)
    payment = await cases.paid(economy, merchant, 10_000, "2026-11-20T02:00:00Z", state="partly_refunded")
    await cases.refunded(economy, merchant, payment, 3_000, "2026-11-22T02:00:00Z", "done")
    assert [_units(day) for day in await _takings(economy, merchant.id)] == [
        ("2026-11-22", 0, 0, 0, 0, 3_000, -3_000),
        ("2026-11-20", 1, 10_000, 0, 0, 0, 10_000),
    ]


async def test_drills_other_merchants_and_what_is_not_done_do_not_count(economy: Economy) -> None:
    merchant, other = await active(economy), await active(economy, CITIZEN, "ID0000000000999", "9360000000000001015")
    drill = await cases.paid(economy, merchant, 10_000, "2026-11-24T02:00:00Z", exercise=True)
    await cases.refunded(economy, merchant, drill, 10_000, "2026-11-24T02:00:00Z", "done")
    await cases.paid(economy, other, 10_000, "2026-11-24T02:00:00Z")
    payment = await cases.paid(economy, merchant, 7_000, "2026-11-24T02:00:00Z")
    for state in ("requested", "processing", "rejected", "failed"):
        await cases.refunded(economy, merchant, payment, 1_000, "2026-11-24T02:00:00Z", state)
    assert [_units(day) for day in await _takings(economy, merchant.id)] == [("2026-11-24", 1, 7_000, 0, 0, 0, 7_000)]


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ("kemarin", "", "DAY_INVALID"),
        ("20261124", "", "DAY_INVALID"),
        ("2026-02-30", "", "DAY_INVALID"),
        ("2026-11-25", "", "DAYS_INVALID"),
        ("", "9999-12-31", "DAY_INVALID"),
        ("0001-01-01", "0001-01-01", "DAY_INVALID"),
    ],
)
async def test_days_that_cannot_be_asked_for_are_refused(economy: Economy, first: str, last: str, reason: str) -> None:
    merchant = await applied(economy)
    with refused(reason):
        await _takings(economy, merchant.id, first, last)


async def test_a_static_qris_says_whom_it_pays_and_at_which_till(economy: Economy) -> None:
    merchant = await active(economy)
    await add_terminal(economy, merchant.id, "T01", place="Los B 12")
    code = await _qr(economy, merchant.id, "T01")
    assert (code.is_static, code.amount, code.nmid) == (True, None, NMID)
    assert (code.merchant_name, code.merchant_city, code.mcc) == ("LUMPIA BU SRI", "SEMARANG", "5814")
    assert code.additional_data.terminal_label == "T01"
    account, national = code.merchant_accounts
    assert (account.tag, account.guid, account.pan, account.criteria) == ("26", "ID.CO.CONTOH.WWW", PAN, "UMI")
    assert (national.guid, national.criteria) == ("ID.CO.QRIS.WWW", "UMI")
    assert (await _qr(economy, merchant.id)).additional_data.terminal_label is None


async def test_there_is_no_qris_for_a_till_or_a_merchant_that_cannot_be_paid(economy: Economy) -> None:
    merchant = await applied(economy)
    with refused("MERCHANT_NOT_ACTIVE"):
        await _qr(economy, merchant.id)
    merchant = await move(economy, "Activate", merchant, nmid=NMID, pan=PAN)
    with refused("TERMINAL_NOT_FOUND"):
        await _qr(economy, merchant.id, "T\x00")
    with refused("MERCHANT_NOT_FOUND"):
        await _qr(economy, merchant.id, caller=CITIZEN)


async def test_tills_are_added_by_the_merchant_itself(economy: Economy) -> None:
    merchant = await active(economy)
    await add_terminal(economy, merchant.id, "T02")
    both = await add_terminal(economy, merchant.id, "T01", place="  Los  B 12")
    assert [(each.label, each.place) for each in both.terminals] == [("T01", "Los B 12"), ("T02", "")]
    assert both.etag == merchant.etag
    with refused("TERMINAL_EXISTS"):
        await add_terminal(economy, merchant.id, "T01")
    with refused("NOT_YOURS"):
        await add_terminal(economy, merchant.id, "T03", BUSINESS_OFFICE)
    with refused("MERCHANT_NOT_FOUND"):
        await add_terminal(economy, merchant.id, "T03", CITIZEN)
    market = await counter(economy, "disdag")
    assert [each.label for each in (await add_terminal(economy, market.id, "L1", MARKETS)).terminals] == ["L1"]
    await move(economy, "Close", both, OWNER)
    with refused("MERCHANT_CLOSED"):
        await add_terminal(economy, merchant.id, "T03")


@pytest.mark.parametrize(
    ("label", "place", "reason", "field"),
    [
        ("", "", "TERMINAL_INVALID", "terminal.label"),
        ("T 1", "", "TERMINAL_INVALID", "terminal.label"),
        ("T" * 17, "", "TERMINAL_INVALID", "terminal.label"),
        ("T50", "x" * 61, "PLACE_INVALID", "terminal.place"),
    ],
)
async def test_a_till_that_is_not_sound_is_refused(
    economy: Economy, label: str, place: str, reason: str, field: str
) -> None:
    merchant = await active(economy)
    with refused(reason) as caught:
        await add_terminal(economy, merchant.id, label, place=place)
    assert caught.value.metadata["field"] == field
    assert not (await cases.get(economy, merchant.id)).terminals


@pytest.mark.parametrize("caller", [OWNER, BUSINESS_OFFICE, TREASURER, ADMIN])
async def test_a_merchant_is_seen_by_its_owner_the_office_and_the_treasury(economy: Economy, caller: Caller) -> None:
    merchant = await applied(economy)
    seen = await cases.get(economy, merchant.id, caller)
    assert seen.own is (caller is OWNER)
    seen.own = merchant.own
    assert seen == merchant
    assert cases.SECRET not in str(seen)


@pytest.mark.parametrize(
    ("caller", "reason"),
    [
        (ANONYMOUS, "LOGIN_REQUIRED"),
        (CITIZEN, "MERCHANT_NOT_FOUND"),
        (MARKETS, "MERCHANT_NOT_FOUND"),
        (Caller("citizen-2", frozenset({"citizen"}), "bpkad"), "MERCHANT_NOT_FOUND"),
    ],
)
async def test_for_others_a_merchant_does_not_exist(economy: Economy, caller: Caller, reason: str) -> None:
    merchant = await active(economy)
    for name in (merchant.id, NMID):
        with refused(reason):
            await cases.get(economy, name, caller)


@pytest.mark.parametrize("name", ["", "x" * 5000, "ID9999999999999", "'; --"])
async def test_what_names_no_merchant_is_not_found(economy: Economy, name: str) -> None:
    with refused("MERCHANT_NOT_FOUND"):
        await cases.get(economy, name)


async def test_each_sees_the_own_list_and_the_offices_see_all(economy: Economy) -> None:
    for owner, name in ((OWNER, "Satu"), (OWNER, "Dua"), (CITIZEN, "Tiga")):
        economy.pass_time(seconds=1)
        await applied(economy, owner, name=name)
    assert await _listed(economy, OWNER) == ["Satu", "Dua"]
    assert await _listed(economy, CITIZEN) == ["Tiga"]
    assert await _listed(economy, MARKETS) == ["PEMKOT RETRIBUSI PASAR"]
    assert await _listed(economy, officer("dpu")) == []
    assert await _listed(economy, Caller("owner-1", frozenset({"citizen", "officer"}), "disdag")) == [
        "PEMKOT RETRIBUSI PASAR",
        "Satu",
        "Dua",
    ]
    for caller in (BUSINESS_OFFICE, TREASURER, ADMIN):
        names = await _listed(economy, caller, page_size=3)
        assert names[-3:] == ["Satu", "Dua", "Tiga"]
        assert len(names) == 9
        assert await _listed(economy, caller, mine=True) == []
        assert await _listed(economy, caller, counters=True, page_size=3) == names[:6]
        assert await _listed(economy, caller, counters=True, states=[pb.MERCHANT_STATE_SUSPENDED]) == []
    assert await _listed(economy, MARKETS, counters=True) == ["PEMKOT RETRIBUSI PASAR"]
    assert await _listed(economy, OWNER, counters=True) == []


async def test_closed_merchants_are_listed_when_asked_for(economy: Economy) -> None:
    await move(economy, "Close", await applied(economy, name="Satu"), OWNER)
    await applied(economy, name="Dua")
    assert await _listed(economy, OWNER) == ["Dua"]
    assert await _listed(economy, OWNER, states=[pb.MERCHANT_STATE_CLOSED]) == ["Satu"]
    with refused("STATE_UNKNOWN"):
        await _listed(economy, OWNER, states=[9])


async def test_a_token_of_another_list_is_refused(economy: Economy) -> None:
    await applied(economy)
    await applied(economy)
    answer = await economy.call("MerchantService.ListMerchants", pb.ListMerchantsRequest(page_size=1), OWNER)
    for caller, states in ((CITIZEN, []), (OWNER, [pb.MERCHANT_STATE_CLOSED])):
        request = pb.ListMerchantsRequest(page_token=answer.next_page_token, states=states)
        with refused("PAGE_TOKEN_INVALID"):
            await economy.call("MerchantService.ListMerchants", request, caller)
    with refused("PAGE_SIZE_INVALID"):
        await _listed(economy, OWNER, page_size=201)
