"""Photos of destinations at work in this process, for tests."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import grpc.aio

from services.kit.caller import ANONYMOUS, Caller
from smartcity.branding.v1 import destination_photos_pb2 as pb
from smartcity.branding.v1.destination_photos_pb2_grpc import DestinationPhotoServiceStub
from tests.branding.city_events.stage import WRITER
from tests.branding.photos.seeds import CREDIT
from tests.fixtures.pillars import Served
from tests.governance.conftest import RefusedError, request_id

WHY = "Pemegang haknya meminta agar diturunkan."


def recorded(destination: str = "lawang-sewu", **fields: Any) -> pb.CreateDestinationPhotoRequest:
    """What the gateway records of a photo that it stored."""
    own = str(uuid.uuid4())
    given = {
        "id": own, "content_type": "image/jpeg", "width": 60, "height": 40, "size": 900, "sha256": "a" * 64,
        "path": f"destinations/{destination}/{own}-{'a' * 16}.jpg", **CREDIT, **fields,
    }  # fmt: skip
    return pb.CreateDestinationPhotoRequest(request_id=request_id(), destination=destination, **given)


@dataclass
class Album:
    """The running pillar with the city's destinations in it."""

    served: Served

    async def call(self, request: Any, caller: Caller = ANONYMOUS) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        name = type(request).__name__.removesuffix("Request")
        try:
            return await self.served.call(DestinationPhotoServiceStub, name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def add(self, destination: str = "lawang-sewu", caller: Caller = WRITER, **fields: Any) -> Any:
        """A photo that is shown."""
        return (await self.call(recorded(destination, **fields), caller)).photo

    async def withdraw(self, photo: pb.DestinationPhoto, caller: Caller = WRITER) -> str:
        """Takes one of Lawang Sewu back; where it lies."""
        asked = pb.WithdrawDestinationPhotoRequest(
            request_id=request_id(), destination="lawang-sewu", id=photo.id, etag=photo.etag, reason=WHY
        )
        path: str = (await self.call(asked, caller)).path
        return path
