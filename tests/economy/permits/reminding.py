"""Holders of permits who are reminded by mail: they ask, follow the links of real mails, and get what is due."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from services.economy.permit_following import timers
from services.kit.caller import ANONYMOUS, Caller
from smartcity.economy.v1 import permit_followers_pb2 as pb
from smartcity.economy.v1 import permits_pb2
from tests.economy.permits.applying import SRI, Applying
from tests.governance.mails import Catcher

ADDRESS = "sri@contoh.id"


@dataclass
class Reminding:
    """The running pillar, and the mails that it sends."""

    applying: Applying
    catcher: Catcher

    async def ask(self, one: permits_pb2.Permit, caller: Caller = SRI, email: str = ADDRESS) -> Any:
        """Asks to be reminded of a permit's end."""
        request = pb.CreatePermitFollowerRequest(code=one.code, email=email, language="id")
        return (await self.applying.call(request, caller)).follower

    async def mails(self) -> list[EmailMessage]:
        """What is due, and is sent."""
        before = len(self.catcher.mails)
        await timers.deliver(self.applying.served.runtime)
        return self.catcher.mails[before:]

    async def confirm(self, mail: EmailMessage) -> pb.PermitFollower:
        """Follows the link of a confirmation, and presses the button."""
        request = pb.ConfirmPermitFollowerRequest(token=token_of(mail, "konfirmasi"))
        found: pb.PermitFollower = (await self.applying.call(request, ANONYMOUS)).follower
        return found

    async def reminded(self, one: permits_pb2.Permit, email: str = ADDRESS) -> None:
        """An address that its owner has confirmed."""
        await self.ask(one, email=email)
        (mail,) = await self.mails()
        await self.confirm(mail)

    async def look(self, mail: EmailMessage) -> pb.PermitFollower:
        """Follows the link of a reminder."""
        asked = pb.GetPermitFollowerRequest(link=pb.PERMIT_FOLLOWER_LINK_EXTEND, token=token_of(mail, "perpanjang"))
        found: pb.PermitFollower = (await self.applying.call(asked, ANONYMOUS)).follower
        return found

    async def end(self, mail: EmailMessage) -> pb.PermitFollower:
        """Follows the link that ends, of any mail."""
        request = pb.EndPermitFollowerRequest(token=token_of(mail, "berhenti"))
        found: pb.PermitFollower = (await self.applying.call(request, ANONYMOUS)).follower
        return found

    async def kept(self) -> int:
        """How many addresses are kept."""
        sql = "SELECT count(*)::integer FROM economy.permit_follower WHERE sealed <> ''"
        found: int = await self.applying.served.admin.fetchval(sql)
        return found


def token_of(mail: EmailMessage, kind: str) -> str:
    """The token of a link in a mail: `konfirmasi`, `berhenti` or `perpanjang`."""
    found = re.search(rf"/surat/izin/{kind}/([a-z2-7]+)", mail.get_content())
    assert found is not None, mail.get_content()
    return found[1]
