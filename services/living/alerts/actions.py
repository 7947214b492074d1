"""What can be done with alerts: one function per use case."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, forbidden, invalid, not_found, precondition
from services.kit.rpc import etag as etags
from services.living.alerts import events, model, store
from services.living.alerts.model import Alert, Change, Content, Entity, Origin, State, Step
from services.living.alerts.profile import rules_of
from services.living.alerts.resolving import Resolved, goes, resolved
from services.living.feeds import store as feeds
from services.living.feeds.model import Feed
from services.living.resources import resources


class Shown(NamedTuple):
    """An alert, what it touches, and its steps: the last for officers alone."""

    alert: Alert
    touched: Resolved
    changes: Sequence[Change] = ()


async def get(tx: Transaction, id_: str) -> Shown:
    """One of them. Errors: ALERT_NOT_FOUND."""
    known = ids.parse(id_)
    alert = await store.get(tx, known) if known else None
    if alert is None or (alert.published_at is None and not _sees(tx)):
        raise _unknown()
    return await _shown(tx, alert)


def named(tx: Transaction, touched: Resolved, language: str) -> Resolved:
    """What it touches in the words of a language, where the timetable has them."""
    book = resources(tx.runtime).keeper.words
    lines, places = book.of("routes", language), book.of("stops", language)
    return replace(
        touched,
        routes=tuple(
            one._replace(
                short_name=lines.of("route_short_name", one.id, one.short_name),
                long_name=lines.of("route_long_name", one.id, one.long_name),
            )
            for one in touched.routes
        ),
        stops=tuple(one._replace(name=places.of("stop_name", one.id, one.name)) for one in touched.stops),
        stations=tuple(one._replace(name=places.of("stop_name", one.id, one.name)) for one in touched.stations),
    )


async def told(tx: Transaction, route: str = "", stop: str = "") -> list[Shown]:
    """Those that hold or will, of which there is anything to tell; of a line or stop alone where one is given."""
    current = await feeds.current(tx)
    feed = current.feed if current else None
    found = [Shown(one, await resolved(tx, feed, one)) for one in await store.published(tx) if one.near(tx.now)]
    found = [one for one in found if one.touched.told or not one.alert.said.areas]
    if not (route or stop) or feed is None:
        return found
    routes, stops = await _around(tx, feed, route, stop)
    return [one for one in found if one.touched.about(routes, stops)]


async def records(tx: Transaction, state: State | None, size: int, token: str) -> Page[Alert]:
    """All of them; for officers. Errors: ALERT_AGENCY_ONLY, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    if not _sees(tx):
        raise _not_theirs()
    return await store.page(tx, state, size, token)


async def create(tx: Transaction, content: Content) -> Shown:
    """A draft. Errors: ALERT_AGENCY_ONLY, ENTITY_UNKNOWN and others of what it names, and those of the model."""
    _officers(tx)
    made = new(tx, Origin.OFFICERS, "", content)
    await _sound(tx, made)
    await _save(tx, made, Step.DRAFTED)
    return await _shown(tx, made)


async def update(tx: Transaction, id_: str, etag: str, content: Content, reason: str) -> Shown:
    """It says something else. Errors: as ``create``, ALERT_NOT_FOUND, ALERT_BY_ITSELF, ETAG_REQUIRED, STALE_ETAG."""
    _officers(tx)
    before = await _locked(tx, id_, etag)
    if before.origin is not Origin.OFFICERS:
        message = "This alert follows what it comes from, and is not written by hand; end it, or write another."
        raise precondition("ALERT_BY_ITSELF", message)
    done = model.changed(before, content, tx.now)
    await _sound(tx, done)
    await _save(tx, done, Step.CHANGED, reason)
    if done.state is State.PUBLISHED:
        await tell(tx, done)
    return await _shown(tx, done)


async def publish(tx: Transaction, id_: str, etag: str) -> Shown:
    """It is told. Errors: ALERT_AGENCY_ONLY, ALERT_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG, those of the model."""
    _officers(tx)
    before = await _locked(tx, id_, etag)
    done = model.published(before, tx.now)
    await _sound(tx, done)
    await _save(tx, done, Step.PUBLISHED)
    await tell(tx, done)
    return await _shown(tx, done)


async def end(tx: Transaction, id_: str, etag: str, reason: str) -> Shown:
    """It is over. Errors: as ``publish``."""
    _officers(tx)
    before = await _locked(tx, id_, etag)
    done = model.ended(before, tx.now)
    await _save(tx, done, Step.ENDED, reason)
    _tell_end(tx, done, automatic=False)
    return await _shown(tx, done)


def new(
    tx: Transaction, origin: Origin, source: str, content: Content, *, exercise: bool = False, story: str = ""
) -> Alert:
    """A draft; without a ``story`` it begins its own."""
    identity = ids.uuid7()
    return Alert(
        id=identity,
        version=1,
        state=State.DRAFT,
        origin=origin,
        source=source,
        exercise=exercise,
        content=model.written(content),
        correlation=story or str(identity),
        created_at=tx.now,
        updated_at=tx.now,
        over_at=content.over_at,
    )


async def by_hand(tx: Transaction, alert: Alert) -> bool:
    """Whether an officer ended it: then it is not told again before there is something else to tell."""
    last, *_ = await store.changes(tx, alert.id)
    return last.step is Step.ENDED and last.by != ""


async def keep(tx: Transaction, alert: Alert, step: Step, reason: str = "") -> None:
    """Saves what came by itself, and tells of it."""
    await _save(tx, alert, step, reason)
    if alert.state is State.ENDED:
        _tell_end(tx, alert, automatic=True)
    else:
        await tell(tx, alert)


async def expire(tx: Transaction) -> int:
    """Ends those whose time is over; answers with how many they were."""
    found = await store.over(tx)
    for one in found:
        await keep(tx, model.ended(one, tx.now), Step.ENDED, "its time is over")
    return len(found)


async def tell(tx: Transaction, alert: Alert) -> None:
    """Tells that it is published, or says something else."""
    current = await feeds.current(tx)
    found = await resolved(tx, current.feed if current else None, alert)
    routes, stops = [one.id for one in found.routes], [one.id for one in found.stops]
    _emit(tx, alert, events.told(alert, routes, stops))


def _tell_end(tx: Transaction, alert: Alert, *, automatic: bool) -> None:
    if alert.published_at is not None:  # of a draft nobody knows
        _emit(tx, alert, events.ended(alert, automatic=automatic))


def _emit(tx: Transaction, alert: Alert, message: events.Told) -> None:
    tx.emit(
        message,
        aggregate=str(alert.id),
        version=alert.version,
        correlation=alert.correlation,
        exercise=alert.exercise,
    )


async def _sound(tx: Transaction, alert: Alert) -> None:
    """Lets pass what officers may say.

    Errors: ENTITY_UNKNOWN, STRETCH_REVERSED, STRETCH_NOWHERE, STOP_OFF_LINE and those of the model.
    """
    said = alert.said
    model.check(said, tx.now)
    current = await feeds.current(tx)
    found = await resolved(tx, current.feed if current else None, alert)
    if current is not None and found.unknown:
        words = ", ".join(found.unknown[:5])
        message = f"The timetable that holds does not have: {words}. Lines are at /v1/routes, stops at /v1/stops."
        raise invalid("ENTITY_UNKNOWN", message, field="entities", named=words)
    if current is not None and found.nowhere:
        raise await _closes_nothing(tx, current.feed, found.nowhere)


async def _closes_nothing(tx: Transaction, feed: Feed, nowhere: Sequence[Entity]) -> DomainError:
    """Whoever believes that a road is closed, while buses go on there, is told."""
    stretches = [one for one in nowhere if one.begin]
    if not stretches:
        words = ", ".join(dict.fromkeys(one.stop for one in nowhere[:5]))
        message = f"No line that is named with these stops calls there: {words}. The lines of a stop are on its page."
        return invalid("STOP_OFF_LINE", message, field="entities", named=words)
    one = stretches[0]
    there, back = f"{one.begin} \N{RIGHTWARDS ARROW} {one.finish}", f"{one.finish} \N{RIGHTWARDS ARROW} {one.begin}"
    for each in stretches:
        if await goes(tx, feed, Entity(route=each.route, begin=each.finish, finish=each.begin)):
            message = f"Buses go the other way: {back}. Swap the two ends of the stretch."
            return invalid("STRETCH_REVERSED", message, field="entities", named=back)
    message = f"No line that is meant goes {there}. Name two stops that a line calls at one after the other, in order."
    return invalid("STRETCH_NOWHERE", message, field="entities", named=there)


async def _save(tx: Transaction, alert: Alert, step: Step, reason: str = "") -> None:
    by = "" if tx.caller.has("system") else tx.caller.subject
    await store.save(tx, alert)
    await store.add_change(tx, Change(alert.id, alert.version, step, by, tx.now, reason))


async def _shown(tx: Transaction, alert: Alert) -> Shown:
    current = await feeds.current(tx)
    found = await resolved(tx, current.feed if current else None, alert)
    return Shown(alert, found, await store.changes(tx, alert.id) if _sees(tx) else ())


async def _around(tx: Transaction, feed: Feed, route: str, stop: str) -> tuple[set[str], set[str]]:
    """The line with its stops, or the stop with its station, its platforms and their lines."""
    if route:
        known = await feeds.route(tx, feed.number, route)
        calls = await feeds.calls(tx, feed.number, known.number) if known else []
        at = await feeds.stops(tx, feed.number, {one.stop for one in calls}) if calls else {}
        return {route}, {one.id for one in at.values()}
    here = await feeds.stop(tx, feed.number, stop)
    if here is None:
        return set(), set()
    members = [here, *await feeds.children(tx, feed.number, here.number)]
    calling = await feeds.routes_of(tx, feed.number, [one.number for one in members])
    lines = await feeds.routes(tx, feed.number, {one for each in calling.values() for one in each}) if calling else {}
    return {one.id for one in lines.values()}, {one.id for one in members}


async def _locked(tx: Transaction, id_: str, etag: str) -> Alert:
    known: UUID | None = ids.parse(id_)
    alert = await store.get(tx, known, lock=True) if known else None
    if alert is None:
        raise _unknown()
    etags.require(etag, alert.version)
    return alert


def _officers(tx: Transaction) -> None:
    if tx.caller.agency not in rules_of(tx.runtime.city).agencies:
        raise _not_theirs()


def _sees(tx: Transaction) -> bool:
    """Whether the caller may know of drafts and of who did what."""
    if tx.caller.has("admin"):
        return True
    return tx.caller.has("officer") and tx.caller.agency in rules_of(tx.runtime.city).agencies


def _not_theirs() -> DomainError:
    message = (
        "Only officers of the agencies that run public transport write alerts (alerts.toml of the city's profile)."
    )
    return forbidden("ALERT_AGENCY_ONLY", message)


def _unknown() -> DomainError:
    return not_found("ALERT_NOT_FOUND", "There is no such alert for you; the list is at /v1/alerts.", field="id")
