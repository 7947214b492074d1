"""Files of photos that were taken out or erased: they go from the store as soon as their pillar says so."""

import asyncio

import grpc.aio
import structlog

from gateway.answers.problems import Problem
from gateway.calls.pillars import Pillars
from gateway.photos.records import ALL, Records
from gateway.photos.store import Files

_log = structlog.get_logger(__name__)

EVERY_SECONDS = 10.0


async def erase_once(files: Files, pillars: Pillars, records: Records) -> int:
    """Deletes what is to go, then says that it is gone; how many. Again is harmless. Raises Problem, AioRpcError."""
    paths = list(await records.erased(pillars))
    for path in paths:
        await files.delete(path)
    if paths:
        await records.forget(pillars, paths)
    return len(paths)


async def erasing(files: Files, pillars: Pillars) -> None:
    """Does so for ever; what fails is tried again."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        for records in ALL:  # a pillar that is away keeps nobody else's files
            try:
                if deleted := await erase_once(files, pillars, records):
                    _log.info("files of photos erased", files=deleted, folder=records.folder)
            except (Problem, grpc.aio.AioRpcError) as error:
                _log.warning("files of photos not erased", error=type(error).__name__, folder=records.folder)
