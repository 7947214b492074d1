"""What a running pillar has: settings, database, city, clock and bus, handed to everything that needs them."""

from contextlib import AbstractAsyncContextManager
from copy import copy
from dataclasses import dataclass

from services.kit.caller import SYSTEM, Caller, Scope
from services.kit.context import Context, utc_now
from services.kit.database import pool, transaction
from services.kit.database.transaction import Fence, Transaction
from services.kit.settings import Settings

__all__ = ["Context", "Runtime", "open_runtime", "utc_now"]


@dataclass
class Runtime(Context):
    """Everything an action, reaction or timer may reach for."""

    fence: Fence | None = None
    """What the owner of a job has: its transactions commit only while it owns the job."""

    def transaction(
        self, caller: Caller = SYSTEM, scope: Scope = Scope.ANY, *, lease: Fence | None = None
    ) -> AbstractAsyncContextManager[Transaction]:
        """Opens the one seam of every write; commits when the block ends well."""
        return transaction.transaction(self, caller, scope, lease or self.fence)

    def fenced(self, lease: Fence) -> "Runtime":
        """The same for who owns a job: each of its transactions fails, now or at commit, once another owns it."""
        owned = copy(self)
        owned.fence = lease
        return owned

    def snapshot(self, caller: Caller = SYSTEM, scope: Scope = Scope.ANY) -> AbstractAsyncContextManager[Transaction]:
        """Opens what a read of several statements needs: one moment's view of everything, and no way to write."""
        return transaction.transaction(self, caller, scope, snapshot=True)

    def statement(self, caller: Caller = SYSTEM, scope: Scope = Scope.ANY) -> AbstractAsyncContextManager[Transaction]:
        """What a read of one statement needs: no transaction. A second statement raises RuntimeError."""
        return transaction.statement(self, caller, scope)


async def open_runtime(pillar: str, settings: Settings) -> Runtime:
    """Connects to the database and loads the city."""
    from services.kit.city import load_city

    city = load_city(settings.city)
    connections = await pool.connect_pool(settings.postgres_url.get_secret_value(), pillar, settings.postgres_pool)
    return Runtime(pillar, settings, connections, city)
