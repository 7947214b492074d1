"""Whose data a home and a database have: each other's, for good.

Photos, streams and keys of a home are those of the rows of one database. On another the gateway would delete each photo
that no row tells of, pillars would take old events for news, and what the former rows have sealed would stay closed.
"""

from __future__ import annotations

from pathlib import Path

import asyncpg

from deploy.local.process import StartError
from deploy.local.secrets import Secrets

_JOINED = "joined"
"""The file in a home that says that there is a database of it somewhere."""
_MADE = "CREATE TABLE IF NOT EXISTS public.home (id text NOT NULL, one boolean PRIMARY KEY DEFAULT true CHECK (one))"


async def join(url: str, home: Path) -> None:
    """Note in both that they belong together, where neither has another's note yet.

    ``url`` is the pillars' database, as its superuser. A home of before this was noted joins the database it is started
    with. Raises StartError, and writes nothing, where one of them is another's.
    """
    own, joined = Secrets(home).text("home", 16), home / _JOINED
    connection = await asyncpg.connect(url)
    try:
        noted = await connection.fetchval("SELECT to_regclass('public.home')")
        empty = await connection.fetchval("SELECT to_regnamespace('governance') IS NULL")
        found = await connection.fetchval("SELECT id FROM public.home") if noted else None
        if found is None and joined.exists():
            raise StartError(_another_database(home) if empty else _restored(home, joined))
        if found is None:
            async with connection.transaction():
                await connection.execute(_MADE)
                await connection.execute("INSERT INTO public.home (id) VALUES ($1)", own)
        elif found != own:
            raise StartError(_another_home(home))
    finally:
        await connection.close()
    joined.touch()


def _another_database(home: Path) -> str:
    return (
        f"photos, streams and keys in {home} are of another database than this one, which is empty. "
        "Bring the former back (SMARTCITY_POSTGRES_URL as it was; postgres in the home, from a backup), or begin anew "
        "with another SMARTCITY_HOME"
    )


def _restored(home: Path, joined: Path) -> str:
    return (
        f"this database does not say of which home it is, as one from a backup of before does not, and {home} is of "
        f"one that does. If it is {home}'s own, remove {joined} and start again; else set SMARTCITY_POSTGRES_URL as "
        "it was, or another SMARTCITY_HOME"
    )


def _another_home(home: Path) -> str:
    return (
        f"this database is of another home than {home}, and only there are its photos, streams and keys. "
        "Set SMARTCITY_HOME to that home, or SMARTCITY_POSTGRES_URL to a server of this one's own"
    )
