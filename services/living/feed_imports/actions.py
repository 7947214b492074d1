"""What can be done with imports of feeds: one function per use case."""

from pathlib import PurePosixPath
from uuid import UUID

from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import conflict, forbidden, invalid, not_found, precondition, unavailable
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags
from services.living.feed_imports import access, model, store
from services.living.feed_imports.model import Finding, Import, State, Swap
from services.living.feeds import actions as feeds
from services.living.feeds import events
from services.living.feeds import store as feed_store
from services.living.feeds.model import TIMETABLE, Feed


async def create(tx: Transaction, url: str, name: str, size: int) -> Import:
    """An officer brings a feed: by its address, or as an archive of so many bytes that is sent next.

    Errors: NOT_YOURS, FEED_SOURCE_REQUIRED, FEED_ADDRESS_INVALID, FEED_IMPORTS_MANY.
    """
    access.require_office(tx)
    if bool(url) == bool(size):
        message = "Give the address of a feed, or the bytes of an archive that you send; one of the two."
        raise invalid("FEED_SOURCE_REQUIRED", message, field="url")
    url = model.address(url) if url else ""
    await tx.one_at_a_time("feed imports")
    model.require_room(await store.open_ones(tx))
    made = Import(
        id=ids.uuid7(),
        version=1,
        state=State.WAITING if url else State.UPLOADING,
        # What follows a question mark may be a key.
        source=url.partition("?")[0] if url else PurePosixPath(name.replace("\\", "/")).name or "gtfs.zip",
        url=url,
        agency=tx.agency or "",
        brought_by=tx.caller.subject,
        accepted_agency="",
        accepted_by="",
        bytes=size,
        came=0,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await store.save(tx, made)
    return made


async def put(tx: Transaction, id_: str, part: int, content: bytes) -> Import:
    """A part of the archive comes, from who brings it.

    Errors: FEED_IMPORT_NOT_FOUND, OWN_IMPORT_ONLY, INVALID_TRANSITION, FEED_PART_INVALID, FEED_PART_DIFFERS.
    """
    one = await _seen(tx, id_, lock=True)
    if one.brought_by != tx.caller.subject:
        raise forbidden("OWN_IMPORT_ONLY", "Only who began an import sends its archive.")
    changed = model.take(one, part, len(content), tx.now)
    if changed is None:
        if await store.differs(tx, one.id, part, content):
            raise conflict(
                "FEED_PART_DIFFERS", "Another archive came under this import. Begin another import for this one."
            )
        return one
    await store.put(tx, one.id, part, content)
    await store.save(tx, changed)
    return changed


async def get(tx: Transaction, id_: str) -> Import:
    """One of them. Errors: NOT_YOURS, FEED_IMPORT_NOT_FOUND."""
    return await _seen(tx, id_)


async def page(tx: Transaction, size: int, token: str) -> Page[Import]:
    """All of them, the newest first. Errors: NOT_YOURS, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    access.require_office(tx)
    return await store.page(tx, size, token)


async def findings(tx: Transaction, id_: str, severity: str, size: int, token: str) -> Page[Finding]:
    """What was found in its feed. Errors: as ``get``, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    one = await _seen(tx, id_)
    return await store.findings(tx, one.id, severity, size, token)


async def accept(tx: Transaction, id_: str, etag: str) -> Import:
    """Another officer lets it hold. Errors: as ``get``, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG, INVALID_TRANSITION."""
    one = await _seen(tx, id_, lock=True)
    require_disinterested(tx.caller, one.brought_by)
    etags.require(etag, one.version)
    return await _saved(tx, model.accept(one, tx.caller.subject, tx.agency or "", tx.now))


async def drop(tx: Transaction, id_: str, etag: str) -> Import:
    """It is not wanted; its archive goes. Errors: as ``accept`` but OWN_MATTER."""
    one = await _seen(tx, id_, lock=True)
    etags.require(etag, one.version)
    await store.erase(tx, one.id)
    return await _saved(tx, model.drop(one, tx.now))


async def retry(tx: Transaction, id_: str, etag: str) -> Import:
    """It is tried once more. Errors: as ``drop``."""
    one = await _seen(tx, id_, lock=True)
    etags.require(etag, one.version)
    return await _saved(tx, model.retry(one, tx.now))


async def swaps(tx: Transaction, size: int, token: str) -> Page[tuple[Swap, Feed]]:
    """Which feed held since when, the newest first. Errors: NOT_YOURS, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    access.require_office(tx)
    found = await store.swaps(tx, size, token)
    known = await feed_store.by_numbers(tx, {one.feed for one in found.rows})
    return Page([(one, known[one.feed]) for one in found.rows], found.token)


async def roll_back(tx: Transaction, feed: str, to: str) -> tuple[Swap, Feed]:
    """The feed before holds again: ``feed`` was seen to hold, and ``to`` to be the one before.

    What is taken back is not kept to go forward to: it holds again when another officer accepts it again.

    Errors: NOT_YOURS, FEED_NOT_FOUND, FEED_CHANGED, FEED_BEFORE_MISSING, FEED_IMPORT_AT_WORK.
    """
    access.require_office(tx)
    if not await store.alone(tx):
        raise unavailable("FEED_IMPORT_AT_WORK", "A feed is being loaded. Try again when that has ended.")
    current, _ = await feeds.held(tx)
    if str(current.feed.id) != feed.lower():
        raise conflict("FEED_CHANGED", "Another feed holds by now. Look again before you take it back.")
    before = await feed_store.by_number(tx, current.previous) if current.previous is not None else None
    if before is None:
        raise precondition("FEED_BEFORE_MISSING", "There is no feed before the one that holds.")
    if str(before.id) != to.lower():
        raise conflict("FEED_CHANGED", "Another feed is the one before by now. Look again before you go back.")
    await store.swap(tx, before.number, current.feed.number)
    swap = Swap(ids.uuid7(), before.number, "rollback", tx.agency or "", tx.caller.subject, tx.now)
    await store.add_swap(tx, swap)
    told = events.changed(before.id, before.digest, before.first_day, before.last_day, tx.now, made_up=before.made_up)
    version = int(tx.now.timestamp() * 1_000_000)  # grows with each swap, whatever feed it is
    tx.emit(told, aggregate=TIMETABLE, version=version, correlation=TIMETABLE)
    return swap, before


async def begin(tx: Transaction) -> Import | None:
    """The run of what has waited for longest begins; None where nothing waits."""
    one = await store.next_one(tx)
    if one is None:
        return None
    return await _saved(tx, model.begin(one, ids.uuid7(), tx.now))


async def ended(tx: Transaction, run: UUID | None, problem: str, code: str) -> bool:
    """A run (None: whichever there is) has ended without a result, if it has. Nothing that holds has changed."""
    one = await store.running(tx)
    if one is None or (run is not None and one.run != run):
        return False
    await _saved(tx, model.fail(one, problem, code, tx.now))
    return True


async def forget(tx: Transaction) -> bool:
    """Drops an import that waits for nobody any more, with its archive; whether there was one."""
    one = await store.forgotten(tx, tx.now - model.KEPT)
    if one is None:
        return False
    await store.erase(tx, one.id)
    await _saved(tx, model.drop(one, tx.now))
    return True


async def _saved(tx: Transaction, one: Import) -> Import:
    await store.save(tx, one)
    return one


async def _seen(tx: Transaction, id_: str, *, lock: bool = False) -> Import:
    access.require_office(tx)
    parsed = ids.parse(id_)
    found = await store.get(tx, parsed, lock=lock) if parsed else None
    if found is None:
        raise not_found(
            "FEED_IMPORT_NOT_FOUND", "There is no such import; the list is at /v1/feed-imports.", field="id"
        )
    return found
