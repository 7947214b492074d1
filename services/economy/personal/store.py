"""SQL of what economy keeps by a login. Nothing of it is erased: it is the city's books.

Pasal 28 (11) UU KUP has books and what they rest on kept for ten years; a wallet is an account in them. Payments by a
wallet stand in the books under the account, and leave no other trace by the login.
"""

from services.kit.database import Transaction
from services.kit.personal import Kind


async def look(tx: Transaction, subject: str) -> list[Kind]:
    """What there is."""
    wallets: int = await tx.fetchval("SELECT count(*) FROM wallet WHERE subject = $1", subject)
    return [Kind("wallets", wallets, 0, "ledger")]
