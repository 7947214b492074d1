"""News of courses going all the ways that they can, so that each statement is looked at."""

from services.society.course_following import gauges, timers
from services.society.own_data import reactions
from smartcity.society.v1 import course_followers_pb2 as pb
from smartcity.society.v1 import courses_pb2
from tests.fixtures.personal import asked
from tests.fixtures.pillars import Served
from tests.governance.mails import catching
from tests.society.course_following.listening import Listening, token_of
from tests.society.courses.teaching import DISBUDPAR, REASON, Teaching
from tests.society.taking_part import BUDI, SITI


async def _live(served: Served) -> None:
    began = served.now
    async with catching(served.runtime) as catcher:
        listening = Listening(Teaching(served), catcher)
        teaching = listening.teaching
        course = await teaching.course(seats=1)
        first, second = await teaching.enrol(course, BUDI), await teaching.enrol(course, SITI)
        await listening.followed(first, BUDI, "budi@contoh.id")
        await listening.followed(second)
        await listening.ask(second)
        (mail,) = await listening.mails()
        link = pb.GetCourseFollowerRequest(link=pb.COURSE_FOLLOWER_LINK_CONFIRM, token=token_of(mail, "konfirmasi"))
        await teaching.call(link)
        await listening.confirm(mail)
        await teaching.withdraw(first, BUDI)
        await gauges.GAUGES.read(served.runtime)
        await listening.mails()
        cancel = courses_pb2.CancelCourseRequest(id=course.id, etag=course.etag, reason=REASON)
        await teaching.call(cancel, DISBUDPAR)
        await listening.mails()
        await listening.end(mail)
        await asked(served, reactions, SITI.subject, erase=True)
        served.pass_time(days=100)
        await timers.prune(served.runtime)
    served.now = began


LIVES = {"course_following": _live}
