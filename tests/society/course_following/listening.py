"""People who hear of their course by mail: they ask, follow the links of real mails, and get what is due."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from services.kit.caller import ANONYMOUS, Caller
from services.society.course_following import timers
from smartcity.society.v1 import course_followers_pb2 as pb
from smartcity.society.v1 import enrolments_pb2
from tests.governance.mails import Catcher
from tests.society.courses.teaching import Teaching
from tests.society.taking_part import SITI

ADDRESS = "siti@contoh.id"


@dataclass
class Listening:
    """The running pillar, and the mails that it sends."""

    teaching: Teaching
    catcher: Catcher

    async def ask(self, one: enrolments_pb2.Enrolment, caller: Caller = SITI, email: str = ADDRESS) -> Any:
        """Asks for news of an enrolment."""
        request = pb.CreateCourseFollowerRequest(enrolment=one.id, email=email, language="id")
        return (await self.teaching.call(request, caller)).follower

    async def mails(self) -> list[EmailMessage]:
        """What is due, and is sent."""
        before = len(self.catcher.mails)
        await timers.deliver(self.teaching.served.runtime)
        return self.catcher.mails[before:]

    async def confirm(self, mail: EmailMessage) -> pb.CourseFollower:
        """Follows the link of a confirmation, and presses the button."""
        request = pb.ConfirmCourseFollowerRequest(token=token_of(mail, "konfirmasi"))
        found: pb.CourseFollower = (await self.teaching.call(request, ANONYMOUS)).follower
        return found

    async def followed(self, one: enrolments_pb2.Enrolment, caller: Caller = SITI, email: str = ADDRESS) -> None:
        """An address that its owner has confirmed."""
        await self.ask(one, caller, email)
        (mail,) = await self.mails()
        await self.confirm(mail)

    async def end(self, mail: EmailMessage) -> pb.CourseFollower:
        """Follows the link that ends, of any mail."""
        request = pb.EndCourseFollowerRequest(token=token_of(mail, "berhenti"))
        found: pb.CourseFollower = (await self.teaching.call(request, ANONYMOUS)).follower
        return found

    async def kept(self) -> int:
        """How many addresses are kept."""
        sql = "SELECT count(*)::integer FROM society.course_follower WHERE sealed <> ''"
        found: int = await self.teaching.served.admin.fetchval(sql)
        return found


def token_of(mail: EmailMessage, kind: str) -> str:
    """The token of a link in a mail: `konfirmasi` or `berhenti`."""
    found = re.search(rf"/surat/kursus/{kind}/([a-z2-7]+)", mail.get_content())
    assert found is not None, mail.get_content()
    return found[1]
