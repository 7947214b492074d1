"""SQL of what branding keeps by a login: orders of tickets, and names on the tickets of these."""

from datetime import date

from services.kit.database import Transaction
from services.kit.personal import Kind, rows

MOST = 1_000
"""Orders that are erased at once."""
_HELD = "SELECT count(*) FROM ticket_order WHERE buyer = $1 AND buyer <> ''"
_OVER = """
SELECT id FROM ticket_order
 WHERE buyer = $1 AND (state IN ('expired', 'cancelled', 'returned') OR last_day < $2) ORDER BY id LIMIT $3
"""
_FORGET_NAMES = "UPDATE ticket SET holder = '', sealed = NULL WHERE order_id = ANY($1::uuid[])"
_FORGET = "UPDATE ticket_order SET buyer = '', sealed = NULL WHERE id = ANY($1::uuid[])"


async def look(tx: Transaction, subject: str, today: date, *, erase: bool) -> list[Kind]:
    """What there is. Who holds tickets that can be used is known until they are over."""
    held: int = await tx.fetchval(_HELD, subject)
    gone = 0
    if erase and subject:
        over = [row["id"] for row in await tx.fetch(_OVER, subject, today, MOST)]
        await tx.execute(_FORGET_NAMES, over)
        gone = rows(await tx.execute(_FORGET, over))
    return [Kind("orders", held, gone, "ticket")]
