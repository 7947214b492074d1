"""Somebody asks what is kept of them, and has it erased, so that each statement is looked at."""

from services.economy.personal import reactions
from services.kit.caller import Caller
from smartcity.economy.v1 import own_records_pb2, wallets_pb2
from smartcity.economy.v1.merchants_pb2_grpc import MerchantServiceStub
from smartcity.economy.v1.own_records_pb2_grpc import OwnRecordServiceStub
from smartcity.economy.v1.wallets_pb2_grpc import WalletServiceStub
from tests.economy.conftest import request_id
from tests.economy.merchants.cases import application
from tests.economy.permits.applying import Applying
from tests.fixtures.personal import asked, exported
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    whose = Caller("citizen-1", frozenset({"citizen"}))
    await served.call(MerchantServiceStub, "CreateMerchant", application(), whose)
    await Applying(served).begun(caller=whose)
    await exported(served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), whose)
    for erase in (False, True):
        await asked(served, reactions, "citizen-1", erase=erase)
    await _wallet_again(served, Caller("citizen-91", frozenset({"citizen"})))


async def _wallet_again(served: Served, whose: Caller) -> None:
    """The version before gives the account again of a wallet that ended."""
    opening = wallets_pb2.CreateWalletRequest(request_id=request_id())
    account = (await served.call(WalletServiceStub, "CreateWallet", opening, whose)).wallet.account
    await asked(served, reactions, whose.subject, erase=True)
    await served.admin.execute(
        "INSERT INTO economy.wallet (subject, account, created_at) VALUES ($1, $2, now())", whose.subject, account
    )
    again = wallets_pb2.CreateWalletRequest(request_id=request_id())
    await served.call(WalletServiceStub, "CreateWallet", again, whose)


LIVES = {"personal": _live}
