"""Who records which photos: the folder of the file store that theirs lie in, and whom to ask about them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from gateway.calls.pillars import Pillars
from services.kit.caller import ANONYMOUS
from services.kit.ids import uuid7
from smartcity.branding.v1 import destination_photos_pb2 as places
from smartcity.economy.v1 import permit_documents_pb2 as permits
from smartcity.governance.v1 import photos_pb2 as photos
from smartcity.governance.v1 import redactions_pb2 as redactions

CALL_SECONDS = 10.0


@dataclass(frozen=True)
class Records:
    """A folder's."""

    folder: str
    recorded: Callable[[Pillars, list[str]], Awaitable[Sequence[str]]]
    """Where the photos of some ids lie, as far as they are recorded."""
    erased: Callable[[Pillars, str], Awaitable[Sequence[str]]]
    """Files that are to go, the oldest first; those after one of them."""
    forget: Callable[[Pillars, Sequence[str]], Awaitable[None]]
    """Says that they are gone."""


async def _photos(pillars: Pillars, ids: list[str]) -> Sequence[str]:
    answer = await pillars.send(photos.ListPhotoPathsRequest(ids=ids), ANONYMOUS, within=CALL_SECONDS)
    assert isinstance(answer, photos.ListPhotoPathsResponse)
    return answer.paths


async def _redacted(pillars: Pillars, after: str) -> Sequence[str]:
    asked = redactions.ListErasedFilesRequest(after=after)
    return (await pillars.look(asked, redactions.ListErasedFilesResponse, within=CALL_SECONDS)).paths


async def _forget_redacted(pillars: Pillars, paths: Sequence[str]) -> None:
    gone = redactions.ForgetErasedFilesRequest(request_id=str(uuid7()), paths=paths)
    await pillars.send(gone, ANONYMOUS, within=CALL_SECONDS)


async def _documents(pillars: Pillars, ids: list[str]) -> Sequence[str]:
    answer = await pillars.send(permits.ListPermitDocumentPathsRequest(ids=ids), ANONYMOUS, within=CALL_SECONDS)
    assert isinstance(answer, permits.ListPermitDocumentPathsResponse)
    return answer.paths


async def _erased_documents(pillars: Pillars, after: str) -> Sequence[str]:
    asked = permits.ListErasedPermitFilesRequest(after=after)
    return (await pillars.look(asked, permits.ListErasedPermitFilesResponse, within=CALL_SECONDS)).paths


async def _forget_documents(pillars: Pillars, paths: Sequence[str]) -> None:
    gone = permits.ForgetErasedPermitFilesRequest(request_id=str(uuid7()), paths=paths)
    await pillars.send(gone, ANONYMOUS, within=CALL_SECONDS)


async def _places(pillars: Pillars, ids: list[str]) -> Sequence[str]:
    answer = await pillars.send(places.ListDestinationPhotoPathsRequest(ids=ids), ANONYMOUS, within=CALL_SECONDS)
    assert isinstance(answer, places.ListDestinationPhotoPathsResponse)
    return answer.paths


async def _none(_: Pillars, __: str) -> Sequence[str]:
    return ()


async def _nothing(_: Pillars, __: Sequence[str]) -> None:
    return


COMPLAINTS = Records("complaints", _photos, _redacted, _forget_redacted)
"""Governance's: everybody else (clean-ups, receipts, the history of a case) names them by their id there."""
PERMITS = Records("permits", _documents, _erased_documents, _forget_documents)
"""Economy's."""
DESTINATIONS = Records("destinations", _places, _none, _nothing)
"""Branding's, of those that are shown: whoever withdraws one takes its file along, and what is left goes as a stray."""
ALL = (COMPLAINTS, PERMITS, DESTINATIONS)
