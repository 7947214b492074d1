"""What can be done with incidents by themselves; what units do is in ``assignments``."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import asyncpg

from services.governance.incidents import events, model, store
from services.governance.incidents.model import Assignment, Incident, State
from services.governance.journal import actions as journal
from services.governance.journal import store as entries
from services.governance.journal.model import What
from services.governance.protocol.model import protocol_of
from services.governance.sites.model import Site, Where, put_right, site
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import not_found
from services.kit.rpc import etag as etags


async def page(
    tx: Transaction, states: Sequence[State], size: int, token: str, *, urgent: bool
) -> tuple[Page[Incident], int]:
    """Those in these states, and where the most ``urgent`` come first how many there are, if not all of them are here.

    Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    found = await store.page(tx, states, size, token, urgent=urgent)
    return found, await store.count(tx, states) if urgent and found.token else 0


async def known(tx: Transaction, id_: str, *, lock: bool = False) -> Incident:
    """One by its id. Errors: INCIDENT_NOT_FOUND."""
    given = ids.parse(id_)
    found = await store.get(tx, given, lock=lock) if given else None
    if found is None:
        raise not_found("INCIDENT_NOT_FOUND", "There is no incident with this id.", field="id")
    return found


async def locked(tx: Transaction, *given: str) -> list[Incident]:
    """Some that are to be changed, locked in the order of their ids, so that nobody waits for who waits for them.

    Errors: INCIDENT_NOT_FOUND.
    """
    found = {name: await known(tx, name, lock=True) for name in sorted({each.lower() for each in given})}
    return [found[each.lower()] for each in given]


async def whole(tx: Transaction, one: Incident) -> Incident:
    """What one was merged into, and what that was, to the end: there it goes on. One that is its own goes on itself."""
    while one.merged_into is not None:
        into = await store.get(tx, one.merged_into)
        assert into is not None, "incidents are merged into those that are there"
        one = into
    return one


async def ends(tx: Transaction, several: Sequence[Incident]) -> list[Incident]:
    """What each of them goes on in, locked with them: none is closed, merged or comes back before the commit.

    Raises asyncpg.SerializationError.
    """
    seen = [await whole(tx, one) for one in several]
    held = {one.id: one for one in await locked(tx, *(str(one.id) for one in (*several, *seen)))}
    found = [await whole(tx, held[one.id]) for one in several]
    if [one.id for one in found] != [one.id for one in seen]:
        raise asyncpg.SerializationError("what it was merged into was merged, or came back, meanwhile")
    return [held[one.id] for one in found]


async def open_one(
    tx: Transaction, kind: str, priority: int, site: Site, note: str, *, exercise: bool, story: str = "",
    warning: str = "", call: datetime | None = None, paper: bool = False,
) -> Incident:  # fmt: skip
    """Opens one, with a clock for each service of its kind. Clocks run from when the ``call`` came, and count
    nowhere where it was entered from a ``paper`` form.

    Errors: NO_EMERGENCY_NUMBER, INCIDENT_KIND_UNKNOWN, PRIORITY_UNKNOWN.
    """
    protocol = protocol_of(tx.runtime.city)
    of = protocol.kind(kind)
    level = protocol.priority(priority or of.priority).level
    identity = ids.uuid7()
    made = Incident(
        id=identity,
        version=1,
        number=await entries.next_number(tx, "incident"),
        state=State.WAITING,
        kind=of.id,
        priority=level,
        place=site.place,
        area=site.area,
        lon=site.lon,
        lat=site.lat,
        note=note,
        exercise=exercise,
        warning=warning,
        story=story or str(identity),
        called_at=call or tx.now,
        created_at=tx.now,
        updated_at=tx.now,
        paper=paper,
    )
    await store.save(tx, made)
    for service in of.services:
        await store.save_clock(tx, model.clock(ids.uuid7(), made, service, protocol.target(level)))
    events.emit(tx, made, events.opened(tx.runtime.city, made))
    await journal.note(tx, What.OPENED, made.id, text=made.kind, exercise=exercise)
    return made


async def relocate(tx: Transaction, id_: str, etag: str, where: Where, reason: str) -> Incident:
    """It is somewhere else than was told. Who works on it is shown the new place, and advice goes by it.

    Errors: as ``known``, STALE_ETAG, ETAG_REQUIRED, LOCATION_REQUIRED, OUTSIDE_CITY, AREA_UNKNOWN and of the model.
    """
    city, one = tx.runtime.city, await known(tx, id_, lock=True)
    etags.require(etag, one.version)
    after = model.relocated(one, put_right(city, one.site, site(city, *where)), tx.now)
    await store.save(tx, after)
    text = f"{one.site.told(city)} → {after.site.told(city)}: {reason}"
    await journal.note(tx, What.NOTED, one.id, text=text, exercise=one.exercise)
    return after


async def note(tx: Transaction, id_: str, etag: str, text: str) -> Incident:
    """Adds a line to its timeline, also when it is over. Errors: STALE_ETAG, as ``known``."""
    one = await known(tx, id_, lock=True)
    etags.match(etag, one.version)
    after = model.touched(one, tx.now)
    await store.save(tx, after)
    await journal.note(tx, What.NOTED, one.id, text=text, exercise=one.exercise)
    return after


async def restand(tx: Transaction, incident: UUID) -> Incident:
    """It stands where the units that work on it say. The incident must be there."""
    one = await store.get(tx, incident, lock=True)
    assert one is not None, "units are sent to incidents that are there"
    after = model.stands(one, await _work(tx, one), tx.now)
    if after is not one:
        await store.save(tx, after)
    return after


async def reset_clocks(tx: Transaction, one: Incident) -> None:
    """The clocks there stand where the units say that work on it, or did, or on what was merged into it.

    The incident must be locked. What is over has no clock that runs.
    """
    clocks = await store.clocks(tx, [one.id])
    work = await _work(tx, one)
    homes = await store.homes(tx, {each.home for each in clocks})
    for clock in model.answered(clocks, work, homes):
        await store.save_clock(tx, replace(clock, open=clock.open and one.open))


async def _work(tx: Transaction, one: Incident) -> list[Assignment]:
    """What units do and did about it, and about what was merged into it."""
    return await store.work(tx, [one.id, *await store.below(tx, one.id)])
