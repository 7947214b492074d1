"""Files of photos that were taken out of a case: they go from the store as soon as governance says so."""

import asyncio

import grpc.aio
import structlog

from gateway.answers.problems import Problem
from gateway.calls.pillars import Pillars
from gateway.photos.store import Files
from services.kit.caller import ANONYMOUS
from services.kit.ids import uuid7
from smartcity.governance.v1 import redactions_pb2 as pb2

_log = structlog.get_logger(__name__)

EVERY_SECONDS = 10.0
CALL_SECONDS = 5.0


async def erase_once(files: Files, pillars: Pillars) -> int:
    """Deletes what is to go, then says that it is gone; how many. Again is harmless. Raises Problem, AioRpcError."""
    listed = await pillars.look(pb2.ListErasedFilesRequest(), pb2.ListErasedFilesResponse, within=CALL_SECONDS)
    paths = list(listed.paths)
    for path in paths:
        await files.delete(path)
    if paths:
        gone = pb2.ForgetErasedFilesRequest(request_id=str(uuid7()), paths=paths)
        await pillars.send(gone, ANONYMOUS, within=CALL_SECONDS)
    return len(paths)


async def erasing(files: Files, pillars: Pillars) -> None:
    """Does so for ever; what fails is tried again."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            if deleted := await erase_once(files, pillars):
                _log.info("files of photos erased", files=deleted)
        except (Problem, grpc.aio.AioRpcError) as error:
            _log.warning("files of photos not erased", error=type(error).__name__)
