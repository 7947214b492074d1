"""Takes callers out of what dispatchers wrote, before they are erased: afterwards nobody knows who they were."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.governance.callers import actions as callers
from services.governance.callers.model import Caller
from services.governance.calls import store as calls
from services.governance.calls.model import Call
from services.governance.incidents import store as incidents
from services.governance.mentions import store
from services.governance.mentions.model import without
from services.governance.mentions.store import Written
from services.kit.database import Transaction


async def take_out(tx: Transaction, call: Call) -> None:
    """Takes who called out of notes, reports and entries of the incident, and out of the handovers of those days."""
    who = await callers.named(tx, call.id)
    if who is not None:
        about = await _about(tx, call)
        for where in store.OF_INCIDENTS if about else ():
            await _clean(tx, where, about, who)
        for where in store.OF_CALLS:
            await _clean(tx, where, [call.id], who)
    await calls.save(tx, replace(call, taken_out=True))


async def _clean(tx: Transaction, where: Written, about: Sequence[UUID], who: Caller) -> None:
    for key, text in (await store.written(tx, where, about)).items():
        if (left := without(text, who)) != text:
            await store.rewrite(tx, where, key, left)


async def _about(tx: Transaction, call: Call) -> list[UUID]:
    """Its incident, what that was merged into, and what was merged into it."""
    if call.incident is None:
        return []
    return [*await store.merged_with(tx, call.incident), *await incidents.below(tx, call.incident)]
