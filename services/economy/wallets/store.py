"""SQL of wallets."""

from collections.abc import Collection

from services.economy.wallets.model import Wallet
from services.kit.database import Transaction, rows

# Whoever posts to the account locks it, and finds it closed afterwards. One that the treasury froze stays frozen.
_FORGET_UNUSED = """
WITH ended AS (
    UPDATE account SET owner = '', status = 'closed', version = version + 1
     WHERE id = (SELECT account FROM wallet WHERE subject = $1) AND entries = 0 AND held = 0 AND status = 'open'
    RETURNING id)
DELETE FROM wallet WHERE subject = $1 AND account IN (SELECT id FROM ended)
"""
_GIVE_UP = "DELETE FROM wallet USING account WHERE subject = $1 AND account.id = wallet.account AND account.owner = ''"


async def by_subject(tx: Transaction, subject: str) -> Wallet | None:
    """The wallet of a subject; None before it was opened."""
    row = await tx.fetchrow("SELECT subject, account, created_at FROM wallet WHERE subject = $1", subject)
    return Wallet(*row) if row is not None else None


async def of_subjects(tx: Transaction, subjects: Collection[str]) -> list[Wallet]:
    """The wallets of subjects, of those who have one."""
    sql = "SELECT subject, account, created_at FROM wallet WHERE subject = ANY($1::text[])"
    return [Wallet(*row) for row in await tx.fetch(sql, sorted(subjects))]


async def add(tx: Transaction, wallet: Wallet) -> bool:
    """Writes a new wallet; False when there is one."""
    sql = "INSERT INTO wallet (subject, account, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true"
    return bool(await tx.fetchval(sql, wallet.subject, wallet.account, wallet.created_at))


async def give_up(tx: Transaction, subject: str) -> None:
    """Takes a subject's wallet away whose account is nobody's."""
    await tx.execute(_GIVE_UP, subject)


async def forget_unused(tx: Transaction, subject: str) -> int:
    """Ends a subject's wallet in which nothing ever moved; its account is nobody's then. How many."""
    return rows(await tx.execute(_FORGET_UNUSED, subject))
