"""What the section needs of other rooms: the levels of the water, and the thresholds that they are held to."""

from collections.abc import Iterable, Sequence

from services.environment.alarms.model import Kind
from services.environment.datastreams import actions as datastreams
from services.environment.datastreams import model as streams
from services.environment.datastreams.actions import Shown
from services.environment.datastreams.model import Property
from services.environment.overview import store
from services.environment.overview.levels import Highest, Limit, highest
from services.environment.rules import store as rules
from services.kit.database import Transaction

_AT_ONCE = 200
"""Levels that are looked at in a statement."""


async def find_highest(tx: Transaction) -> None:
    """Looks at all levels for the one that stands highest against its thresholds, and keeps which it is."""
    best: list[tuple[Shown, Sequence[Limit]]] = []
    token, last = "", False
    while not last:
        page = await datastreams.page(tx, (), [Property.WATER_LEVEL], _AT_ONCE, token)
        levels = best + await _held(tx, page.rows)
        top = highest(levels)
        best = [one for one in levels if top is not None and one[0] is top.shown]
        token, last = page.token, not page.token
    await store.keep_highest(tx, best[0][0].datastream.id if best else None)


async def highest_level(tx: Transaction) -> tuple[Highest | None, bool]:
    """The level that stood highest when it was last looked for, as it is now; whether its threshold was made up."""
    found = await store.highest(tx)
    if found is None:
        return None, False
    top = highest(await _held(tx, [await datastreams.get(tx, str(found))]))
    return top, top is not None and top.limit.made_up


async def _held(tx: Transaction, levels: Iterable[Shown]) -> list[tuple[Shown, Sequence[Limit]]]:
    """Those that are heard, with the thresholds that they are held to."""
    heard = [
        one
        for one in levels
        if not one.thing.retired
        and one.latest
        and not one.latest.flags & streams.OUT_OF_RANGE
        and not streams.silent(one.datastream, one.latest.at, tx.now)
    ]
    limits: dict[int, list[Limit]] = {}
    for rule in await rules.of_things(tx, {one.thing.id for one in heard}):
        if rule.kind is Kind.THRESHOLD and not rule.below and not rule.paused:
            limits.setdefault(rule.datastream, []).append(Limit(rule.bound, rule.name, rule.made_up))
    return [(one, limits.get(one.datastream.number, ())) for one in heard]
