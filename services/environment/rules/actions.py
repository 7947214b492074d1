"""What can be done with rules: one function per use case."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.environment.alarms import actions as alarms
from services.environment.alarms.model import End, Kind
from services.environment.datastreams import actions as datastreams
from services.environment.datastreams import store as streams
from services.environment.datastreams.model import Datastream, measurable
from services.environment.rules import model, store
from services.environment.rules.engine import Terms
from services.environment.rules.model import Rule, Version
from services.environment.things import actions as things
from services.environment.things.model import Thing
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import conflict, not_found, precondition
from services.kit.rpc import etag as etags


class Shown(NamedTuple):
    """A rule with its datastream and thing."""

    rule: Rule
    datastream: Datastream
    thing: Thing


class Added(NamedTuple):
    """What a rule is to be."""

    name: str
    kind: Kind
    terms: Terms
    paused: bool
    reason: str
    made_up: bool = False
    source: str = ""


async def get(tx: Transaction, name: str) -> Shown:
    """A rule. Errors: RULE_NOT_FOUND."""
    (shown,) = await _shown(tx, [await _known(tx, name)])
    return shown


async def page(tx: Transaction, thing: str, datastream: str, size: int, token: str) -> Page[Shown]:
    """Rules by their datastreams and names.

    Errors: THING_NOT_FOUND, DATASTREAM_NOT_FOUND, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    of = (await things.known(tx, thing)).id if thing else None
    number = (await datastreams.known(tx, datastream)).number if datastream else None
    found = await store.page(tx, of, number, size, token)
    return Page(await _shown(tx, found.rows), found.token)


async def add(tx: Transaction, name: str, added: Added) -> Shown:
    """Holds a datastream to a rule more.

    Errors: DATASTREAM_NOT_FOUND, as ``things.own``, THING_RETIRED, NAME_TAKEN, TOO_MANY_RULES, and the model's.
    """
    datastream = await datastreams.known(tx, name, lock=True)
    thing = await things.own(tx, str(datastream.thing))
    if thing.retired:
        raise precondition("THING_RETIRED", "A retired thing measures nothing.", state="retired")
    there = await store.of_datastream(tx, datastream.number)
    if any(one.name == added.name for one in there):
        raise conflict("NAME_TAKEN", "The datastream has a rule of this name already.", field="name")
    if len(there) >= model.MOST_OF_A_DATASTREAM:
        message = f"A datastream has at most {model.MOST_OF_A_DATASTREAM} rules; change one of those that it has."
        raise precondition("TOO_MANY_RULES", message, most=str(model.MOST_OF_A_DATASTREAM))
    rule = await enter(tx, datastream, added)
    await _judge(tx, Shown(rule, datastream, thing))
    return Shown(rule, datastream, thing)


async def enter(tx: Transaction, datastream: Datastream, added: Added) -> Rule:
    """Writes a new rule. Errors: those of the model."""
    terms = model.fitting(added.kind, added.terms, datastream.period)
    rule = Rule(
        id=ids.uuid7(),
        version=1,
        datastream=datastream.number,
        thing=datastream.thing,
        name=added.name,
        kind=added.kind,
        **vars(terms),
        paused=added.paused,
        reason=added.reason,
        by=tx.caller.subject,
        made_up=added.made_up,
        source=added.source,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await store.save(tx, rule)
    return rule


async def change(
    tx: Transaction, name: str, etag: str, terms: Terms, *, paused: bool, reason: str, confirmed: bool
) -> Shown:
    """Changes what a rule says from now on. A rule that is paused ends its alarm.

    Errors: RULE_NOT_FOUND, as ``things.own``, ETAG_REQUIRED, STALE_ETAG, THING_RETIRED, and those of the model.
    """
    (shown,) = await _shown(tx, [await _known(tx, name, lock=True)])
    await things.own(tx, str(shown.thing.id))
    etags.require(etag, shown.rule.version)
    if shown.thing.retired:
        raise precondition("THING_RETIRED", "A retired thing measures nothing.", state="retired")
    fitting = model.fitting(shown.rule.kind, terms, shown.datastream.period)
    by = tx.caller.subject
    rule = model.changed(shown.rule, fitting, paused=paused, reason=reason, by=by, now=tx.now, confirmed=confirmed)
    await _judge(tx, shown._replace(rule=rule))
    await store.save(tx, rule)
    if paused:
        await alarms.end(tx, [rule.id], End.RULE_PAUSED)
    return shown._replace(rule=rule)


async def pause_all(tx: Transaction, thing: UUID, reason: str) -> None:
    """A retired thing's datastreams are held to nothing any more."""
    ended = [one for one in await store.of_thing(tx, thing) if not one.paused]
    for one in ended:
        by = tx.caller.subject
        await store.save(tx, model.changed(one, one.terms, paused=True, reason=reason, by=by, now=tx.now))
    await alarms.end(tx, [one.id for one in ended], End.THING_RETIRED)


async def versions(tx: Transaction, name: str, size: int, token: str) -> Page[Version]:
    """What a rule has said, the newest first. Errors: RULE_NOT_FOUND, as ``things.own``, PAGE_SIZE_INVALID, ..."""
    rule = await _known(tx, name)
    await things.own(tx, str(rule.thing))
    return await store.versions(tx, rule.id, size, token)


async def _judge(tx: Transaction, shown: Shown) -> None:
    """Whether the rule can speak and end, and not before a lesser one. One that is paused says nothing.

    Errors: LIMIT_OUT_OF_RANGE, HYSTERESIS_INVALID, LIMITS_OUT_OF_ORDER.
    """
    rule, datastream, _ = shown
    if rule.paused:
        return
    calibrations = (await streams.calibrations(tx, [datastream.number])).get(datastream.number, [])
    model.within(rule.kind, rule.terms, measurable(datastream, tx.now, calibrations))
    await tx.one_at_a_time(f"rules of datastream {datastream.number}")
    others = await store.of_datastream(tx, datastream.number)
    model.in_order(rule.leveled, [one.leveled for one in others if one.id != rule.id and not one.paused])


async def _known(tx: Transaction, name: str, *, lock: bool = False) -> Rule:
    rule = await store.find(tx, name, lock=lock)
    if rule is None:
        raise not_found("RULE_NOT_FOUND", "There is no such rule; the list is at /v1/rules.", field="id")
    return rule


async def _shown(tx: Transaction, rules: Sequence[Rule]) -> list[Shown]:
    of = {one.thing for one in rules}
    numbered = {one.number: one for one in await streams.of_things(tx, of)}
    known = await things.by_ids(tx, of)
    return [Shown(one, numbered[one.datastream], known[one.thing]) for one in rules]
