"""SQL of stories: a row for each event that is told, for as long as stories are; a complaint tells by its history."""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from services.governance.history.model import RESOLVED
from services.governance.stories.model import EVENTS_MOST, Story, Told
from services.kit import ids
from services.kit.database import Transaction

_KEEP = """
INSERT INTO story_event (id, correlation, at, type, pillar, agency, facts, trace_id, cause, exercise)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[],
                     $8::text[], $9::uuid[], $10::boolean[])
ON CONFLICT (id) DO NOTHING
"""
_STANDS = f"""
CASE WHEN type = '{RESOLVED}'
      AND (cardinality(entry.photos) = 0 OR entry.refuses OR (complaint.refusal AND entry.at = resolved_at))
     THEN 'refused' ELSE entry.state END
"""
# By its case as well: an instance of the version before writes no `refuses`. The next version needs it no more.
_STORY = f"""
SELECT id, correlation, at, type, pillar, agency, facts, trace_id, cause, exercise, 0 AS number FROM story_event
 WHERE correlation = $1 AND NOT EXISTS (SELECT FROM complaint WHERE complaint.id = $2 AND secret)
UNION ALL
SELECT md5(complaint_id::text || number)::uuid, $1, at, type, split_part(type, '.', 2),
       CASE WHEN starts_with(by, 'officer ') THEN split_part(by, ' ', 2) ELSE '' END,
       json_build_array(json_build_array('state', {_STANDS}))::text, trace_id, NULL, exercise, number
  FROM entry JOIN complaint ON complaint.id = complaint_id WHERE complaint_id = $2 AND NOT secret
 ORDER BY at, number, id LIMIT {EVENTS_MOST + 1}
"""
_FORGET = """
DELETE FROM story_event WHERE ctid = ANY(ARRAY(SELECT ctid FROM story_event WHERE at < $1 ORDER BY at LIMIT $2))
"""
FORGOTTEN = 1_000
"""Rows that one statement deletes."""
_NAMES = [field.name for field in fields(Told)]


async def keep(tx: Transaction, events: Sequence[Told]) -> None:
    """Keeps events, each once."""
    rows = [
        (one.id, one.correlation, one.at, one.type, one.pillar, one.agency, json.dumps(one.facts), one.trace_id,
         one.cause, one.exercise)
        for one in events
    ]  # fmt: skip
    await tx.execute(_KEEP, *map(list, zip(*rows, strict=True)))


async def story(tx: Transaction, correlation: str) -> Story | None:
    """What happened under a correlation id; None for nothing that is known, and for a secret complaint."""
    rows = await tx.fetch(_STORY, correlation, ids.parse(correlation))
    return Story(correlation, tuple(map(_told, rows[:EVENTS_MOST])), len(rows) > EVENTS_MOST) if rows else None


async def forget(tx: Transaction, before: datetime) -> bool:
    """Deletes some of what happened before a time. Whether there is more."""
    return await tx.execute(_FORGET, before, FORGOTTEN) == f"DELETE {FORGOTTEN}"


def _told(row: Any) -> Told:
    facts = tuple((name, value) for name, value in json.loads(row["facts"]))
    return Told(**{**{name: row[name] for name in _NAMES}, "facts": facts})
