"""What the section needs of other rooms: the levels of the water, and the thresholds that they are held to."""

from services.environment.alarms.model import Kind
from services.environment.datastreams import actions as datastreams
from services.environment.datastreams import model as streams
from services.environment.datastreams.model import Property
from services.environment.overview.levels import Highest, Limit, highest
from services.environment.rules import store as rules
from services.kit.database import Transaction

_MOST = 200
"""Levels that are looked at."""


async def highest_level(tx: Transaction) -> tuple[Highest | None, bool]:
    """The level that stands highest against its thresholds, and whether the threshold was made up."""
    found = await datastreams.page(tx, "", (), [Property.WATER_LEVEL], _MOST, "")
    heard = [
        one
        for one in found.rows
        if not one.thing.retired
        and one.latest
        and not one.latest.flags & streams.OUT_OF_RANGE
        and not streams.silent(one.datastream, one.latest.at, tx.now)
    ]
    limits: dict[int, list[Limit]] = {}
    made_up: dict[tuple[int, str], bool] = {}
    for rule in await rules.of_things(tx, {one.thing.id for one in heard}):
        if rule.kind is Kind.THRESHOLD and not rule.below and not rule.paused:
            limits.setdefault(rule.datastream, []).append(Limit(rule.bound, rule.name))
            made_up[rule.datastream, rule.name] = rule.made_up
    top = highest((one, limits.get(one.datastream.number, ())) for one in heard)
    return top, top is not None and made_up[top.shown.datastream.number, top.limit.name]
