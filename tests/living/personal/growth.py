"""Somebody asks what is kept of them, and has it erased, so that each statement is looked at."""

from services.kit.caller import Caller
from services.living.personal import reactions
from smartcity.living.v1 import own_records_pb2
from smartcity.living.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.fixtures.personal import asked, exported
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    whose = Caller("citizen-siti", frozenset({"citizen"}))
    await exported(served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), whose)
    for erase in (False, True):
        await asked(served, reactions, "citizen-siti", erase=erase)


LIVES = {"personal": _live}
