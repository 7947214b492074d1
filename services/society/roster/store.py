"""SQL of who has answered. It holds neither an answer nor a time."""

from uuid import UUID

from services.kit.database import Transaction

MOST_OF_A_NETWORK = 30
"""Answers from one network on a day without a login: as many as a school's class behind one address."""


async def entry(tx: Transaction, survey: UUID, person: bytes) -> bytes | None:
    """The digest of the request by which somebody has answered; None where they have not."""
    sql = "SELECT request FROM survey_person WHERE survey = $1 AND person = $2"
    found: bytes | None = await tx.fetchval(sql, survey, person)
    return found


async def enter(tx: Transaction, survey: UUID, person: bytes, network: bytes | None, request: bytes) -> bool:
    """Writes that somebody has answered; False where they have."""
    sql = "INSERT INTO survey_person (survey, person, network, request) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
    return await tx.execute(sql, survey, person, network, request) == "INSERT 0 1"


async def network_is_full(tx: Transaction, survey: UUID, network: bytes) -> bool:
    """Whether as many have answered from a network as may. Others of it wait: two at once are not both the last."""
    await tx.one_at_a_time(f"answers {survey} {network.hex()}")
    sql = "SELECT count(*) FROM (SELECT FROM survey_person WHERE survey = $1 AND network = $2 LIMIT $3) AS counted"
    return bool(await tx.fetchval(sql, survey, network, MOST_OF_A_NETWORK) == MOST_OF_A_NETWORK)


async def burn(tx: Transaction, survey: UUID) -> None:
    """Forgets all of a survey that has closed."""
    await tx.execute("DELETE FROM survey_person WHERE survey = $1", survey)
