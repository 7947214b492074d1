"""Files of photos that were taken out or erased: they go from the store as soon as their pillar says so."""

import asyncio
from typing import NamedTuple

import grpc.aio
import structlog

from gateway.answers.problems import Problem
from gateway.calls.pillars import Pillars
from gateway.photos.records import ALL, Records
from gateway.photos.store import Files

_log = structlog.get_logger(__name__)

EVERY_SECONDS = 10.0


class Round(NamedTuple):
    """What came of the files that a pillar named."""

    erased: int
    left: tuple[str, ...]
    """Those that the store did not delete."""


async def erase_once(files: Files, pillars: Pillars, records: Records, after: str = "") -> Round:
    """Deletes what is to go, of what comes after a file, and says of what went that it is gone. Again is harmless.

    Raises Problem and AioRpcError where the pillar does not answer; no file that stays is in the way of the others.
    """
    gone: list[str] = []
    left: list[str] = []
    for path in await records.erased(pillars, after):
        try:
            await files.delete(path)
        except Problem:
            left.append(path)
        else:
            gone.append(path)
    if gone:
        await records.forget(pillars, gone)
    return Round(len(gone), tuple(left))


async def erasing(files: Files, pillars: Pillars) -> None:
    """Does so for ever; what fails is tried again, after what comes behind it."""
    after = {records.folder: "" for records in ALL}
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        for records in ALL:  # a pillar that is away keeps nobody else's files
            try:
                done = await erase_once(files, pillars, records, after[records.folder])
            except (Problem, grpc.aio.AioRpcError) as error:
                _log.warning("files of photos not erased", error=type(error).__name__, folder=records.folder)
                continue
            after[records.folder] = done.left[-1] if done.left else ""
            if done.erased:
                _log.info("files of photos erased", files=done.erased, folder=records.folder)
            if done.left:
                _log.warning("files of photos not erased", files=len(done.left), folder=records.folder)
