"""A runtime of economy without its server, for processes and loops of their own."""

from types import SimpleNamespace
from urllib.parse import urlsplit, urlunsplit

from services.kit.city import load_city
from services.kit.database.pool import connect_pool
from services.kit.runtime import Runtime
from tests.fixtures.pillars import ROLE_PASSWORD


def role_url(url: str) -> str:
    """The URL with economy's own role, so that its privileges are what a test has."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"economy:{ROLE_PASSWORD}@{parts.netloc.rpartition('@')[2]}"))


async def open_runtime(url: str, size: int = 8) -> Runtime:
    """A runtime on a database; its settings are empty."""
    pool = await connect_pool(url, "economy", size)
    return Runtime("economy", SimpleNamespace(city="semarang"), pool, load_city("semarang"))
