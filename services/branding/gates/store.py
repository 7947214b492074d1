"""SQL of gates and scans."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from services.branding.gates.model import Gate, Scan
from services.branding.tickets.model import Ticket
from services.branding.tickets.store import TICKETS
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.kit.database.transaction import Write

GATES = Table(Gate, "ticket_gate", fixed=("sale", "agency", "opened_by", "created_at"))
SCANS = Table(Scan, "ticket_scan")
_NEWEST: Keyset[Scan] = Keyset({"at": datetime, "id": UUID}, of=lambda one: (one.at, one.id), descending=True)
_BY_ID: Keyset[Ticket] = Keyset({"id": UUID}, of=lambda one: (one.id,))
LISTED = 1_000
"""Tickets of one page of a gate's list."""

get, save = GATES.get, GATES.save
add_all = SCANS.add_all

_SEE = """
UPDATE ticket_scan SET verdict = new.verdict, amiss = new.amiss, happened = new.happened, offline = new.offline,
       at = new.at, day = new.day
  FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::boolean[], $5::boolean[], $6::timestamptz[], $7::date[])
       AS new (id, verdict, amiss, happened, offline, at, day)
 WHERE ticket_scan.id = new.id
"""
_MOVE = """
UPDATE ticket SET admissions = new.admissions, admitted_day = new.day, inside = new.inside, version = new.version,
       updated_at = $6
  FROM unnest($1::uuid[], $2::bigint[], $3::date[], $4::boolean[], $5::bigint[])
       AS new (id, admissions, day, inside, version)
 WHERE ticket.id = new.id
"""
_TODAY = """
SELECT count(*)::integer FROM ticket_scan WHERE gate = $1 AND day = $2 AND happened AND NOT leaving
"""


async def of_sale(tx: Transaction, sale: UUID) -> list[Gate]:
    """The gates of a sale, by name."""
    return await GATES.every(tx, "sale = $1 ORDER BY name, id", sale)


async def known(tx: Transaction, gate: UUID, scans: Collection[str]) -> dict[str, Scan]:
    """Scans of a gate by what it calls them."""
    found = await SCANS.every(tx, "gate = $1 AND scan = ANY($2::text[])", gate, sorted(scans))
    return {one.scan: one for one in found}


async def of_tickets(tx: Transaction, tickets: Collection[UUID]) -> dict[UUID, list[Scan]]:
    """What happened with each of some tickets."""
    found: dict[UUID, list[Scan]] = {}
    for one in await SCANS.every(tx, "ticket = ANY($1::uuid[]) AND happened", sorted(tickets)):
        assert one.ticket is not None
        found.setdefault(one.ticket, []).append(one)
    return found


async def lock_tickets(tx: Transaction, codes: Collection[str]) -> dict[str, Ticket]:
    """Tickets by their codes, locked in the order of their ids."""
    tail = "code = ANY($1::text[]) ORDER BY id FOR NO KEY UPDATE"
    return {one.code: one for one in await TICKETS.every(tx, tail, sorted(codes))} if codes else {}


def seen(scans: Sequence[Scan]) -> Write:
    """The write of scans that are seen differently now."""
    if not scans:
        return Write(_SEE, ())
    columns = ([one.id for one in scans], [one.verdict.value for one in scans], [one.amiss for one in scans])
    moves = ([one.happened for one in scans], [one.offline for one in scans], [one.at for one in scans])
    return Write(_SEE, (*columns, *moves, [one.day for one in scans]))


def moved(tickets: Sequence[Ticket], now: datetime) -> Write:
    """The write of what scans made of their tickets."""
    if not tickets:
        return Write(_MOVE, ())
    columns = (
        [one.id for one in tickets], [one.admissions for one in tickets], [one.admitted_day for one in tickets],
        [one.inside for one in tickets], [one.version for one in tickets],
    )  # fmt: skip
    return Write(_MOVE, (*columns, now))


async def amiss(tx: Transaction, sale: UUID, size: int, token: str) -> Page[Scan]:
    """Scans of a sale that should not have happened, the newest first."""
    return await SCANS.page(tx, _NEWEST, size, token, sale=sale, amiss=True)


async def today(tx: Transaction, gate: UUID, day: date) -> int:
    """How many a gate let in on a day."""
    return int(await tx.fetchval(_TODAY, gate, day))


async def listed(tx: Transaction, sale: UUID, day: date | None, token: str) -> Page[Ticket]:
    """A page of the tickets that hold of a sale, of a destination on a day."""
    wanted = ("gate list", sale, day)
    after = _BY_ID.after(token, wanted) or [UUID(int=0)]
    if day is None:
        tail = "sale = $1 AND id > $2 AND state = 'valid' ORDER BY id LIMIT $3"
        rows = await TICKETS.every(tx, tail, sale, *after, LISTED + 1)
    else:
        tail = "sale = $1 AND first_day = $4 AND id > $2 AND state = 'valid' ORDER BY id LIMIT $3"
        rows = await TICKETS.every(tx, tail, sale, *after, LISTED + 1, day)
    return _BY_ID.cut(rows, LISTED, wanted)
