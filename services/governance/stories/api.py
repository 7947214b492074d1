"""StoryService over gRPC: store -> proto."""

from services.governance.stories import store
from services.governance.stories.model import Told
from services.kit.database import Transaction
from services.kit.errors import not_found
from services.kit.rpc import one_statement, protos, rpc
from smartcity.governance.v1 import stories_pb2 as pb


@rpc
@one_statement
async def read(tx: Transaction, request: pb.GetStoryRequest) -> pb.GetStoryResponse:
    """Reads a story. Errors: STORY_NOT_FOUND."""
    found = await store.story(tx, request.correlation)
    if found is None:
        raise not_found("STORY_NOT_FOUND", "Nothing public is known under this correlation id, or no more.")
    story = pb.Story(
        correlation=found.correlation, exercise=found.exercise, cut=found.cut, events=map(_event, found.events)
    )
    return pb.GetStoryResponse(story=story)


def _event(one: Told) -> pb.StoryEvent:
    return pb.StoryEvent(
        id=str(one.id),
        time=protos.timestamp(one.at),
        pillar=one.pillar,
        type=one.type,
        agency=one.agency,
        facts=[pb.StoryFact(name=name, value=value) for name, value in one.facts],
        trace_id=one.trace_id,
        cause=str(one.cause) if one.cause else "",
        exercise=one.exercise,
    )
