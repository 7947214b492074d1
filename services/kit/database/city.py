"""Which city a database is of: written once, by the first migration, and never another's after that.

It stands beside the data, so that it holds wherever these are: after a restart, in a cluster, on a restored server.
"""

from collections.abc import Iterable

import asyncpg


class OtherCityError(Exception):
    """The database is of another city; the message names both and says what to do."""

    def __init__(self, found: str, wanted: str) -> None:
        """Takes the city of the data and the one that is configured."""
        super().__init__(
            f"this database is of the city {found}, and {wanted} is configured: nothing was done. Set SMARTCITY_CITY "
            f"(the chart's `city`) back to {found}, or give {wanted} data of its own: another SMARTCITY_HOME, "
            "in a cluster another namespace with another database and NATS account"
        )


async def claim(connection: asyncpg.Connection, city: str) -> None:
    """Makes an empty database this city's, and one of before cities were written down; OtherCityError for another's.

    Nothing is written to another city's.
    """
    if await connection.fetchval("SELECT to_regclass('public.city')") is None:
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS public.city"
            " (id text NOT NULL, one boolean PRIMARY KEY DEFAULT true CHECK (one))"
        )
    await connection.execute("INSERT INTO public.city (id) VALUES ($1) ON CONFLICT DO NOTHING", city)
    found = await connection.fetchval("SELECT id FROM public.city")
    if found != city:
        raise OtherCityError(found, city)


async def tell(connection: asyncpg.Connection, roles: Iterable[str]) -> None:
    """Lets these roles read whose database it is."""
    for role in roles:
        await connection.execute(f'GRANT SELECT ON public.city TO "{role}"')


async def is_of(connection: asyncpg.Connection, city: str) -> bool:
    """Whether the database is this city's; no before that is written. OtherCityError for another's."""
    if not await connection.fetchval("SELECT has_table_privilege(to_regclass('public.city'), 'SELECT')"):
        return False
    found = await connection.fetchval("SELECT id FROM public.city")
    if found not in (None, city):
        raise OtherCityError(found, city)
    return found is not None
