"""SQL of money that is put on wallets: of payments that somebody asked for into their own."""

from services.economy.topups.model import Waiting
from services.economy.wallets.model import Wallet
from services.kit.database import Transaction

_WAITING = """
SELECT id, code, amount, currency, expires_at FROM payment
 WHERE creator = $1 AND creator <> '' AND requester = '' AND bill = '' AND payee = $2
   AND state IN ('created', 'pending') AND expires_at > $3
 ORDER BY created_at DESC LIMIT $4
"""


async def waiting(tx: Transaction, wallet: Wallet, most: int) -> list[Waiting]:
    """Those into a wallet that can still be paid, newest first."""
    return [Waiting(*row) for row in await tx.fetch(_WAITING, wallet.subject, wallet.account, tx.now, most)]
