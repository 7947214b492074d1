"""Who brings feeds to the desk, and what they do there."""

from dataclasses import dataclass
from typing import Any

import grpc.aio
from pydantic import SecretStr

from services.kit.caller import Caller
from services.living.feed_imports import running
from smartcity.living.v1 import feed_imports_pb2 as pb
from smartcity.living.v1 import feed_imports_pb2_grpc
from tests.fixtures.pillars import Served, as_role
from tests.governance.conftest import RefusedError, request_id
from tests.living.feeds.depot import packed

DISHUB = Caller("petugas-dishub", frozenset({"citizen", "officer"}), "dishub")
TRANS = Caller("petugas-trans", frozenset({"citizen", "officer"}), "blu-trans-semarang")
DLH = Caller("petugas-dlh", frozenset({"citizen", "officer"}), "dlh")


@dataclass
class Desk:
    """The running pillar, whose imports run as its own role."""

    served: Served

    def __post_init__(self) -> None:
        """Lets the process of an import be no more than the pillar is."""
        runtime = self.served.runtime
        url = as_role(runtime.settings.postgres_url.get_secret_value(), "living")
        if "living:" not in runtime.settings.postgres_url.get_secret_value():
            runtime.settings = runtime.settings.model_copy(update={"postgres_url": SecretStr(url)})

    async def call(self, request: Any, caller: Caller = DISHUB) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        name = type(request).__name__.removesuffix("Request")
        if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:
            request.request_id = request_id()
        try:
            return await self.served.call(feed_imports_pb2_grpc.FeedImportServiceStub, name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def bring(self, files: dict[str, str | bytes | None] | None = None, caller: Caller = DISHUB) -> str:
        """Sends the plain feed with some changes; answers with the id of its import."""
        return await self.send(packed(files or {}).getvalue(), caller)

    async def send(self, content: bytes, caller: Caller = DISHUB) -> str:
        """Sends an archive."""
        asked = pb.CreateFeedImportRequest(name="kota.zip", bytes=len(content))
        made = (await self.call(asked, caller)).feed_import
        for place, start in enumerate(range(0, len(content), 1 << 20)):
            part = content[start : start + (1 << 20)]
            await self.call(pb.PutFeedImportPartRequest(id=made.id, part=place, content=part), caller)
        return str(made.id)

    async def back(self, **other: str) -> pb.FeedSwap:
        """Goes back to the feed before."""
        swaps = (await self.call(pb.ListFeedSwapsRequest())).swaps
        feed, to = (next((one.feed for one in swaps if getattr(one, what)), "") for what in ("current", "previous"))
        request = pb.RollBackFeedRequest(**{"feed": feed, "to": to, **other})
        found: pb.FeedSwap = (await self.call(request)).swap
        return found

    async def read(self, id_: str) -> pb.FeedImport:
        """An import as it is."""
        found: pb.FeedImport = (await self.call(pb.GetFeedImportRequest(id=id_))).feed_import
        return found

    async def do(self, request: type[Any], id_: str, caller: Caller = TRANS) -> pb.FeedImport:
        """Accepts, drops or retries an import as it is now."""
        asked = request(id=id_, etag=(await self.read(id_)).etag)
        done: pb.FeedImport = (await self.call(asked, caller)).feed_import
        return done

    async def run(self) -> bool:
        """Runs what has waited for longest."""
        return await running.run_next(self.served.runtime)

    async def checked(self, files: dict[str, str | bytes | None] | None = None) -> str:
        """Brings a feed and has it checked."""
        id_ = await self.bring(files)
        assert await self.run()
        return id_

    async def held(self, files: dict[str, str | bytes | None] | None = None) -> str:
        """Brings a feed, and lets it hold."""
        id_ = await self.checked(files)
        await self.do(pb.AcceptFeedImportRequest, id_)
        assert await self.run()
        return id_


def version(number: int) -> dict[str, str | bytes | None]:
    """The plain feed in another version."""
    info = (
        "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version,feed_contact_url"
    )
    return {"feed_info.txt": f"{info}\nOne,https://example.org/,id,20260101,20271231,{number},https://example.org/\n"}
