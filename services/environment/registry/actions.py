"""Registers what the city's profile names and the registry does not know yet."""

from collections.abc import Mapping, Sequence

from services.environment.datastreams import actions as datastreams
from services.environment.datastreams import store as streams
from services.environment.datastreams.actions import Added
from services.environment.registry.profile import RuleRow, ThingRow, profile_of
from services.environment.rules import actions as rule_actions
from services.environment.rules import store as rules
from services.environment.rules.actions import Added as RuleAdded
from services.environment.things import actions as things
from services.environment.things import store
from services.environment.things.model import Thing
from services.kit import ids
from services.kit.database import Transaction


async def enter_profile(tx: Transaction) -> None:
    """Enters things, datastreams and rules that are new. What officers have changed since stays as they left it."""
    profile = profile_of(tx.runtime.city)
    await tx.one_at_a_time("profile of things")
    known = {one.code: one for one in await store.by_codes(tx, [row.code for row in profile.things])}
    for row in profile.things:
        if row.code not in known:
            known[row.code] = await things.enter(tx, _thing(tx, row))
    there = {(one.thing, one.name) for one in await streams.of_things(tx, [one.id for one in known.values()])}
    for each in profile.datastreams:
        thing = known[each.thing]
        if (thing.id, each.name) not in there:
            added = Added(
                each.name, each.property, each.sensor, each.feature, each.least, each.most, each.period, each.made_up
            )
            await datastreams.enter(tx, thing, added)
    await _enter_rules(tx, profile.rules, known)


async def _enter_rules(tx: Transaction, rows: Sequence[RuleRow], known: Mapping[str, Thing]) -> None:
    of = [one.id for one in known.values()]
    streams_of = {(one.thing, one.name): one for one in await streams.of_things(tx, of)}
    there = {(one.datastream, one.name) for one in await rules.of_things(tx, of)}
    for row in rows:
        datastream = streams_of[known[row.thing].id, row.datastream]
        if (datastream.number, row.name) not in there and not known[row.thing].retired:
            told = RuleAdded(row.name, row.kind, row.terms, False, row.reason, row.made_up, row.source)
            await rule_actions.enter(tx, datastream, told)


def _thing(tx: Transaction, row: ThingRow) -> Thing:
    area = tx.runtime.city.locate(row.lon, row.lat)
    assert area is not None, "the profile was read, so all lies in the city"
    return Thing(
        id=ids.uuid7(),
        version=1,
        code=row.code,
        kind=row.kind,
        name=row.name,
        description=row.description,
        agency=row.agency,
        area=area.code,
        lon=row.lon,
        lat=row.lat,
        created_at=tx.now,
        updated_at=tx.now,
        made_up=row.made_up,
        source=row.source,
    )
