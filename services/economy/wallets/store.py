"""SQL of wallets."""

from services.economy.wallets.model import Wallet
from services.kit.database import Transaction


async def by_subject(tx: Transaction, subject: str) -> Wallet | None:
    """The wallet of a subject; None before it was opened."""
    row = await tx.fetchrow("SELECT subject, account, created_at FROM wallet WHERE subject = $1", subject)
    return Wallet(*row) if row is not None else None


async def add(tx: Transaction, wallet: Wallet) -> bool:
    """Writes a new wallet; False when there is one."""
    sql = "INSERT INTO wallet (subject, account, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true"
    return bool(await tx.fetchval(sql, wallet.subject, wallet.account, wallet.created_at))
