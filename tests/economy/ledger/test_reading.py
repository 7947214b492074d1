"""Who sees which account and statement, and how the treasury stops an account."""

from typing import Any

import pytest

from services.kit.caller import Caller
from services.kit.ids import uuid7
from smartcity.economy.v1 import ledger_pb2 as pb
from tests.economy.conftest import (
    ADMIN,
    ANONYMOUS,
    CITIZEN,
    MARKETS,
    OWNER,
    TREASURER,
    Economy,
    officer,
    refused,
    request_id,
)
from tests.economy.ledger.cases import CASH, TREASURY, move, opened, post, reserved


async def get(economy: Economy, name: object, caller: Caller = TREASURER) -> pb.Account:
    answer = await economy.call("LedgerService.GetAccount", pb.GetAccountRequest(id=str(name)), caller)
    account: pb.Account = answer.account
    return account


async def entries(economy: Economy, caller: Caller = TREASURER, **fields: object) -> pb.ListEntriesResponse:
    request = pb.ListEntriesRequest(**fields)  # type: ignore[arg-type]
    answer: pb.ListEntriesResponse = await economy.call("LedgerService.ListEntries", request, caller)
    return answer


async def merchant(economy: Economy, account: object, kind: str, owner: str = "", agency: str = "") -> None:
    """A merchant as the merchants' room writes it."""
    await economy.served.admin.execute(
        "INSERT INTO economy.merchant (id, version, kind, state, owner, agency, name, mcc, sector, size, area, account,"
        " created_at, updated_at) VALUES ($1, 1, $2, 'active', $3, $4, 'Warung', '5812', 'food', 'umi',"
        " '33.74.01.1007', $5, now(), now())",
        uuid7(), kind, owner, agency, account,
    )  # fmt: skip


async def frozen(economy: Economy, account: pb.Account, caller: Caller = TREASURER, **fields: object) -> pb.Account:
    given = {"request_id": request_id(), "id": account.id, "etag": account.etag, "status": pb.ACCOUNT_STATUS_FROZEN}
    request = pb.SetAccountStatusRequest(**{**given, **fields})  # type: ignore[arg-type]
    answer = await economy.call("LedgerService.SetAccountStatus", request, caller)
    changed: pb.Account = answer.account
    return changed


async def test_an_account_tells_what_is_on_it_and_what_of_it_is_free(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000, owner=CITIZEN.subject)
    await reserved(economy.runtime, wallet, 300)
    account = await get(economy, wallet, CITIZEN)
    assert (account.balance.units, account.held.units, account.available.units) == (1_000, 300, 700)
    assert (account.balance.currency, account.kind, account.entries) == ("IDR", pb.ACCOUNT_KIND_WALLET, 1)


async def test_the_city_s_own_accounts_are_named_by_their_kind(economy: Economy) -> None:
    await opened(economy.runtime, 1_000)
    assert (await get(economy, "treasury")).id == str(TREASURY)
    assert (await get(economy, "cash")).balance.units == -1_000
    assert (await get(economy, CASH)).kind == pb.ACCOUNT_KIND_CASH


async def test_accounts_of_others_are_not_there(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000, owner=OWNER.subject)
    for name in (wallet, "treasury", uuid7(), "nothing", "wallet", ""):
        with refused("ACCOUNT_NOT_FOUND"):
            await get(economy, name, CITIZEN)
    with refused("ACCOUNT_NOT_FOUND"):
        await entries(economy, CITIZEN, account=str(wallet))
    with refused("LOGIN_REQUIRED"):
        await get(economy, wallet, ANONYMOUS)


async def test_a_merchant_s_owner_and_a_counter_s_agency_see_its_account(economy: Economy) -> None:
    stall, counter = await opened(economy.runtime, kind="merchant"), await opened(economy.runtime, kind="merchant")
    await economy.served.admin.execute("DELETE FROM economy.merchant WHERE agency = 'disdag'")
    await merchant(economy, stall, "business", owner=OWNER.subject)
    await merchant(economy, counter, "counter", agency="disdag")
    assert (await get(economy, stall, OWNER)).id == str(stall)
    assert (await get(economy, counter, MARKETS)).id == str(counter)
    for account, caller in ((stall, CITIZEN), (stall, MARKETS), (counter, OWNER), (counter, officer("dlh"))):
        with refused("ACCOUNT_NOT_FOUND"):
            await get(economy, account, caller)


async def test_a_statement_is_read_page_by_page_newest_first_and_from_both_sides(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    for number in range(5):
        pair = (wallet, TREASURY) if number % 2 else (CASH, wallet)
        await post(economy.runtime, move(*pair, 10 + number, reference=f"R-{number}"))
    found, token = list[pb.Entry](), ""
    while True:
        page = await entries(economy, account=str(wallet), page_size=2, page_token=token)
        found += page.entries
        token = page.next_page_token
        if not token:
            break
        await post(economy.runtime, move(CASH, wallet, 1))  # what comes meanwhile shifts nothing
    assert [entry.number for entry in found] == [6, 5, 4, 3, 2, 1]
    assert [entry.amount.units for entry in found] == [14, -13, 12, -11, 10, 1_000]
    assert [entry.balance.units for entry in found] == [1_012, 998, 1_011, 999, 1_010, 1_000]
    assert found[0].reference == "R-4"


async def test_a_token_of_another_statement_is_refused(economy: Economy) -> None:
    one, other = await opened(economy.runtime, 1_000), await opened(economy.runtime)
    for _ in range(3):
        await post(economy.runtime, move(one, other, 1))
    token = (await entries(economy, account=str(one), page_size=1)).next_page_token
    for given in (token, "x"):
        with refused("PAGE_TOKEN_INVALID"):
            await entries(economy, account=str(other), page_token=given)
    with refused("PAGE_SIZE_INVALID"):
        await entries(economy, account=str(one), page_size=1_000)


async def test_the_treasury_lists_accounts_by_kind(economy: Economy) -> None:
    wallets = {str(await opened(economy.runtime, owner="somebody")) for _ in range(5)}
    found, token = set(), ""
    while True:
        request = pb.ListAccountsRequest(kinds=[pb.ACCOUNT_KIND_WALLET], page_size=2, page_token=token)
        page = await economy.call("LedgerService.ListAccounts", request, TREASURER)
        found |= {account.id for account in page.accounts}
        token = page.next_page_token
        if not token:
            break
    assert found == wallets
    everything = await economy.call("LedgerService.ListAccounts", pb.ListAccountsRequest(), ADMIN)
    assert len(everything.accounts) == await economy.runtime.pool.fetchval(
        "SELECT count(*) FROM account WHERE NOT exercise"
    )


@pytest.mark.parametrize(("kinds", "field"), [([0], "kind.0"), ([1, 77], "kind.1"), ([1] * 9, "kind")])
async def test_kinds_that_are_none_and_too_many_are_refused(economy: Economy, kinds: list[Any], field: str) -> None:
    with refused("KIND_UNKNOWN") as caught:
        await economy.call("LedgerService.ListAccounts", pb.ListAccountsRequest(kinds=kinds), TREASURER)
    assert caught.value.metadata["field"] == field


@pytest.mark.parametrize(
    ("rpc", "fields"),
    [
        ("ListAccounts", {}),
        ("CheckLedger", {}),
        ("SetAccountStatus", {"request_id": "k", "status": pb.ACCOUNT_STATUS_FROZEN}),
    ],
)
async def test_the_ledger_as_a_whole_is_the_treasury_s(economy: Economy, rpc: str, fields: dict[str, Any]) -> None:
    request = getattr(pb, f"{rpc}Request")(**fields)
    with refused("TREASURY_ONLY"):
        await economy.call(f"LedgerService.{rpc}", request, MARKETS)
    with refused("ROLE_NOT_ALLOWED"):
        await economy.call(f"LedgerService.{rpc}", request, CITIZEN)


async def test_nothing_moves_on_a_frozen_account_until_it_is_opened_again(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    account = await frozen(economy, await get(economy, wallet))
    assert account.status == pb.ACCOUNT_STATUS_FROZEN
    assert (await post(economy.runtime, move(wallet, TREASURY, 1))).refusal == "ACCOUNT_FROZEN"
    account = await frozen(economy, account, status=pb.ACCOUNT_STATUS_OPEN)
    assert (await post(economy.runtime, move(wallet, TREASURY, 1))).refusal is None
    assert (await get(economy, wallet)).etag == account.etag, "money does not change the version"


async def test_freezing_is_refused_with_what_is_wrong(economy: Economy) -> None:
    account = await get(economy, await opened(economy.runtime))
    with refused("STALE_ETAG"):
        await frozen(economy, account, etag="7")
    with refused("ETAG_REQUIRED"):
        await frozen(economy, account, etag="")
    with refused("REQUEST_ID_REQUIRED"):
        await frozen(economy, account, request_id="")
    for status in (pb.ACCOUNT_STATUS_CLOSED, pb.ACCOUNT_STATUS_UNSPECIFIED, 77):
        with refused("STATUS_UNKNOWN") as caught:
            await frozen(economy, account, status=status)
        assert caught.value.metadata["field"] == "status"
    for unknown in (str(uuid7()), "nothing"):
        with refused("ACCOUNT_NOT_FOUND"):
            await frozen(economy, account, id=unknown)


async def test_freezing_twice_with_one_key_is_one_change(economy: Economy) -> None:
    account = await get(economy, await opened(economy.runtime))
    key = request_id()
    assert await frozen(economy, account, request_id=key) == await frozen(economy, account, request_id=key)
