"""`python -m deploy.wait PILLAR SECONDS`: waits until a schema is at the revision that this image needs.

What a pod's init container runs, as the pillar's own role: no pod serves on tables that are not there yet, whoever
installs or upgrades, and in whatever order; and none on the data of another city.
"""

import asyncio
import os
import sys
import time

import asyncpg

from deploy.migrate import schemas
from services.kit.database import city as whose
from services.kit.database import migrate
from services.kit.database.lost import LOST

PAUSE_S = 1.0


async def missing(url: str, schema: str, city: str) -> list[str]:
    """Revisions that this image needs and the schema has not reached, and the city while it is not written.

    Raises what the database raises, and OtherCityError where it is of another city.
    """
    connection = await asyncpg.connect(url, timeout=5)
    try:
        left = migrate.behind(await migrate.current(connection, schema), migrate.heads(schemas()[schema]))
        return left if await whose.is_of(connection, city) else [*left, "the city's id"]
    finally:
        await connection.close()


async def wait(url: str, schema: str, city: str, seconds: float) -> str:
    """Waits at most so long; answers with what is still missing, empty when nothing is. Raises OtherCityError."""
    deadline, why = time.monotonic() + seconds, "nothing was asked"
    while time.monotonic() < deadline:
        try:
            left = await missing(url, schema, city)
            if not left:
                return ""
            why = f"{schema} lacks {', '.join(left)}"
        except LOST as error:
            why = f"PostgreSQL does not answer: {error}"
        await asyncio.sleep(PAUSE_S)
    return why


def main() -> int:
    """Exit code 0 when the revision is there, 1 when it did not come in time or the database is another city's."""
    schema, seconds = sys.argv[1], float(sys.argv[2])
    try:
        why = asyncio.run(wait(os.environ["SMARTCITY_POSTGRES_URL"], schema, os.environ["SMARTCITY_CITY"], seconds))
    except whose.OtherCityError as error:
        sys.exit(str(error))
    if why:
        sys.stderr.write(f"{why} after {seconds:.0f} s: look at the migration's Job\n")
    return 1 if why else 0


if __name__ == "__main__":
    sys.exit(main())
