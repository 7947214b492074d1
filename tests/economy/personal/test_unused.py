"""The wallet of somebody who has everything erased: one in which nothing ever moved is in no book, and goes."""

from services.economy.payments import timers
from services.economy.personal import reactions
from smartcity.economy.v1 import ledger_pb2, own_records_pb2
from smartcity.economy.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.economy.conftest import ADMIN, CITIZEN, TREASURER, refused, request_id
from tests.economy.payments.cases import City, state
from tests.fixtures.personal import Told, asked, exported


async def erased(city: City) -> Told:
    return await asked(city.economy.served, reactions, CITIZEN.subject, erase=True)


async def owners(city: City) -> list[tuple[str, str]]:
    rows = await city.economy.runtime.pool.fetch(
        "SELECT owner, status FROM account WHERE kind = 'wallet' ORDER BY created_at, status"
    )
    return [tuple(row) for row in rows]


async def test_a_wallet_in_which_nothing_moved_ends_with_an_erasure_and_another_can_be_opened(city: City) -> None:
    before = await city.wallet()
    assert (await erased(city))["wallets"] == (1, 1, "")
    assert await owners(city) == [("", "closed")]
    assert (await erased(city))["wallets"] == (0, 0, "")
    listing = own_records_pb2.ListOwnRecordsRequest()
    assert "wallets" not in await exported(city.economy.served, OwnRecordServiceStub, listing, CITIZEN)
    city.economy.pass_time(seconds=1)
    assert await city.wallet(20_000) != before
    assert await owners(city) == [("", "closed"), (CITIZEN.subject, "open")]
    assert (await erased(city))["wallets"] == (1, 0, "ledger"), "it is in the books"


async def test_a_wallet_that_the_version_before_gave_again_on_the_account_that_ended_is_had_anew(city: City) -> None:
    account = await city.wallet()
    await erased(city)
    await city.economy.served.admin.execute(
        "INSERT INTO economy.wallet (subject, account, created_at) VALUES ($1, $2, now())", CITIZEN.subject, account
    )
    city.economy.pass_time(seconds=1)
    assert await city.wallet(20_000) != account
    assert await owners(city) == [("", "closed"), (CITIZEN.subject, "open")]


async def test_a_wallet_into_which_money_may_come_yet_stays_until_it_cannot(city: City) -> None:
    account = await city.wallet()
    waiting = await city.top_up(30_000)
    assert (await erased(city))["wallets"] == (1, 0, "ledger")
    city.economy.pass_time(hours=2)
    await timers.expire(city.economy.served.runtime)
    assert (await erased(city))["wallets"] == (1, 1, "")
    assert (state(await city.get(waiting.id, TREASURER)), await city.balance(account)) == ("expired", 0)


async def test_a_wallet_that_was_frozen_is_not_had_anew_by_an_erasure(city: City) -> None:
    account = str(await city.wallet())
    found = await city.economy.call("LedgerService.GetAccount", ledger_pb2.GetAccountRequest(id=account), ADMIN)
    request = ledger_pb2.SetAccountStatusRequest(
        request_id=request_id(), id=account, etag=found.account.etag, status=ledger_pb2.ACCOUNT_STATUS_FROZEN
    )
    await city.economy.call("LedgerService.SetAccountStatus", request, ADMIN)
    assert (await erased(city))["wallets"] == (1, 0, "ledger")
    with refused("ACCOUNT_FROZEN"):
        await city.top_up(1_000)
