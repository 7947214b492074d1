"""Makes economy ready when its process starts."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from services.economy.ledger import actions as ledger
from services.economy.levies.tariffs import tariffs_of
from services.economy.merchants import actions as merchants
from services.economy.payments.hot import paying
from services.economy.permit_kinds.profile import terms_of_permits
from services.economy.providers.credentials import load
from services.economy.providers.snap import open_provider
from services.economy.resources import Resources
from services.economy.signatories.model import Simulated
from services.kit.database.masking import key_of
from services.kit.runtime import Runtime
from services.kit.signing import Signer, secret


@asynccontextmanager
async def prepare(runtime: Runtime) -> AsyncIterator[Resources]:
    """Reads terms and tariffs, makes the city's accounts and counters, knows the acquirer.

    Errors: CityError (terms, tariffs, permits), TermsError (an NMID of a business), ValueError (settings).
    """
    tariffs_of(runtime.city)  # a mistake in either file shows now, not with the first bill
    terms_of_permits(runtime.city)
    async with runtime.transaction() as tx:
        await ledger.ensure_city_accounts(tx)
        await merchants.ensure_counters(tx)
    async with AsyncExitStack() as stack:
        signer = Signer.load(runtime.settings.receipt_key.get_secret_value())
        wallet_payments = await stack.enter_async_context(paying(runtime))
        made = Resources(signer, Simulated(signer), wallet_payments)
        given = runtime.settings.permit_secret.get_secret_value()
        if given:
            made.permit_secret = secret(given, "SMARTCITY_PERMIT_SECRET")
            runtime.masking = key_of(made.permit_secret, "economy permits 1\nrequests")
        made.acquirer = load(runtime.settings)
        if made.acquirer is not None:
            city = runtime.city
            opened = open_provider(
                runtime.settings, made.acquirer, city.currency, city.timezone, lambda: runtime.clock()
            )
            made.provider = await stack.enter_async_context(opened)
        yield made
