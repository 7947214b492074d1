"""CheckLedger of LedgerService over gRPC: proto -> action -> proto."""

from services.economy import access
from services.economy.audit import actions
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.economy.v1 import ledger_pb2 as pb


@rpc
async def check(tx: Transaction, request: pb.CheckLedgerRequest) -> pb.CheckLedgerResponse:
    """Checks the whole ledger as of one moment."""
    access.require_treasury(tx)
    found = await actions.everything(tx)
    problems = [pb.LedgerProblem(reason=one.reason, where=one.where, what=one.what) for one in found.problems]
    return pb.CheckLedgerResponse(problems=problems, accounts=found.accounts, transfers=found.transfers)
