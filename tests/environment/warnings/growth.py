"""Warnings going all the ways that they can, so that each statement is looked at."""

from services.environment.alarms.model import End
from services.environment.raising import gauges, timers
from smartcity.environment.v1 import warnings_pb2 as pb
from tests.environment.warnings.warning import AWAS, DADAPSARI, OTHER, Warnings
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, CITIZEN


async def _live(served: Served) -> None:
    warnings = Warnings(served)
    await _officers(warnings)
    await _gauges(warnings)
    await _reading(warnings)


async def _officers(warnings: Warnings) -> None:
    for verb in ("Clear", "Cancel"):
        raised = await warnings.in_force(level=AWAS)
        changed = await warnings.act("Approve", await warnings.act("Update", raised), OTHER)
        await warnings.ended(verb, changed)
    await warnings.act("Reject", await warnings.propose(level=AWAS))
    await warnings.propose(zone="banjir-kanal-timur", level=AWAS)
    await warnings.propose(level=AWAS)


async def _gauges(warnings: Warnings) -> None:
    alarm = await warnings.alarm("pasut-tanjung-emas", "siaga")
    awas = await warnings.alarm("pasut-tanjung-emas", "awas")
    warnings.served.pass_time(hours=5, minutes=45)
    await timers.extend(warnings.served.runtime)
    await gauges.read(warnings.served.runtime)
    await warnings.over(awas, End.RULE_PAUSED)
    await warnings.over(alarm)
    warnings.served.pass_time(hours=90)
    await timers.expire(warnings.served.runtime)


async def _reading(warnings: Warnings) -> None:
    raised = await warnings.in_force(areas=[DADAPSARI])
    await warnings.read(raised.id, CITIZEN)
    await warnings.body(raised, 1)
    await warnings.call(pb.GetWarningFeedRequest())
    await warnings.call(pb.GetWarningCriteriaRequest())
    for request, caller in ((pb.ListWarningsRequest, CITIZEN), (pb.ListWarningProposalsRequest, ADMIN)):
        first = await warnings.call(request(page_size=1), caller)
        await warnings.call(request(page_size=1, page_token=first.next_page_token), caller)


LIVES = {"warnings": _live}
