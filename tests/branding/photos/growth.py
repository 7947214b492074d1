"""Photos of destinations going all the ways that they can."""

from smartcity.branding.v1 import destination_photos_pb2 as pb
from tests.branding.city_events.stage import WRITER
from tests.branding.destinations.tour import Tour
from tests.branding.photos.album import Album
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    tour, album = await Tour(served).enter(), Album(served)
    made = await album.add()
    await album.call(pb.CheckDestinationPhotoRequest(destination="lawang-sewu", ids=[made.id]), WRITER)
    await album.call(pb.GetDestinationPhotoRequest(destination="lawang-sewu", id=made.id))
    await album.call(pb.ListDestinationPhotoPathsRequest(ids=[made.id]))
    await tour.listed(page_size=100)
    await album.withdraw(made)


LIVES = {"destination photos": _live}
