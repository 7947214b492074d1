"""Subscribers made for tests: they ask, follow the links of real mails, and hear of warnings."""

import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from services.environment.subscriptions import timers
from services.kit.caller import ANONYMOUS
from services.kit.events import Event
from services.kit.runtime import Runtime
from smartcity.environment.v1 import events_pb2
from smartcity.environment.v1 import warning_subscriptions_pb2 as pb
from tests.environment.warnings.warning import TANJUNG_MAS, Warnings
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id
from tests.governance.mails import Catcher

SITI = "siti@contoh.id"
SEKAYU = "33.74.01.1007"
WAITING, CONFIRMED, ENDED = (
    pb.WARNING_SUBSCRIPTION_STATE_WAITING,
    pb.WARNING_SUBSCRIPTION_STATE_CONFIRMED,
    pb.WARNING_SUBSCRIPTION_STATE_ENDED,
)
_EVENTS = {
    name: getattr(events_pb2, name) for name in ("WarningRaised", "WarningUpdated", "WarningCleared")
}  # fmt: skip


@dataclass
class Subscribers:
    """The running pillar, as subscribers use it, and the mails that they get."""

    served: Served
    catcher: Catcher
    heard: int = 0
    """Events that were passed on."""
    warnings: Warnings = field(init=False)

    def __post_init__(self) -> None:
        """The same pillar for those who warn."""
        self.warnings = Warnings(self.served)

    @property
    def runtime(self) -> Runtime:
        """The pillar's."""
        return self.served.runtime

    async def call(self, request: Any) -> pb.WarningSubscription:
        """Calls the RPC that takes a request, as anybody. Raises RefusedError."""
        found: pb.WarningSubscription = (await self.warnings.call(request, ANONYMOUS)).subscription
        return found

    async def ask(
        self, email: str = SITI, *areas: str, language: str = "id", key: str = ""
    ) -> pb.WarningSubscription:  # fmt: skip
        """Subscribes an address, to Tanjung Mas unless told otherwise."""
        request = pb.CreateWarningSubscriptionRequest(
            request_id=key or request_id(), email=email, language=language, areas=areas or (TANJUNG_MAS,)
        )
        return await self.call(request)

    async def subscribed(self, email: str = SITI, *areas: str, language: str = "id") -> EmailMessage:
        """A subscription whose confirmation was followed; answers with the confirmation."""
        await self.ask(email, *areas, language=language)
        await timers.deliver(self.runtime)
        mail = self.to(email)[-1]
        await self.confirm(mail)
        return mail

    async def confirm(self, mail: EmailMessage) -> pb.WarningSubscription:
        """Follows the link of a confirmation, and presses the button."""
        request = pb.ConfirmWarningSubscriptionRequest(request_id=request_id(), token=token_of(mail, "konfirmasi"))
        return await self.call(request)

    async def end(self, mail: EmailMessage) -> pb.WarningSubscription:
        """Follows the link that ends, of any mail."""
        request = pb.EndWarningSubscriptionRequest(request_id=request_id(), token=token_of(mail, "berhenti"))
        return await self.call(request)

    async def look(self, mail: EmailMessage, *, end: bool = True) -> pb.WarningSubscription:
        """Looks at the page of a link."""
        link = pb.WARNING_SUBSCRIPTION_LINK_END if end else pb.WARNING_SUBSCRIPTION_LINK_CONFIRM
        token = token_of(mail, "berhenti" if end else "konfirmasi")
        return await self.call(pb.GetWarningSubscriptionRequest(link=link, token=token))

    async def hear(self, *, again: bool = False) -> None:
        """The pillar's own news of warnings come, each once or all of them again; then mails are sent."""
        from services.environment.pillar import PILLAR

        rows = await self.served.admin.fetch("SELECT * FROM environment.outbox ORDER BY position")
        for row in rows if again else rows[self.heard :]:
            name = row["type"].rpartition(".")[2]
            if name not in _EVENTS:
                continue
            message = _EVENTS[name].FromString(bytes(row["payload"]))
            event: Event[Any] = Event(
                id=row["id"], type=row["type"], source="/smartcity/semarang/environment", time=self.served.now,
                aggregate=message.id, version=1, correlation=message.id, causation=None, exercise=row["exercise"],
                traceparent=None, message=message,
            )  # fmt: skip
            async with self.runtime.transaction() as tx:
                for reaction in PILLAR.reactions:
                    if isinstance(message, reaction.event):
                        await reaction.handle(tx, event)
        self.heard = len(rows)
        await timers.pass_on(self.runtime)

    async def told(self) -> list[EmailMessage]:
        """What comes of the news, and is sent."""
        before = len(self.catcher.mails)
        await self.hear()
        await timers.deliver(self.runtime)
        return self.catcher.mails[before:]

    def to(self, email: str) -> list[EmailMessage]:
        """The mails to an address, the oldest first."""
        return [mail for mail in self.catcher.mails if mail["To"] == email]

    async def states(self) -> list[tuple[str, str]]:
        """Of all mails about warnings: how they stand, and why."""
        rows = await self.runtime.pool.fetch(
            "SELECT state, reason FROM warning_mail WHERE warning IS NOT NULL ORDER BY number, id"
        )
        return [(row["state"], row["reason"]) for row in rows]


def token_of(mail: EmailMessage, kind: str) -> str:
    """The token of a link in a mail: `konfirmasi` or `berhenti`."""
    found = re.search(rf"/surat/peringatan/{kind}/([a-z2-7]+)", mail.get_content())
    assert found is not None, mail.get_content()
    return found[1]
