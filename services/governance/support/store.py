"""SQL of those who join a case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.governance.support.model import Person, Supporter
from services.kit.database import Transaction
from services.kit.database.table import Table

_SUPPORTERS = Table(Supporter, "supporter")


async def same(tx: Transaction, complaint_id: UUID, person: Person) -> Supporter | None:
    """The supporter of the case who is this person for certain: by login, or by a browser that no other login used."""
    found = None
    if person.login:
        found = await _SUPPORTERS.first(tx, "complaint_id = $1 AND subject = $2", complaint_id, person.login)
    if found is None and person.session is not None:
        tail = "complaint_id = $1 AND session = $2 AND ($3 = '' OR starts_with(subject, 'request:'))"
        found = await _SUPPORTERS.first(tx, tail, complaint_id, person.session, person.login)
    return found


async def adopt(tx: Transaction, complaint_id: UUID, mark: str, login: str) -> None:
    """Somebody who was erased joins again: it is theirs from now on, and counts as before."""
    await tx.execute(
        "UPDATE supporter SET subject = $3 WHERE complaint_id = $1 AND subject = $2", complaint_id, mark, login
    )


async def network_joined(tx: Transaction, complaint_id: UUID, network: bytes) -> bool:
    """Whether somebody of that network joined the case on that day, and counts."""
    found = await tx.fetchval(
        "SELECT true FROM supporter WHERE complaint_id = $1 AND network = $2 AND counted LIMIT 1", complaint_id, network
    )
    return bool(found)


async def add(tx: Transaction, complaint_id: UUID, supporter: Supporter, person: Person) -> None:
    """Adds a supporter, and to the case's number if they count."""
    await tx.execute(
        """
        WITH added AS (
            INSERT INTO supporter (id, complaint_id, subject, joined_at, counted, session, network)
            VALUES ($2, $1, $3, $4, $5, $6, $7) RETURNING complaint_id, counted
        )
        UPDATE complaint SET supporters = supporters + 1 FROM added WHERE id = added.complaint_id AND added.counted
        """,
        complaint_id,
        supporter.id,
        person.login or f"request:{supporter.id}",
        tx.now,
        supporter.counted,
        person.session,
        person.network,
    )


async def get(tx: Transaction, supporter_id: UUID) -> Supporter | None:
    """A supporter by the id of the joining."""
    return await _SUPPORTERS.get(tx, supporter_id)


async def twin(tx: Transaction, complaint_id: UUID, supporter_id: UUID, address: bytes) -> bool:
    """Whether the owner of an address is in the case already: as its reporter, or as a supporter who counts."""
    found = await tx.fetchval(
        """
        SELECT true FROM contact LEFT JOIN supporter ON supporter.id = contact.subject
        WHERE contact.address = $3 AND contact.complaint_id = $1 AND contact.subject <> $2
            AND contact.mail = 'confirmed' AND (contact.subject = $1 OR supporter.counted)
        LIMIT 1
        """,
        complaint_id,
        supporter_id,
        address,
    )
    return bool(found)


async def count(tx: Transaction, complaints: Sequence[UUID], supporter_id: UUID, *, counts: bool) -> None:
    """Lets a supporter count from now on, or no more, at these; they must be locked."""
    await tx.execute(
        """
        WITH changed AS (UPDATE supporter SET counted = $3 WHERE id = $2 AND counted <> $3 RETURNING id)
        UPDATE complaint SET supporters = greatest(0, supporters + CASE WHEN $3 THEN 1 ELSE -1 END)
        FROM changed WHERE complaint.id = ANY($1)
        """,
        complaints,
        supporter_id,
        counts,
    )


async def absorb(tx: Transaction, original: UUID, duplicate: UUID, reporter: str, nameless: int) -> None:
    """Those who are behind a duplicate are behind the original from now on: who has a login once, others by number.

    `reporter` is the login of the duplicate's reporter, empty without one; `nameless` its number of supporters.
    """
    await tx.execute(
        """
        WITH known AS (
            SELECT subject FROM supporter
            WHERE complaint_id = $2 AND counted AND NOT starts_with(subject, 'request:')
        ), moved AS (
            INSERT INTO supporter (id, complaint_id, subject, joined_at)
            SELECT gen_random_uuid(), $1, subject, $5
            FROM (SELECT subject FROM known UNION SELECT $3 WHERE $3 <> '') AS behind
            WHERE subject <> (SELECT reporter FROM complaint WHERE id = $1)
            ON CONFLICT (complaint_id, subject) DO NOTHING RETURNING 1
        )
        UPDATE complaint
        SET supporters = supporters + (SELECT count(*) FROM moved) + ($3 = '')::integer
                         + greatest(0, $4 - (SELECT count(*) FROM known))
        WHERE id = $1
        """,
        original,
        duplicate,
        reporter,
        nameless,
        tx.now,
    )


async def forget_networks(tx: Transaction, before: datetime) -> None:
    """Forgets the networks of those who joined earlier: they tell nobody apart after their day."""
    # Both bounds, so that any plan takes it for the short stretch of the index that it is.
    await tx.execute(
        "UPDATE supporter SET network = NULL WHERE network IS NOT NULL AND joined_at > '-infinity' AND joined_at < $1",
        before,
    )
