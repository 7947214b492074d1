"""Takes in what devices send, as a batch and in one commit: readings, the alarms that they open and clear, which
messages came, how devices behave.

One process at a time does it (a lease), so what it has in memory of devices and their runs holds as long as its
transactions commit; after one that did not, it forgets all of it.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.environment.ingest import model, store
from services.environment.ingest.model import Arrived, Message, Outcome, Refusal, Refused, Run, Sender, Verdict
from services.environment.ingest.store import RunKey, Told
from services.environment.observations import store as observations
from services.environment.observations.model import Mark, Taken
from services.environment.watching import actions as watching
from services.environment.watching.model import Memory as Rules
from services.kit.database import Transaction

STEP_BYTES = 128 * 1024
"""Of messages, after which others are served."""
MOST_RUNS = 50_000
"""Runs that are kept in memory."""


@dataclass
class Memory:
    """What is known of devices and their runs."""

    edition: int = -1
    senders: dict[str, Sender | None] = field(default_factory=dict)
    """None: there is no such device."""
    runs: dict[RunKey, Run] = field(default_factory=dict)
    hour: datetime | None = None
    marked: set[Mark] = field(default_factory=set)
    """Of the hour that runs: a mark stays until its hour has ended."""
    rules: Rules = field(default_factory=Rules)

    def forget(self) -> None:
        """Knows nothing: a transaction did not commit."""
        self.__init__()  # type: ignore[misc]


@dataclass
class _Batch:
    """What is to be written."""

    taken: list[Taken] = field(default_factory=list)
    runs: dict[RunKey, Run] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)


_SILENT = Told(datetime.min, None, None, 0, "")


async def take(tx: Transaction, memory: Memory, arrived: Sequence[Arrived]) -> list[Verdict]:
    """Stores messages in the order of their arrival, and answers what became of each.

    When the transaction does not commit, whoever called it calls ``memory.forget``.
    """
    read = [_read(one) async for one in _in_steps(arrived)]
    await _recall(tx, memory, arrived, read)
    batch, waiting = _Batch(), iter(read)
    verdicts = [_judge(tx, memory, batch, one, next(waiting)) async for one in _in_steps(arrived)]
    if batch.taken:
        await _put(tx, memory, batch.taken)
    await store.save_runs(tx, batch.runs)
    await store.save_health(tx, batch.told)
    return verdicts


async def _in_steps(arrived: Sequence[Arrived]) -> AsyncIterator[Arrived]:
    """Messages one by one; others are served between."""
    passed = 0
    for one in arrived:
        passed += len(one.payload)
        if passed > STEP_BYTES:
            passed = 0
            await asyncio.sleep(0)
        yield one


async def _recall(
    tx: Transaction, memory: Memory, arrived: Sequence[Arrived], read: Sequence[Message | Refusal]
) -> None:
    """Reads what the batch needs and memory lacks."""
    edition = await store.edition(tx)
    if edition != memory.edition:
        memory.senders.clear()
        memory.edition = edition
    if unknown := {one.device for one in arrived} - memory.senders.keys():
        memory.senders |= dict.fromkeys(unknown)
        memory.senders |= await store.senders(tx, unknown)
    keys = {
        (one.device, message.boot) for one, message in zip(arrived, read, strict=True) if isinstance(message, Message)
    }
    if len(memory.runs) > MOST_RUNS:
        memory.runs.clear()
    if fresh := keys - memory.runs.keys():
        memory.runs |= await store.runs(tx, fresh)


def _read(one: Arrived) -> Message | Refusal:
    try:
        return model.decoded(one.payload)
    except Refused as refused:
        return refused.reason


def _judge(tx: Transaction, memory: Memory, batch: _Batch, one: Arrived, message: Message | Refusal) -> Verdict:
    sender = memory.senders[one.device]
    if sender is None:
        return Refusal.DEVICE_UNKNOWN
    if isinstance(message, Refusal):
        _tell(batch, one, message)
        return message
    key = (one.device, message.boot)
    run = memory.runs.setdefault(key, Run())
    if not run.reaches(message.seq):
        _tell(batch, one, Refusal.SEQUENCE_FAR_OFF)
        return Refusal.SEQUENCE_FAR_OFF
    if not run.add(message.seq):
        return Outcome.REPEATED
    batch.runs[key] = run
    verdict: Verdict = Outcome.STORED
    try:
        batch.taken += model.taken(message, sender, one.at, timedelta(weeks=tx.runtime.settings.reading_weeks))
    except Refused as refused:
        verdict = refused.reason
    _tell(batch, one, verdict, model.skew(message, one.at), run.missing)
    return verdict


def _tell(batch: _Batch, one: Arrived, verdict: Verdict, skew: float | None = None, missing: int | None = None) -> None:
    before = batch.told.get(one.device, _SILENT)
    refused, refusal = before.refused, before.refusal
    if isinstance(verdict, Refusal):
        refused, refusal = refused + 1, str(verdict)
    if skew is None:
        skew, missing = before.skew, before.missing
    batch.told[one.device] = Told(one.at, skew, missing, refused, refusal)


async def _put(tx: Transaction, memory: Memory, taken: Sequence[Taken]) -> None:
    """Writes readings, and holds those that are new to rules: what is sent again turns nothing."""
    hour = tx.now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if hour != memory.hour:
        memory.hour = hour
        memory.marked.clear()
    await watching.remember(tx, memory.rules, memory.edition, {one.datastream for one in taken if not one.flags})
    put = await observations.put(tx, taken, memory.marked)
    memory.marked |= {mark for mark in put.marks if mark[1] == hour}
    await watching.watch(tx, memory.rules, put.new)
