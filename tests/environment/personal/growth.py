"""Somebody asks what is kept of them, and has it erased, so that each statement is looked at."""

from services.environment.personal import reactions
from services.kit.caller import Caller
from smartcity.environment.v1 import own_records_pb2
from smartcity.environment.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.fixtures.personal import asked, exported
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    whose = Caller("citizen-1", frozenset({"citizen"}))
    await exported(served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), whose)
    for erase in (False, True):
        await asked(served, reactions, "citizen-1", erase=erase)


LIVES = {"personal": _live}
