"""SQL of stories: a row for each public event, for as long as stories are told."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.governance.stories.model import EVENTS_MOST, Story, Told
from services.kit.database import Transaction

_KEEP = """
INSERT INTO story_event (id, correlation, at, type, pillar, agency, facts, trace_id, cause, exercise)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[],
                     $8::text[], $9::uuid[], $10::boolean[])
ON CONFLICT (id) DO NOTHING
"""
_STORY = f"""
SELECT id, correlation, at, type, pillar, agency, facts, trace_id, cause, exercise FROM story_event
 WHERE correlation = $1 ORDER BY at, id LIMIT {EVENTS_MOST + 1}
"""


async def keep(tx: Transaction, events: Sequence[Told]) -> None:
    """Keeps events, each once."""
    rows = [
        (one.id, one.correlation, one.at, one.type, one.pillar, one.agency, json.dumps(one.facts), one.trace_id,
         one.cause, one.exercise)
        for one in events
    ]  # fmt: skip
    await tx.execute(_KEEP, *map(list, zip(*rows, strict=True)))


async def story(tx: Transaction, correlation: str) -> Story | None:
    """What happened under a correlation id; None for nothing that is known."""
    rows = await tx.fetch(_STORY, correlation)
    return Story(correlation, tuple(map(_told, rows[:EVENTS_MOST])), len(rows) > EVENTS_MOST) if rows else None


async def forget(tx: Transaction, before: datetime) -> None:
    """Deletes what happened before a time."""
    await tx.execute("DELETE FROM story_event WHERE at > '-infinity' AND at < $1", before)


def _told(row: Any) -> Told:
    facts = tuple((name, value) for name, value in json.loads(row["facts"]))
    return Told(**{**dict(row), "facts": facts})
