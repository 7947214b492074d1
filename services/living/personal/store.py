"""SQL of what living keeps by a login."""

from collections.abc import Mapping
from datetime import timedelta

from services.kit.database import Transaction, rows
from services.kit.personal import By, Deed, Kept, Kind
from services.living.concessions import actions as concessions
from services.living.fares.terms import terms_of

# What was used a short while ago stays ($2) as long as taps may come in for it: they are judged by what was there.
_CARDS = """
SELECT count(*) AS held, count(*) FILTER (WHERE NOT blocked) AS used,
       count(*) FILTER (WHERE block = 'misused') AS misused,
       count(*) FILTER (WHERE blocked AND due + refused > 0) AS owing, count(*) FILTER (WHERE denied_at >= $2) AS late
  FROM travel_card WHERE owner = $1
"""
_RIDES = """
SELECT count(*) AS held, count(*) FILTER (WHERE settled_at IS NULL) AS owing,
       count(*) FILTER (WHERE tapped_at >= $2) AS late
  FROM ride WHERE owner = $1
"""
_CONCESSIONS = """
SELECT count(*) AS held, count(*) FILTER (WHERE last_day >= $2) AS late FROM concession WHERE owner = $1
"""
_CORRECTIONS = "SELECT count(*) FROM facility_correction WHERE by = $1 AND by <> ''"
_RESIDENT = "SELECT count(*) FROM concession_resident WHERE subject = $1"
_FORGET_RIDES = """
UPDATE ride
   SET id = gen_random_uuid(), card = NULL, owner = '', stop = '', payment = '',
       tapped_at = date_trunc('hour', tapped_at), asked_at = date_trunc('day', asked_at),
       settled_at = date_trunc('day', settled_at),
       created_at = date_trunc('day', created_at), updated_at = date_trunc('day', updated_at)
 WHERE owner = $1 AND tapped_at < $2 AND settled_at IS NOT NULL
"""
_FORGET_CARDS = """
UPDATE travel_card SET owner = ''
 WHERE owner = $1 AND blocked AND block <> 'misused' AND due + refused = 0 AND denied_at < $2
"""
_END_CONCESSIONS = """
UPDATE concession SET last_day = $2, version = version + 1, updated_at = $3 WHERE owner = $1 AND last_day > $2
"""
_FORGET_CONCESSIONS = "DELETE FROM concession WHERE owner = $1 AND (last_day IS NULL OR last_day < $2)"
# What waits is known by them, so that nobody decides on their own; a name that was accepted is the facility's.
_FORGET_CORRECTIONS = """
UPDATE facility_correction SET by = '', reason = '', name = CASE state WHEN 'declined' THEN '' ELSE name END
 WHERE by = $1 AND by <> '' AND state <> 'waiting'
"""
_FORGET_RESIDENT = "DELETE FROM concession_resident WHERE subject = $1"

DEEDS = (
    Deed("decided_corrections", (By("facility_correction", "decided_by", "created_at"),)),
    Deed(
        "timetables",
        (
            By("feed_import", "brought_by", "created_at"),
            By("feed_import", "accepted_by", "created_at"),
            By("feed_swap", "swapped_by", "swapped_at"),
        ),
    ),
    Deed("decided_concessions", (By("concession", "decided_by", "created_at"),)),
    Deed(
        "controlled_rides",
        (By("ride", "taken_by", "tapped_at", "taken_by <> owner"), By("ride", "decided_by", "tapped_at")),
    ),
    Deed("service_alerts", (By("service_alert_change", "by", "at"),)),
)
"""What staff do here, by their login."""
KEPT = (
    Kept(
        "rides",
        """
        SELECT route, stop, validator, tapped_at, offline, rider, fare, basis, state, payment, refunded, settled_at
          FROM ride WHERE owner = $1 ORDER BY tapped_at DESC, id DESC LIMIT $2
        """,
        1_000,
    ),
    Kept(
        "cards",
        """
        SELECT number, blocked, block, due, refused, created_at
          FROM travel_card WHERE owner = $1 ORDER BY id DESC LIMIT $2
        """,
    ),
    Kept(
        "concessions",
        """
        SELECT rider, state, proof, first_day, last_day, note, created_at, decided_at
          FROM concession WHERE owner = $1 ORDER BY id DESC LIMIT $2
        """,
    ),
    Kept(
        "corrections",
        """
        SELECT one.state, facility.code AS facility, one.name, one.lon, one.lat, one.area, one.hours, one.access,
               one.closed, one.reason, one.created_at, one.decided_at
          FROM facility_correction AS one JOIN facility ON facility.id = one.facility
         WHERE one.by = $1 AND one.by <> '' ORDER BY one.id DESC LIMIT $2
        """,
    ),
    Kept("residence", "SELECT confirmed_at FROM concession_resident WHERE subject = $1 LIMIT $2"),
)


async def look(tx: Transaction, subject: str, *, erase: bool) -> list[Kind]:
    """What there is, and what of it was erased. A ride is owed until it is settled; its owner blocks a card first. A
    concession that holds ends today.
    """
    known, today = terms_of(tx.runtime.city), concessions.day_of(tx)
    since = tx.now - known.late if known else tx.now + timedelta(days=1)  # no tap comes in any more
    first = concessions.day_of(tx, since)
    rides, cards, granted = [
        dict(await tx.fetchrow(sql, subject, bound) or {})
        for sql, bound in ((_RIDES, since), (_CARDS, since), (_CONCESSIONS, first))
    ]
    corrections, resident = [await tx.fetchval(sql, subject) for sql in (_CORRECTIONS, _RESIDENT)]
    gone = [0, 0, 0, 0, 0]
    if erase:
        await tx.execute(_END_CONCESSIONS, subject, today, tx.now)
        forgotten = ((_FORGET_RIDES, since), (_FORGET_CARDS, since), (_FORGET_CONCESSIONS, first))
        gone = [rows(await tx.execute(sql, subject, bound)) for sql, bound in forgotten]
        gone += [rows(await tx.execute(sql, subject)) for sql in (_FORGET_CORRECTIONS, _FORGET_RESIDENT)]
    return [
        Kind("rides", rides["held"], gone[0], _why(rides)),
        Kind("cards", cards["held"], gone[1], "card" if cards["used"] else _why(cards)),
        Kind("concessions", granted["held"], gone[2], _why(granted)),
        Kind("corrections", corrections, gone[3], "undecided"),
        Kind("residence", resident, gone[4]),
    ]


def _why(found: Mapping[str, int]) -> str:
    """Why some of it is kept, if it is. Who misused a card opens no other until the agency lets it be used again."""
    if found.get("misused"):
        return "misused"
    return "owed" if found.get("owing") else "taps" if found["late"] else ""
