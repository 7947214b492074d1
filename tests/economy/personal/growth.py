"""Somebody asks what is kept of them, and has it erased, so that each statement is looked at."""

from services.economy.personal import reactions
from services.kit.caller import Caller
from smartcity.economy.v1 import own_records_pb2
from smartcity.economy.v1.merchants_pb2_grpc import MerchantServiceStub
from smartcity.economy.v1.own_records_pb2_grpc import OwnRecordServiceStub
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


LIVES = {"personal": _live}
