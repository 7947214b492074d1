"""What economy holds beside its database: the city's terms, and more that rooms add."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from services.economy.ledger import actions as ledger
from services.economy.levies.tariffs import Tariff, tariffs_of
from services.economy.merchants import actions as merchants
from services.economy.payments.hot import WalletPayments, paying
from services.economy.providers.credentials import Credentials, load
from services.economy.providers.model import Provider
from services.economy.providers.snap import open_provider
from services.economy.terms import Terms, terms_of
from services.kit.context import Context
from services.kit.runtime import Runtime
from services.kit.signing import Signer


@dataclass
class Resources:
    """Opened once when the process starts; `Runtime.extra` of economy."""

    terms: Terms
    tariffs: Mapping[str, Tariff]
    signer: Signer
    """Signs the receipts of levies."""
    wallet_payments: WalletPayments
    """Commits wallet payments of many callers together."""
    provider: Provider | None = None
    """The acquirer; None without one: cash and wallets only."""
    acquirer: Credentials | None = None
    """How the acquirer proves itself when it calls us."""


@asynccontextmanager
async def prepare(runtime: Runtime) -> AsyncIterator[Resources]:
    """Reads terms and tariffs, makes the city's accounts and counters, knows the acquirer.

    Errors: TermsError, CityError (tariffs), ValueError (settings).
    """
    terms = terms_of(runtime.city)
    async with runtime.transaction() as tx:
        await ledger.ensure_city_accounts(tx)
        await merchants.ensure_counters(tx)
    async with AsyncExitStack() as stack:
        signer = Signer.load(runtime.settings.receipt_key.get_secret_value())
        wallet_payments = await stack.enter_async_context(paying(runtime))
        made = Resources(terms, tariffs_of(runtime.city, terms), signer, wallet_payments)
        made.acquirer = load(runtime.settings)
        if made.acquirer is not None:
            city = runtime.city
            opened = open_provider(
                runtime.settings, made.acquirer, city.currency, city.timezone, lambda: runtime.clock()
            )
            made.provider = await stack.enter_async_context(opened)
        yield made


def resources(runtime: Context) -> Resources:
    """The resources of a runtime that `prepare` made."""
    extra = runtime.extra
    assert isinstance(extra, Resources)
    return extra
