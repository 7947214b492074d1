"""Makes economy ready when its process starts."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from services.economy.ledger import actions as ledger
from services.economy.levies.tariffs import tariffs_of
from services.economy.merchants import actions as merchants
from services.economy.payments.hot import paying
from services.economy.providers.credentials import load
from services.economy.providers.snap import open_provider
from services.economy.resources import Resources
from services.economy.terms import terms_of
from services.kit.runtime import Runtime
from services.kit.signing import Signer


@asynccontextmanager
async def prepare(runtime: Runtime) -> AsyncIterator[Resources]:
    """Reads terms and tariffs, makes the city's accounts and counters, knows the acquirer.

    Errors: TermsError, CityError (tariffs), ValueError (settings).
    """
    tariffs_of(runtime.city, terms_of(runtime.city))  # a mistake in either file shows now, not with the first bill
    async with runtime.transaction() as tx:
        await ledger.ensure_city_accounts(tx)
        await merchants.ensure_counters(tx)
    async with AsyncExitStack() as stack:
        signer = Signer.load(runtime.settings.receipt_key.get_secret_value())
        wallet_payments = await stack.enter_async_context(paying(runtime))
        made = Resources(signer, wallet_payments)
        made.acquirer = load(runtime.settings)
        if made.acquirer is not None:
            city = runtime.city
            opened = open_provider(
                runtime.settings, made.acquirer, city.currency, city.timezone, lambda: runtime.clock()
            )
            made.provider = await stack.enter_async_context(opened)
        yield made
