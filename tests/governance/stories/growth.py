"""Stories being told and forgotten, so that each statement is looked at."""

from services.governance.stories import timers
from services.kit.caller import ANONYMOUS
from smartcity.governance.v1 import stories_pb2 as pb
from smartcity.governance.v1 import stories_pb2_grpc
from tests.fixtures.pillars import Served
from tests.governance.stories.telling import CORRELATION, flood, tell


async def _live(served: Served) -> None:
    await tell(served, flood(served.now))
    asked = pb.GetStoryRequest(correlation=CORRELATION)
    await served.call(stories_pb2_grpc.StoryServiceStub, "GetStory", asked, ANONYMOUS)
    await timers.forget(served.runtime)


LIVES = {"stories": _live}
