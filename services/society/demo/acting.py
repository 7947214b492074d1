"""A transaction that is somebody's, on another day."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from services.kit.caller import SYSTEM, Caller, Scope
from services.kit.database import Transaction


@asynccontextmanager
async def acting(
    tx: Transaction, who: Caller, at: datetime, scope: Scope = Scope.OWN_AGENCY
) -> AsyncIterator[None]:  # fmt: skip
    """Within it the transaction is theirs, and it is then."""
    before = tx.caller, tx.scope, tx.now
    tx.caller, tx.scope, tx.now = who, Scope.ANY if who is SYSTEM else scope, at
    try:
        yield
    finally:
        tx.caller, tx.scope, tx.now = before
