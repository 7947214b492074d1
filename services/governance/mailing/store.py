"""SQL of what goes to addresses; they are known by a keyed digest."""

from datetime import date

from services.governance.contacts.model import MailState
from services.governance.mailing import model
from services.kit.database import Transaction

_CHARGE = """
INSERT INTO mail_address AS known (address, day, confirmations, links, mails, ask_time)
VALUES ($1, $2, $3, $8, 1, CASE WHEN $3 = 1 THEN $4::timestamptz END)
ON CONFLICT (address) DO UPDATE SET
    day = $2,
    confirmations = $3 + CASE WHEN known.day = $2 THEN known.confirmations ELSE 0 END,
    links = $8 + CASE WHEN known.day = $2 THEN known.links ELSE 0 END,
    mails = 1 + CASE WHEN known.day = $2 THEN known.mails ELSE 0 END,
    ask_time = CASE WHEN $3 = 1 THEN $4 ELSE known.ask_time END
WHERE (known.day <> $2
       OR (known.confirmations + $3 <= $5 AND known.links + $8 <= $9 AND known.mails < $6))
  AND (known.stop = '' OR ($3 = 1 AND (known.ask_time IS NULL OR known.ask_time <= $4 - $7::interval)))
RETURNING true
"""


async def charge(tx: Transaction, address: bytes, day: date, *, confirming: bool, linking: bool) -> bool:
    """Counts one mail to an address. False, and nothing is counted, when no more may go there."""
    passed = await tx.fetchval(
        _CHARGE,
        address,
        day,
        int(confirming),
        tx.now,
        model.CONFIRMATIONS_A_DAY,
        model.MAILS_A_DAY,
        model.REST,
        int(linking),
        model.LINKS_A_DAY,
    )
    return bool(passed)


async def is_full(tx: Transaction, address: bytes, day: date, *, confirming: bool) -> bool:
    """Whether an address got as many mails of a day as it gets, or as many confirmations."""
    found = await tx.fetchval(
        """
        SELECT mails >= $3 OR (confirmations >= $4 AND $5) FROM mail_address WHERE address = $1 AND day = $2
        """,
        address,
        day,
        model.MAILS_A_DAY,
        model.CONFIRMATIONS_A_DAY,
        confirming,
    )
    return bool(found)


async def stop(tx: Transaction, address: bytes, day: date, why: MailState) -> None:
    """Takes note that an address gets nothing more."""
    await tx.execute(
        """
        INSERT INTO mail_address AS known (address, day, confirmations, mails, stop, stop_time)
        VALUES ($1, $2, 0, 0, $3, $4)
        ON CONFLICT (address) DO UPDATE SET stop = $3, stop_time = $4, ask_time = NULL
        """,
        address,
        day,
        why.value,
        tx.now,
    )


async def is_stopped(tx: Transaction, address: bytes) -> bool:
    """Whether an address gets nothing more."""
    found = await tx.fetchval("SELECT true FROM mail_address WHERE address = $1 AND stop <> ''", address)
    return bool(found)


async def resume(tx: Transaction, address: bytes) -> None:
    """The owner of an address wants mail again."""
    await tx.execute("UPDATE mail_address SET stop = '', stop_time = NULL WHERE address = $1", address)


async def forget(tx: Transaction, before: date) -> None:
    """Forgets addresses whose counts are of earlier days; those that said stop are kept."""
    await tx.execute("DELETE FROM mail_address WHERE stop = '' AND day < $1", before)
