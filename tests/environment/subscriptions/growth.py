"""Subscriptions going all the ways that they can, so that each statement is looked at."""

from services.environment.subscriptions import gauges, timers
from smartcity.environment.v1 import warning_subscriptions_pb2 as pb
from tests.environment.subscriptions.subscribing import SEKAYU, Subscribers
from tests.environment.warnings.warning import AWAS, OTHER
from tests.fixtures.pillars import Served
from tests.governance.mails import catching


async def _live(served: Served) -> None:
    async with catching(served.runtime) as catcher:
        subscribers = Subscribers(served, catcher)
        mail = await subscribers.subscribed()
        await subscribers.subscribed("siti@contoh.id", SEKAYU)
        raised = await subscribers.warnings.in_force(areas=[SEKAYU], level=AWAS)
        await subscribers.hear()
        changed = await subscribers.warnings.act("Update", raised)
        if changed.HasField("proposal"):
            await subscribers.warnings.act("Approve", changed, OTHER)
        await timers.deliver(served.runtime)
        await subscribers.told()
        await subscribers.subscribed("ani@contoh.id", SEKAYU)
        await gauges.GAUGES.read(served.runtime)
        await subscribers.warnings.call(pb.GetWarningMailsRequest(id=raised.id))
        await subscribers.look(mail)
        await subscribers.end(mail)
        await subscribers.ask("budi@contoh.id")
        await timers.deliver(served.runtime)
        await timers.prune(served.runtime)


LIVES = {"subscriptions": _live}
