"""What a question to a database ends in where it is away, gives out or takes too long."""

import asyncpg

LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
