"""A wallet as proto."""

from services.economy import money
from services.economy.ledger.model import Account
from services.economy.wallets.model import Wallet
from services.kit.rpc import protos
from smartcity.economy.v1 import wallets_pb2 as pb


def wallet(found: Wallet, account: Account) -> pb.Wallet:
    """A wallet, with what is on its account."""
    return pb.Wallet(
        account=str(account.id),
        balance=money.to_proto(account.balance, account.currency),
        available=money.to_proto(account.available, account.currency),
        limit=money.to_proto(account.most, account.currency) if account.most is not None else None,
        frozen=account.status == "frozen",
        create_time=protos.timestamp(found.created_at),
    )
