"""Photos of destinations as the contract has them."""

from services.branding.photos import licences
from services.branding.photos.model import Photo
from services.kit.rpc import etag, protos
from smartcity.branding.v1 import destination_photos_pb2 as pb


def view(one: Photo) -> pb.DestinationPhoto:
    """One that is shown."""
    licence = licences.of(one.licence)
    return pb.DestinationPhoto(
        id=str(one.id),
        href=f"/v1/destinations/{one.code}/photos/{one.id}",
        content_type=one.content_type,
        width=one.width,
        height=one.height,
        size=one.size,
        author=one.author,
        licence=one.licence,
        licence_name=licence.name,
        licence_url=licence.url,
        source=one.source,
        text=one.text,
        text_en=one.text_en,
        create_time=protos.timestamp(one.created_at),
        etag=etag.of(one.version),
    )
