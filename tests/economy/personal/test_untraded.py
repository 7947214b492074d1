"""Businesses of somebody who has everything erased: one without any money is in no book, and goes."""

from services.economy.personal import reactions
from smartcity.economy.v1 import account_changes_pb2, own_records_pb2
from smartcity.economy.v1 import merchants_pb2 as pb
from smartcity.economy.v1.account_changes_pb2_grpc import AccountChangeServiceStub
from smartcity.economy.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.economy.conftest import OWNER, Economy, request_id
from tests.economy.merchants.cases import active, add_terminal, applied, move
from tests.fixtures.personal import Told, asked, exported

GONE = ("closed", "", "–", "", "", "")


async def erased(economy: Economy) -> Told:
    return await asked(economy.served, reactions, OWNER.subject, erase=True)


async def kept(economy: Economy, merchant: pb.Merchant) -> tuple[str, ...]:
    sql = """
    SELECT merchant.state, merchant.owner, name, bank, bank_number, account.owner AS holder
      FROM merchant JOIN account ON account.id = merchant.account WHERE merchant.id = $1::text::uuid
    """
    row = await economy.runtime.pool.fetchrow(sql, merchant.id)
    assert row is not None
    return tuple(row)


async def test_a_business_that_only_applied_ends_with_an_erasure_and_tells_of_nobody(economy: Economy) -> None:
    one = await applied(economy)
    await add_terminal(economy, one.id, "A01", place="Rumah Bu Sri")
    assert (await erased(economy))["merchants"] == (1, 1, "")
    assert await kept(economy, one) == GONE
    assert await economy.runtime.pool.fetchval("SELECT count(*) FROM terminal WHERE place <> ''") == 0
    assert (await erased(economy))["merchants"] == (0, 0, "")
    listing = own_records_pb2.ListOwnRecordsRequest()
    assert "merchants" not in await exported(economy.served, OwnRecordServiceStub, listing, OWNER)


async def test_a_business_that_was_declined_or_ended_untraded_is_erased_with_its_other_accounts(
    economy: Economy,
) -> None:
    declined, ended = await applied(economy), await applied(economy)
    other = pb.SettlementAccount(bank="014", number="9977553311")
    change = account_changes_pb2.CreateAccountChangeRequest(
        request_id=request_id(), merchant=ended.id, settlement_account=other
    )
    await economy.served.call(AccountChangeServiceStub, "CreateAccountChange", change, OWNER)
    await move(economy, "Suspend", declined)
    await move(economy, "Close", ended, OWNER)
    told = await erased(economy)
    assert (told["merchants"], told["account_changes"]) == ((2, 2, ""), (1, 1, ""))
    assert [await kept(economy, one) for one in (declined, ended)] == [GONE, GONE]
    assert await economy.runtime.pool.fetchval("SELECT count(*) FROM account_change") == 0


async def test_a_business_that_was_taken_on_stays_as_it_is_of_the_books(economy: Economy) -> None:
    one = await active(economy)
    before = await kept(economy, one)
    assert (await erased(economy))["merchants"] == (1, 0, "ledger")
    assert await kept(economy, one) == before
