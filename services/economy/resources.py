"""What economy holds beside its database: the city's terms, and more that rooms add."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.economy.ledger import actions as ledger
from services.economy.terms import Terms, terms_of
from services.kit.runtime import Runtime


@dataclass
class Resources:
    """Opened once when the process starts; `Runtime.extra` of economy."""

    terms: Terms


@asynccontextmanager
async def prepare(runtime: Runtime) -> AsyncIterator[Resources]:
    """Reads the terms and makes the city's accounts. Errors: TermsError."""
    terms = terms_of(runtime.city)
    async with runtime.transaction() as tx:
        await ledger.ensure_city_accounts(tx)
    yield Resources(terms)


def resources(runtime: Runtime) -> Resources:
    """The resources of a runtime that `prepare` made."""
    extra = runtime.extra
    assert isinstance(extra, Resources)
    return extra
