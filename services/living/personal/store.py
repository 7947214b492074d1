"""SQL of what living keeps by a login."""

from services.kit.database import Transaction
from services.kit.personal import By, Deed, Kept, Kind, rows

_CARDS = """
SELECT count(*) AS held, count(*) FILTER (WHERE NOT blocked) AS used,
       count(*) FILTER (WHERE blocked AND due + refused > 0) AS owing
  FROM travel_card WHERE owner = $1
"""
_RIDES = "SELECT count(*) AS held, count(*) FILTER (WHERE settled_at IS NOT NULL) AS settled FROM ride WHERE owner = $1"
_CONCESSIONS = "SELECT count(*) FROM concession WHERE owner = $1"
_RESIDENT = "SELECT count(*) FROM concession_resident WHERE subject = $1"
_FORGET_RIDES = """
UPDATE ride
   SET id = gen_random_uuid(), card = NULL, owner = '', stop = '', payment = '',
       tapped_at = date_trunc('hour', tapped_at), asked_at = date_trunc('day', asked_at),
       settled_at = date_trunc('day', settled_at),
       created_at = date_trunc('day', created_at), updated_at = date_trunc('day', updated_at)
 WHERE owner = $1 AND settled_at IS NOT NULL
"""
_FORGET_CARDS = "UPDATE travel_card SET owner = '' WHERE owner = $1 AND blocked AND due + refused = 0"
_FORGET_CONCESSIONS = "DELETE FROM concession WHERE owner = $1"
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
        SELECT route, stop, tapped_at, rider, fare, basis, state, payment, refunded, settled_at
          FROM ride WHERE owner = $1 ORDER BY tapped_at DESC, id DESC LIMIT $2
        """,
        1_000,
    ),
    Kept(
        "cards",
        "SELECT number, blocked, due, created_at FROM travel_card WHERE owner = $1 ORDER BY id DESC LIMIT $2",
    ),
    Kept(
        "concessions",
        """
        SELECT rider, state, proof, first_day, last_day, note, created_at, decided_at
          FROM concession WHERE owner = $1 ORDER BY id DESC LIMIT $2
        """,
    ),
    Kept("residence", "SELECT confirmed_at FROM concession_resident WHERE subject = $1 LIMIT $2"),
)


async def look(tx: Transaction, subject: str, *, erase: bool) -> list[Kind]:
    """What there is, and what of it was erased. A ride is owed until it is settled; its owner blocks a card first."""
    concessions, resident = [await tx.fetchval(sql, subject) for sql in (_CONCESSIONS, _RESIDENT)]
    cards, ridden = [await tx.fetchrow(sql, subject) for sql in (_CARDS, _RIDES)]
    assert cards is not None
    assert ridden is not None
    gone = [0, 0, 0, 0]
    if erase:
        for place, sql in enumerate((_FORGET_RIDES, _FORGET_CARDS, _FORGET_CONCESSIONS, _FORGET_RESIDENT)):
            gone[place] = rows(await tx.execute(sql, subject))
    return [
        Kind("rides", ridden["held"], gone[0], "owed" if ridden["held"] > ridden["settled"] else ""),
        Kind("cards", cards["held"], gone[1], "card" if cards["used"] else "owed" if cards["owing"] else ""),
        Kind("concessions", concessions, gone[2]),
        Kind("residence", resident, gone[3]),
    ]
