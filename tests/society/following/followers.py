"""Followers made for tests: they ask, follow the links of real mails, and hear of what becomes of proposals."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from services.kit.caller import ANONYMOUS
from services.society.following import reactions, timers
from smartcity.society.v1 import events_pb2
from smartcity.society.v1 import followers_pb2 as pb
from tests.fixtures.arriving import arrived
from tests.fixtures.pillars import Served
from tests.governance.mails import Catcher
from tests.society.taking_part import Society

SITI = "siti@contoh.id"


@dataclass
class Followers:
    """The running pillar, as followers use it, and the mails that they get."""

    served: Served
    catcher: Catcher
    heard: int = 0
    """Events that were passed on."""

    @property
    def society(self) -> Society:
        """Its processes."""
        return Society(self.served)

    async def call(self, request: Any) -> pb.Follower:
        """Calls the RPC that takes a request, as anybody. Raises RefusedError."""
        found: pb.Follower = (await self.society.call(request, ANONYMOUS)).follower
        return found

    async def ask(self, code: str, email: str = SITI, **fields: Any) -> pb.Follower:
        """Asks for news of a proposal."""
        return await self.call(pb.CreateFollowerRequest(code=code, email=email, **fields))

    async def followed(self, code: str, email: str = SITI, **fields: Any) -> EmailMessage:
        """A follower whose confirmation was followed; answers with the confirmation."""
        await self.ask(code, email, **fields)
        await timers.deliver(self.served.runtime)
        mail = self.catcher.to(email)[-1]
        await self.confirm(mail)
        return mail

    async def confirm(self, mail: EmailMessage) -> pb.Follower:
        """Follows the link of a confirmation, and presses the button."""
        return await self.call(pb.ConfirmFollowerRequest(token=token_of(mail, "konfirmasi")))

    async def end(self, mail: EmailMessage) -> pb.Follower:
        """Follows the link that ends, of any mail."""
        return await self.call(pb.EndFollowerRequest(token=token_of(mail, "berhenti")))

    async def hear(self, *, again: bool = False, passed_on: bool = True) -> None:
        """The pillar's own news come, each once or all of them again, and are passed on, or not yet."""
        rows = await self.served.admin.fetch("SELECT * FROM society.outbox ORDER BY position")
        for row in rows if again else rows[self.heard :]:
            if row["type"].endswith(".ProposalAdvanced"):
                message = events_pb2.ProposalAdvanced.FromString(bytes(row["payload"]))
                async with self.served.runtime.transaction() as tx:
                    await reactions.on_proposal_advanced(tx, arrived(self.served, message, "society"))
        self.heard = len(rows)
        if passed_on:
            await timers.pass_on(self.served.runtime)

    async def told(self) -> list[EmailMessage]:
        """What comes of the news, and is sent."""
        before = len(self.catcher.mails)
        await self.hear()
        await timers.deliver(self.served.runtime)
        return self.catcher.mails[before:]


def token_of(mail: EmailMessage, kind: str) -> str:
    """The token of a link in a mail: `konfirmasi` or `berhenti`."""
    found = re.search(rf"/surat/usulan/{kind}/([a-z2-7]+)", mail.get_content())
    assert found is not None, mail.get_content()
    return found[1]
