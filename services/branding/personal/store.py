"""SQL of what branding keeps by a login: orders, their tickets with names on them, places in waiting rooms, events that
they wrote and corrections of places.
"""

from datetime import date

from services.branding.city_events import leaving
from services.branding.corrections import store as corrections
from services.branding.orders import store as orders
from services.branding.terms import days
from services.kit.database import Transaction, rows
from services.kit.personal import By, Deed, Kept, Kind

MOST = 1_000
"""Orders that are looked at and erased at once."""
_ORDERS = "SELECT id FROM ticket_order WHERE buyer = $1 AND buyer <> '' ORDER BY id LIMIT $2"
_TICKETS = "SELECT count(*) FROM ticket WHERE order_id = ANY($1::uuid[]) AND (holder <> '' OR sealed IS NOT NULL)"
_PLACES = """
SELECT count(*) AS held, count(*) FILTER (WHERE state = 'waiting') AS stays
  FROM waiting_place WHERE buyer = $1 AND buyer <> ''
"""
# What goes back goes to who paid: an order is known by its buyer until that is done, and while a ticket of it holds.
_OVER = f"""
SELECT id FROM ticket_order
 WHERE buyer = $3 AND (state IN ('expired', 'cancelled', 'returned') OR {orders.OVER} OR state = 'paid'
       AND NOT EXISTS (SELECT FROM ticket WHERE order_id = ticket_order.id AND state = 'valid'))
   AND NOT EXISTS (SELECT FROM ticket_refund WHERE order_id = ticket_order.id AND state <> 'done')
 ORDER BY id LIMIT $4
"""
_FORGET_NAMES = """
UPDATE ticket SET holder = '', sealed = NULL
 WHERE order_id = ANY($1::uuid[]) AND (holder <> '' OR sealed IS NOT NULL)
"""
_FORGET = "UPDATE ticket_order SET buyer = '', sealed = NULL WHERE id = ANY($1::uuid[])"
_FORGET_PLACES = (
    "UPDATE waiting_place SET buyer = '', sealed = NULL WHERE buyer = $1 AND buyer <> '' AND state <> 'waiting'"
)
_CORRECTIONS = """
SELECT count(*) AS held, count(*) FILTER (WHERE state = 'waiting') AS stays
  FROM destination_correction WHERE by = $1 AND by <> ''
"""
# What waits is known by them, so that nobody decides on their own.
_FORGET_CORRECTIONS = f"""
UPDATE destination_correction SET {corrections.TAKEN} WHERE by = $1 AND by <> '' AND state <> 'waiting'
"""
DEEDS = (
    Deed(
        "destination_acts",
        (
            By("destination_photo", "by", "created_at"),
            By("destination_correction", "decided_by", "created_at"),
            By("advisory", "by", "created_at"),
        ),
    ),
    Deed("ticket_sales", (By("ticket_sale", "opened_by", "created_at"), By("ticket_gate", "opened_by", "created_at"))),
    Deed("scanned_tickets", (By("ticket_scan", "by", "at"),)),
)
"""What staff do here, by their login."""
# What has a begin is told with its times, which its days follow: it may have been put off since it was ordered. Of a
# ticket that was passed on the name is another's. Of events fewer fit into an answer: one
# may say much.
KEPT = (
    Kept(
        "orders",
        """
        SELECT one.id, one.sealed, one.code, one.state, quantity, amount, payment, ends_at,
               CASE WHEN ends_at IS NULL THEN last_day END AS last_day, one.created_at
          FROM ticket_order AS one,
               LATERAL (SELECT ends_at FROM ticket_sale WHERE id = one.sale LIMIT 1) AS sold
         WHERE buyer = $1 AND buyer <> '' ORDER BY one.id DESC LIMIT $2
        """,
    ),
    Kept(
        "tickets",
        """
        SELECT one.id, CASE WHEN holder = $1 THEN sealed END AS sealed, one.code, one.state, ordered.code AS "order",
               starts_at, ends_at,
               CASE WHEN ends_at IS NULL THEN one.first_day END AS first_day,
               CASE WHEN ends_at IS NULL THEN one.last_day END AS last_day, one.price, one.admitted_day
          FROM (SELECT id, code FROM ticket_order
                 WHERE buyer = $1 AND buyer <> '' ORDER BY id DESC LIMIT $2) AS ordered,
               LATERAL (SELECT * FROM ticket WHERE order_id = ordered.id ORDER BY id LIMIT $2) AS one,
               LATERAL (SELECT starts_at, ends_at FROM ticket_sale WHERE id = one.sale LIMIT 1) AS sold
         LIMIT $2
        """,
        1_000,
    ),
    Kept(
        "places",
        """
        SELECT id, sealed, number, state, day, reason, created_at, decided_at
          FROM waiting_place WHERE buyer = $1 AND buyer <> '' ORDER BY buyer LIMIT $2
        """,
    ),
    Kept(
        "events",
        """
        SELECT code, coalesce(nullif(content, ''), written)::json ->> 'name' AS name, state, kind, content, written,
               reason, created_at, published_at, cancelled_at
          FROM city_event WHERE by = $1 AND by <> '' ORDER BY id DESC LIMIT $2
        """,
        50,
    ),
    Kept(
        "corrections",
        """
        SELECT state, content, reason, created_at, decided_at
          FROM destination_correction WHERE by = $1 AND by <> '' ORDER BY by LIMIT $2
        """,
    ),
)


async def look(tx: Transaction, subject: str, today: date, *, erase: bool) -> list[Kind]:
    """What there is, and why some of it stays or would stay. Who holds tickets that can be used is known until they are
    over, who waits until their turn; the ledger of what was paid is economy's.
    """
    made = [row["id"] for row in await tx.fetch(_ORDERS, subject, MOST)]
    begin = days.begin(today, tx.runtime.city.timezone)
    over = [row["id"] for row in await tx.fetch(_OVER, today, begin, subject, MOST)] if subject else []
    named, unnamed = await tx.fetchval(_TICKETS, made), await tx.fetchval(_TICKETS, over)
    (places,), (filed,) = await tx.fetch(_PLACES, subject), await tx.fetch(_CORRECTIONS, subject)
    events = await leaving.look(tx, subject, erase=erase)
    gone = [0, 0, 0, 0]
    if erase and subject:
        gone[1] = rows(await tx.execute(_FORGET_NAMES, over))
        gone[0] = rows(await tx.execute(_FORGET, over))
        for place, sql in enumerate((_FORGET_PLACES, _FORGET_CORRECTIONS), 2):
            gone[place] = rows(await tx.execute(sql, subject))
    return [
        Kind("orders", len(made), gone[0], "ticket" if len(made) > len(over) else ""),
        Kind("tickets", named, gone[1], "ticket" if named > unnamed else ""),
        Kind("places", places["held"], gone[2], "turn" if places["stays"] else ""),
        Kind("events", *events),
        Kind("corrections", filed["held"], gone[3], "undecided" if filed["stays"] else ""),
    ]
