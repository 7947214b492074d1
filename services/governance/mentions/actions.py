"""Takes callers out of what dispatchers wrote, before they are erased: afterwards nobody knows who they were."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from uuid import UUID

import structlog

from services.governance.callers import actions as callers
from services.governance.callers.model import Caller
from services.governance.calls import store as calls
from services.governance.calls.model import Call
from services.governance.incidents import store as incidents
from services.governance.journal import actions as journal
from services.governance.journal.model import What
from services.governance.mentions import store
from services.governance.mentions.model import GONE, common_of, pattern
from services.governance.mentions.store import Written
from services.kit.database import Transaction
from services.kit.mail.sealing import UnreadableError

AT_ONCE = 20
"""Searches after which others have the event loop."""

_log = structlog.get_logger()


async def take_out(tx: Transaction, call: Call) -> None:
    """Takes who called out of notes, reports and entries of the incident, and out of the handovers of its days.

    With it all others who called about that incident and are to be erased: its texts are read once for all of them.
    """
    them = [call, *(await calls.mentioned_too(tx, call) if call.incident else ())]
    about = await _about(tx, them)
    patterns = await _patterns(tx, them)
    gone = 0
    if patterns:
        for where in store.OF_INCIDENTS if about else ():
            gone += await _clean(tx, where, about, patterns)
        for where in store.OF_CALLS:
            gone += await _clean(tx, where, [*(one.id for one in them), *about], patterns)
    for one in them:
        await calls.save(tx, replace(one, taken_out=True))
    if gone:
        await journal.note(tx, What.TAKEN_OUT, call.incident, text=str(gone), exercise=call.exercise)


async def _patterns(tx: Transaction, them: Sequence[Call]) -> list[re.Pattern[str]]:
    """What names those who called, each once: many call twice."""
    common = common_of(tx.runtime.city)
    found = [pattern(who, common) for one in them if (who := await _named(tx, one)) is not None]
    return list({one.pattern: one for one in found if one is not None}.values())


async def _named(tx: Transaction, call: Call) -> Caller | None:
    """Who called. What nobody can read any more is erased all the same."""
    try:
        return await callers.named(tx, call.id)
    except UnreadableError:
        _log.warning("who called cannot be read, and is erased unread", call=str(call.id))
        return None


async def _clean(tx: Transaction, where: Written, about: Sequence[UUID], patterns: Sequence[re.Pattern[str]]) -> int:
    """Takes them out of texts of one kind; answers with out of how many."""
    changed = await searched(await store.written(tx, where, about), patterns)
    for key, left in changed.items():
        await store.rewrite(tx, where, key, left)
    return len(changed)


async def searched(texts: Mapping[object, str], patterns: Sequence[re.Pattern[str]]) -> dict[object, str]:
    """What is left of those texts that name somebody. Others have the event loop in between, however many."""
    found, searches = {}, count(1)
    for key, text in texts.items():
        left = text
        for one in patterns:
            left = one.sub(GONE, left)
            if next(searches) % AT_ONCE == 0:
                await asyncio.sleep(0)
        if left != text:
            found[key] = left
    return found


async def _about(tx: Transaction, them: Sequence[Call]) -> list[UUID]:
    """Their incidents and those that they were taken out of, what these were merged into, and what into these."""
    found: set[UUID] = set()
    for one in {each for call in them for each in (call.incident, *call.former) if each is not None}:
        found.update(await store.merged_with(tx, one), await incidents.below(tx, one))
    return sorted(found)
