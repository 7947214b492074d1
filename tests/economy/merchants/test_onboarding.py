"""From an application to a merchant that is paid, stopped and ended."""

import asyncio
from typing import Any

import pytest

from services.economy.ledger import actions as ledger
from services.economy.ledger.model import Transfer, city_account
from services.economy.payments import actions as payments
from services.kit.caller import ANONYMOUS, Caller
from services.kit.ids import uuid7
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1 import merchants_pb2 as pb
from tests.economy.conftest import (
    ADMIN,
    BUSINESS_OFFICE,
    CITIZEN,
    MARKETS,
    OWNER,
    TREASURER,
    Economy,
    RefusedError,
    refused,
    request_id,
)
from tests.economy.merchants import cases
from tests.economy.merchants.cases import NMID, PAN, REASON, SECRET, SEKAYU, active, applied, move


def _account(bank: str = "008", number: str = SECRET) -> dict[str, Any]:
    return {"settlement_account": pb.SettlementAccount(bank=bank, number=number)}


async def test_a_citizen_applies_and_becomes_the_owner(economy: Economy) -> None:
    merchant = await applied(economy, name="  Lumpia   Bu Sri ")
    assert (merchant.kind, merchant.state) == (pb.MERCHANT_KIND_BUSINESS, pb.MERCHANT_STATE_APPLIED)
    assert (merchant.name, merchant.area.name, merchant.sector) == ("Lumpia Bu Sri", "Sekayu", "food")
    assert (merchant.settlement_account.bank, merchant.settlement_account.number) == ("008", "******7890")
    assert (merchant.nmid, merchant.pan, merchant.etag) == ("", "", "1")
    assert await cases.get(economy, merchant.id) == merchant
    row = await economy.runtime.pool.fetchrow(
        "SELECT kind, owner, balance FROM account WHERE id = $1", merchant.account
    )
    assert tuple(row or ()) == ("merchant", OWNER.subject, 0)


async def test_a_merchants_events_tell_no_name_and_no_account(economy: Economy) -> None:
    merchant = await active(economy)
    merchant = await move(economy, "Suspend", merchant)
    await move(economy, "Close", merchant, OWNER)
    rows = await economy.outbox()
    names = ["MerchantApplied", "MerchantActivated", "MerchantSuspended", "MerchantClosed"]
    assert [row["type"].rpartition(".")[2] for row in rows] == names
    assert {(row["aggregate"], row["correlation"]) for row in rows} == {(merchant.id, merchant.id)}
    assert [row["version"] for row in rows] == [1, 2, 3, 4]
    for row in rows:
        for word in (b"Lumpia", SECRET.encode(), b"7890", REASON.encode(), NMID.encode(), OWNER.subject.encode()):
            assert word not in row["payload"]
    told = events_pb2.MerchantActivated.FromString(rows[1]["payload"])
    assert (told.id, told.area, told.sector) == (merchant.id, SEKAYU, "food")


async def test_the_business_office_takes_a_merchant_on(economy: Economy) -> None:
    merchant = await active(economy)
    assert (merchant.state, merchant.nmid, merchant.pan) == (pb.MERCHANT_STATE_ACTIVE, NMID, PAN)
    assert await cases.get(economy, NMID, BUSINESS_OFFICE) == merchant


async def test_a_suspended_merchant_learns_why_and_comes_back_with_its_numbers(economy: Economy) -> None:
    merchant = await move(economy, "Suspend", await active(economy), reason=f"  {REASON}\x00 ")
    assert (merchant.state, merchant.reason) == (pb.MERCHANT_STATE_SUSPENDED, REASON)
    assert (await cases.get(economy, merchant.id)).reason == REASON
    back = await move(economy, "Activate", merchant, ADMIN)
    assert (back.state, back.nmid, back.reason) == (pb.MERCHANT_STATE_ACTIVE, NMID, "")


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"name": ""}, "NAME_INVALID", "name"),
        ({"name": "ab"}, "NAME_INVALID", "name"),
        ({"name": "x" * 26}, "NAME_INVALID", "name"),
        ({"name": "Café Semarang"}, "NAME_INVALID", "name"),
        ({"name": "Warung\tBu Sri"}, "NAME_INVALID", "name"),
        ({"name": "   a   "}, "NAME_INVALID", "name"),
        ({"mcc": "food"}, "MCC_INVALID", "mcc"),
        ({"mcc": "581"}, "MCC_INVALID", "mcc"),
        ({"mcc": "58140"}, "MCC_INVALID", "mcc"),
        ({"mcc": "5814\n"}, "MCC_INVALID", "mcc"),
        ({"mcc": "٥٨١٤"}, "MCC_INVALID", "mcc"),
        ({"sector": ""}, "SECTOR_UNKNOWN", "sector"),
        ({"sector": "mining"}, "SECTOR_UNKNOWN", "sector"),
        ({"sector": "government"}, "SECTOR_UNKNOWN", "sector"),
        ({"size": pb.BUSINESS_SIZE_UNSPECIFIED}, "SIZE_REQUIRED", "size"),
        ({"size": 9}, "SIZE_REQUIRED", "size"),
        ({"area": ""}, "AREA_UNKNOWN", "area"),
        ({"area": "33.74.01"}, "AREA_UNKNOWN", "area"),
        ({"area": "33.22.08.1006"}, "AREA_UNKNOWN", "area"),
        ({"area": "\x00"}, "AREA_UNKNOWN", "area"),
        ({"settlement_account": None}, "BANK_INVALID", "settlement_account"),
        ({"settlement_account": pb.SettlementAccount()}, "BANK_INVALID", "settlement_account.bank"),
        (_account(bank="8"), "BANK_INVALID", "settlement_account.bank"),
        (_account(bank="BCA"), "BANK_INVALID", "settlement_account.bank"),
        (_account(number=""), "BANK_NUMBER_INVALID", "settlement_account.number"),
        (_account(number="12 34 56"), "BANK_NUMBER_INVALID", "settlement_account.number"),
        (_account(number="1234"), "BANK_NUMBER_INVALID", "settlement_account.number"),
        (_account(number="1" * 21), "BANK_NUMBER_INVALID", "settlement_account.number"),
        (_account(number="12345-678"), "BANK_NUMBER_INVALID", "settlement_account.number"),
        ({"request_id": ""}, "REQUEST_ID_REQUIRED", "request_id"),
    ],
)
async def test_an_application_that_is_not_sound_is_refused_by_name(
    economy: Economy, fields: dict[str, Any], reason: str, field: str
) -> None:
    with refused(reason) as caught:
        await applied(economy, **fields)
    assert caught.value.metadata["field"] == field
    account = fields.get("settlement_account")
    assert account is None or not account.number or account.number not in caught.value.message
    assert await economy.outbox() == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"nmid": "ID102030405060"}, "NMID_INVALID"),
        ({"nmid": "id1020304050607"}, "NMID_INVALID"),
        ({"nmid": "ID102030405060٧"}, "NMID_INVALID"),
        ({"nmid": ""}, "NMID_INVALID"),
        ({"pan": "936000000123456"}, "PAN_INVALID"),
        ({"pan": "93600000012345678960"}, "PAN_INVALID"),
        ({"pan": "9360000001234567897"}, "PAN_INVALID"),
        ({"pan": ""}, "PAN_INVALID"),
    ],
)
async def test_a_business_is_taken_on_only_with_what_an_acquirer_gives(
    economy: Economy, fields: dict[str, Any], reason: str
) -> None:
    merchant = await applied(economy)
    with refused(reason) as caught:
        await move(economy, "Activate", merchant, **{"nmid": NMID, "pan": PAN, **fields})
    assert caught.value.metadata["field"] == next(iter(fields))


@pytest.mark.parametrize("reason", ["", " \u200b ", "kenapa", "x" * 501])
async def test_a_merchant_is_not_stopped_without_a_reason(economy: Economy, reason: str) -> None:
    merchant = await active(economy)
    with refused("REASON_REQUIRED") as caught:
        await move(economy, "Suspend", merchant, reason=reason)
    assert caught.value.metadata["field"] == "reason"
    assert (await cases.get(economy, merchant.id)).state == pb.MERCHANT_STATE_ACTIVE


async def test_the_same_application_sent_again_makes_one_merchant(economy: Economy) -> None:
    key = request_id()
    assert await applied(economy, request_id=key) == await applied(economy, request_id=key)
    with refused("IDEMPOTENCY_KEY_REUSED"):
        await applied(economy, request_id=key, name="Wingko Babat")
    assert await economy.runtime.pool.fetchval("SELECT count(*) FROM merchant WHERE owner <> ''") == 1


async def test_somebody_has_at_most_twenty_merchants_that_are_not_closed(economy: Economy) -> None:
    answers = await asyncio.gather(*(applied(economy) for _ in range(23)), return_exceptions=True)
    merchants = [one for one in answers if isinstance(one, pb.Merchant)]
    assert len(merchants) == 20, "also of those who ask at once"
    with refused("MERCHANTS_TOO_MANY"):
        await applied(economy)
    await move(economy, "Close", merchants[0], OWNER)
    await applied(economy)


@pytest.mark.parametrize("verb", ["Activate", "Suspend"])
@pytest.mark.parametrize(
    ("caller", "reason"),
    [
        (ANONYMOUS, "LOGIN_REQUIRED"),
        (OWNER, "ROLE_NOT_ALLOWED"),
        (MARKETS, "MERCHANT_NOT_FOUND"),
        (TREASURER, "BUSINESS_OFFICE_ONLY"),
        (Caller("owner-1", frozenset({"officer"}), "disdag"), "BUSINESS_OFFICE_ONLY"),
    ],
)
async def test_only_the_business_office_takes_on_and_stops(
    economy: Economy, verb: str, caller: Caller, reason: str
) -> None:
    merchant = await applied(economy)
    with refused(reason):
        await move(economy, verb, merchant, caller, **({"nmid": NMID, "pan": PAN} if verb == "Activate" else {}))


async def test_two_merchants_never_have_one_nmid(economy: Economy) -> None:
    await active(economy)
    other = await applied(economy, CITIZEN)
    for nmid in (NMID, "ID0000000000101"):  # the second is a counter's
        with refused("NMID_TAKEN"):
            await move(economy, "Activate", other, nmid=nmid, pan=PAN)


async def test_of_two_merchants_taken_on_at_once_with_one_nmid_one_gets_it(economy: Economy) -> None:
    merchants = [await applied(economy), await applied(economy, CITIZEN)]
    answers = await asyncio.gather(
        *(move(economy, "Activate", one, nmid=NMID, pan=PAN) for one in merchants), return_exceptions=True
    )
    reasons = [answer.reason for answer in answers if isinstance(answer, RefusedError)]
    assert reasons == ["NMID_TAKEN"]


async def test_a_move_names_the_version_that_was_seen(economy: Economy) -> None:
    merchant = await applied(economy)
    with refused("ETAG_REQUIRED"):
        await move(economy, "Suspend", merchant, etag="")
    await move(economy, "Suspend", merchant)
    with refused("STALE_ETAG") as caught:
        await move(economy, "Activate", merchant, nmid=NMID, pan=PAN)
    assert caught.value.metadata["etag"] == "2"


async def test_what_cannot_be_done_now_says_what_can(economy: Economy) -> None:
    merchant = await active(economy)
    with refused("INVALID_TRANSITION") as caught:
        await move(economy, "Activate", merchant)
    assert caught.value.metadata["allowed"] == "close, suspend"


async def test_an_owner_or_the_office_ends_a_merchant_and_its_account(economy: Economy) -> None:
    for caller in (OWNER, BUSINESS_OFFICE, ADMIN):
        closed = await move(economy, "Close", await applied(economy), caller)
        assert closed.state == pb.MERCHANT_STATE_CLOSED
        status = await economy.runtime.pool.fetchval("SELECT status FROM account WHERE id = $1", closed.account)
        assert status == "closed"
    with refused("MERCHANT_NOT_FOUND"):
        await move(economy, "Close", await applied(economy), CITIZEN)
    with refused("NOT_YOURS"):
        await move(economy, "Close", await applied(economy), TREASURER)


async def test_a_merchant_with_money_on_its_account_is_not_ended(economy: Economy) -> None:
    merchant = await active(economy)
    currency = economy.runtime.city.currency
    clearing = city_account("clearing", currency)
    account = await economy.runtime.pool.fetchval("SELECT account FROM merchant WHERE nmid = $1", NMID)
    async with economy.runtime.transaction() as tx:
        await ledger.transfer(tx, Transfer(uuid7(), "capture", clearing, account, 5000, currency))
    with refused("ACCOUNT_NOT_EMPTY"):
        await move(economy, "Close", merchant, OWNER)
    async with economy.runtime.transaction() as tx:
        payouts = city_account("payouts", currency)
        await ledger.transfer(tx, Transfer(uuid7(), "settlement", account, payouts, 5000, currency))
    await move(economy, "Close", merchant, OWNER)


@pytest.mark.parametrize("state", ["created", "pending"])
async def test_a_merchant_that_is_being_paid_is_not_ended(economy: Economy, state: str) -> None:
    merchant = await active(economy)
    payment = await cases.paid(economy, merchant, 5000, "2026-11-24T02:00Z", state=state)
    with refused("PAYMENTS_OPEN"):
        await move(economy, "Close", merchant, OWNER)
    await economy.served.admin.execute("UPDATE economy.payment SET state = 'expired' WHERE id = $1", payment)
    await move(economy, "Close", merchant, OWNER)


async def test_who_ends_a_merchant_waits_for_a_payment_that_is_being_made(economy: Economy) -> None:
    merchant = await active(economy)
    async with economy.runtime.transaction(OWNER) as tx:
        await payments.open_payment(tx, merchant.id, 5000)
        ending = asyncio.create_task(move(economy, "Close", merchant, OWNER))
        await asyncio.wait({ending}, timeout=0.3)
        assert not ending.done()
    with refused("PAYMENTS_OPEN"):
        await ending


async def test_a_merchant_that_gives_money_back_is_not_ended(economy: Economy) -> None:
    merchant = await active(economy)
    payment = await cases.paid(economy, merchant, 5000, "2026-11-24T02:00Z")
    await cases.refunded(economy, merchant, payment, 5000, "2026-11-24T02:00Z", "processing")
    with refused("PAYMENTS_OPEN"):
        await move(economy, "Close", merchant, OWNER)
