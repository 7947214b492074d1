"""SQL of those who support proposals."""

from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.society.supporting.model import Person, Supporter

_SUPPORTERS = Table(Supporter, "proposal_supporter")
_NEWEST: Keyset[Supporter] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
add_all = _SUPPORTERS.add_all
_SEE = """
INSERT INTO support_seen (person, at) VALUES ($1, $2) ON CONFLICT (person) DO UPDATE SET at = excluded.at
"""


async def same(tx: Transaction, proposal: UUID, person: Person) -> Supporter | None:
    """The supporter who is this person for certain: by login, or by a browser that no other login used."""
    found = None
    if person.login is not None:
        found = await _SUPPORTERS.first(tx, "proposal = $1 AND login = $2", proposal, person.login)
    if found is None and person.session is not None:
        tail = "proposal = $1 AND session = $2 AND ($3 OR login IS NULL)"
        found = await _SUPPORTERS.first(tx, tail, proposal, person.session, person.login is None)
    return found


async def adopt(tx: Transaction, one: Supporter, person: Person) -> None:
    """Somebody known by their browser alone has logged in: they find it again from now on."""
    sql = "UPDATE proposal_supporter SET login = $2, person = $3 WHERE id = $1"
    await tx.execute(sql, one.id, person.login, person.person)


async def page(tx: Transaction, person: bytes, size: int, token: str) -> Page[Supporter]:
    """What somebody supports, the newest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    return await _SUPPORTERS.page(tx, _NEWEST, size, token, person=person)


async def see(tx: Transaction, person: bytes) -> None:
    """Somebody has seen all until now."""
    await tx.execute(_SEE, person, tx.now)


async def seen(tx: Transaction, person: bytes) -> datetime | None:
    """Until when somebody has seen all; None where they never said so."""
    at: datetime | None = await tx.fetchval("SELECT at FROM support_seen WHERE person = $1", person)
    return at


async def network_has(tx: Transaction, proposal: UUID, network: bytes) -> bool:
    """Whether somebody of that network counts since the same day."""
    sql = "SELECT true FROM proposal_supporter WHERE proposal = $1 AND network = $2 AND counted LIMIT 1"
    return bool(await tx.fetchval(sql, proposal, network))


async def forget_networks(tx: Transaction, before: datetime) -> None:
    """Forgets the networks of those who joined earlier: they tell nobody apart after their day."""
    # Both bounds, so that any plan takes it for the short stretch of the index that it is.
    await tx.execute(
        "UPDATE proposal_supporter SET network = NULL"
        " WHERE network IS NOT NULL AND joined_at > '-infinity' AND joined_at < $1",
        before,
    )
