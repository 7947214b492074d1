"""A till that is called otherwise, so that each statement is looked at."""

from smartcity.economy.v1 import merchants_pb2 as pb
from tests.economy.account_changes.asking import Asking
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    asking = Asking(served)
    business = await asking.applied()
    await asking.call(pb.CreateTerminalRequest(merchant=business.id, terminal=pb.Terminal(label="T8")))
    to = pb.Terminal(label="T9", place="Los B 12")
    await asking.call(pb.UpdateTerminalRequest(merchant=business.id, label="T8", terminal=to))


LIVES = {"terminals": _live}
