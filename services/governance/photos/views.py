"""Photos as their readers may see them: model -> proto."""

from services.governance.photos.model import Photo
from services.kit.rpc import protos
from smartcity.governance.v1 import complaints_pb2 as pb


def photo(found: Photo) -> pb.Photo:
    """What is known of a photo."""
    return pb.Photo(
        id=str(found.id), content_type=found.content_type, width=found.width, height=found.height, size=found.size,
        released=found.released, evidence=found.evidence, waiting=found.waits,
        create_time=protos.timestamp(found.create_time),
    )  # fmt: skip
