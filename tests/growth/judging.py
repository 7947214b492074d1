"""The verdict on a pillar that a test has driven: nothing was left out, nothing grows, and no write picks loosely."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import asyncpg

from services.kit.database import maintenance
from services.kit.pillar import Pillar
from services.kit.process.watching import _of_kit
from services.kit.runtime import Runtime
from tests.fixtures.nouns import Life, found
from tests.fixtures.pillars import Served
from tests.growth.growing import grown
from tests.growth.recording import Recorder

KIT_SMALL = {
    "alembic_version": "a row for each branch of migrations",
    "relay": "one row",
    "lease": "a row for each job",
}
"""Tables of the kit that do not grow with what people do, and why."""
_LOOSE = re.compile(r"\b(?:DELETE FROM|UPDATE) \w+ .*\bIN \( ?SELECT .*\bLIMIT \S+? ?\)")


async def tick(pillar: Pillar, runtime: Runtime) -> None:
    """Runs all timers of a pillar once, and reads its gauges and the kit's."""
    for timer in pillar.timers:
        await timer.run(runtime)
    await maintenance.prune(runtime)
    for gauges in (*_of_kit(pillar, runtime), *pillar.gauges):
        await gauges.read(runtime)


async def nouns_live(served: Served) -> None:
    """Lets live the nouns of a pillar that say with their own tests how they do."""
    lives: dict[str, Life] = found("growth", "LIVES", served.runtime.pillar)
    for live in lives.values():
        await live(served)


async def flat(
    recorder: Recorder,
    pillar: Pillar,
    admin: "asyncpg.Connection[Any]",
    *,
    small: Mapping[str, str],
    unrun: Mapping[str, str],
    allowed: Mapping[str, str],
) -> None:
    """Fails with all RPCs and statements that were not driven, and all statements that grow.

    ``small`` are tables that do not grow; ``unrun`` beginnings of statements that the test does not drive; ``allowed``
    beginnings of statements that may read a whole table. Each with the reason.
    """
    assert not recorder.unserved(pillar), (
        f"RPCs that the test does not call: call each in the growth.py of its noun, in tests/{pillar.name}"
    )
    await judge(
        recorder,
        Path("services") / pillar.name,
        admin,
        pillar.name,
        small={**KIT_SMALL, **small},
        unrun=unrun,
        allowed=allowed,
    )


async def judge(
    recorder: Recorder,
    folder: Path,
    admin: "asyncpg.Connection[Any]",
    schema: str,
    *,
    small: Mapping[str, str],
    unrun: Mapping[str, str],
    allowed: Mapping[str, str],
) -> None:
    """The same without RPCs, for the statements that stand in a folder and run on a schema."""
    missed = [one for one in recorder.missed(folder) if not _begins(one, unrun)]
    assert not missed, "statements that the test does not run:\n" + "\n".join(missed)
    loosely = loose(recorder.statements)
    assert not loosely, "lock the rows as they are picked (FOR UPDATE SKIP LOCKED) in:\n" + "\n".join(loosely)
    full = await grown(admin, schema, small)
    faults = [fault for sql in recorder.statements if not _begins(sql, allowed) for fault in await full.faults(sql)]
    assert not faults, f"{len(faults)} statements grow with a table:\n" + "\n".join(map(str, faults))


def loose(statements: Iterable[str]) -> list[str]:
    """Writes that pick rows in a sub-select and do not lock them there. Who waits for a row then looks only whether it
    is one of those, and no longer why: what somebody has just decided on would be erased as undecided.
    """
    return [words for sql in statements if _LOOSE.search(words := " ".join(sql.split()))]


def _begins(text: str, known: Mapping[str, str]) -> bool:
    words = " ".join(text.split())
    return any(one in words for one in known)
