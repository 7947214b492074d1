"""Seeds what a local start shows: in the ordinary way of the rooms, once, and without a single event.

Nobody shall act on what never was; what the events would have counted is counted here.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from stdnum import luhn

from services.economy.demo.words import COUNTER, OBJECTS, SHOPS, Shop
from services.economy.indicators import store as indicators
from services.economy.ledger import actions as ledger
from services.economy.ledger.model import city_account
from services.economy.levies import actions as levies
from services.economy.levies import model as levy_model
from services.economy.levies.tariffs import tariffs_of
from services.economy.merchants import actions as merchants
from services.economy.merchants import store as merchant_store
from services.economy.merchants.model import Application, Kind, Merchant, Size
from services.economy.payments import model
from services.economy.payments import store as payments
from services.economy.payments.model import Method, Payment
from services.economy.terms import GOVERNMENT, terms_of
from services.kit.caller import SYSTEM, Caller
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.ids import uuid7
from services.kit.runtime import Runtime

SEED = 3374
DAYS = 45
UNTIL = timedelta(days=2)
"""Days that the bank may still be asked about are left out: it knows nothing of these payments."""
PAYMENTS_A_DAY = 40
WORKING_DAYS = 5
BILLS = 24
_AT_COUNTERS = 0.08


@dataclass(frozen=True)
class Trader:
    """A merchant, and what its customers pay."""

    merchant: Merchant
    shop: Shop


async def seed(runtime: Runtime, owner: str) -> int:
    """Fills an empty economy; answers how many payments were made up.

    ``owner`` is the subject of the demo user whose business the first one is. Nothing happens when it was done before,
    or when the city's profile has no made-up history, or no sector of businesses.
    """
    if runtime.city.demo() is None or not _sectors(runtime.city):
        return 0
    chance = Random(SEED)  # noqa: S311 - stories
    async with runtime.transaction() as tx:
        await tx.one_at_a_time("economy demo")
        if await merchant_store.has_businesses(tx):
            return 0
        await ledger.ensure_city_accounts(tx)
        await merchants.ensure_counters(tx)
        traders = [await _trader(tx, shop, number, owner, chance) for number, shop in enumerate(SHOPS)]
        counters = [Trader(counter, COUNTER) for counter in (await merchant_store.counters(tx)).values()]
        tx.emitted.clear()
        first = tx.now - UNTIL - timedelta(days=DAYS)
    made = 0
    for number in range(DAYS):
        made += await _day(runtime, first + timedelta(days=number), traders, counters, chance)
    await _bills(runtime, chance)
    return made


async def _trader(tx: Transaction, shop: Shop, number: int, owner: str, chance: Random) -> Trader:
    """A business that was taken on."""
    subject = owner if number == 0 else f"demo-{number}"
    area = chance.choice(list(_lowest(tx.runtime.city)))
    sectors = _sectors(tx.runtime.city)
    sector = shop.sector if shop.sector in sectors else sectors[-1]
    wanted = Application(shop.name, shop.mcc, sector, Size.UMI, area, "008", f"90000000{number:02}")
    applied = await merchants.apply(replace(tx, caller=Caller(subject, frozenset({"citizen"}))), wanted)
    pan = f"93600000000000{number:02}0"
    taken = await merchants.activate(
        tx, str(applied.id), str(applied.version), f"ID00000000002{number:02}", pan + luhn.calc_check_digit(pan)
    )
    return Trader(taken, shop)


async def _day(runtime: Runtime, day: datetime, traders: list[Trader], counters: list[Trader], chance: Random) -> int:
    """One day's payments, closed at nine in the evening of the city."""
    city = runtime.city
    closing = day.astimezone(city.timezone).replace(hour=21, minute=0, second=0, microsecond=0)
    busy = 1.3 if closing.isoweekday() > WORKING_DAYS else 1.0
    count = int(PAYMENTS_A_DAY * busy * chance.uniform(0.8, 1.2))
    sellers = [
        chance.choice(counters if counters and chance.random() < _AT_COUNTERS else traders) for _ in range(count)
    ]
    made = [_payment(city, seller, closing, chance) for seller in sellers]
    figures: dict[tuple[date, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for payment in made:
        cashless = payment.method is not Method.CASH
        cell = figures[closing.date(), payment.area, payment.sector]
        for place, more in enumerate((1, int(cashless), payment.amount, payment.amount if cashless else 0)):
            cell[place] += more
    async with _at(runtime, closing).transaction(SYSTEM) as tx:
        await payments.copy(tx, made)
        await indicators.add_days(tx, figures)
        groups = [
            model.capture_transfers(payment, city_account(payment.method.source, payment.currency), payment.fee)
            for payment in made
        ]
        refused = [verdict.refusal for verdict in await ledger.post(tx, groups) if verdict.refusal]
        if refused:
            raise RuntimeError(f"made-up payments were refused: {refused[0]}")
    return count


def _payment(city: City, trader: Trader, closing: datetime, chance: Random) -> Payment:
    """A payment captured on the day that closes then."""
    at = closing - timedelta(minutes=chance.uniform(5, 14 * 60))
    amount = int(chance.triangular(trader.shop.least, trader.shop.most, trader.shop.least)) * 1000
    id_, merchant = uuid7(), trader.merchant
    # Cash is the city's only at its own counters: what private merchants take stands in no book of the city.
    method = Method.CASH if merchant.kind is Kind.COUNTER else Method.QRIS_STATIC
    made = Payment(
        id=id_,
        code=model.new_code(city.code_prefix),
        merchant=merchant.id,
        payee=merchant.account,
        creator="demo",
        currency=city.currency,
        amount=amount,
        fee=terms_of(city).fee(merchant.fee_size, amount) if method.is_qris else 0,
        purpose="sale",
        description=trader.shop.sells,
        area=merchant.area,
        sector=merchant.sector,
        correlation=str(id_),
        created_at=at,
        updated_at=at,
        expires_at=at + timedelta(minutes=15),
    )
    return model.capture(made, method, at)


async def _bills(runtime: Runtime, chance: Random) -> None:
    """Bills to be paid, some of them overdue."""
    city = runtime.city
    tariffs = list(tariffs_of(city).values())
    areas = list(_lowest(city))
    for number in range(BILLS):
        issued = runtime.clock() - timedelta(days=chance.randrange(1, 30))
        async with _at(runtime, issued).transaction(SYSTEM) as tx:
            tariff = chance.choice(tariffs)
            thing = chance.choice(OBJECTS).format(number + 1)
            period = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y", "once": ""}[tariff.period]
            claim = levy_model.Claim(
                object=f"Contoh, {thing}",
                period=issued.astimezone(city.timezone).strftime(period),
                quantity=chance.randrange(1, 40),
                area=chance.choice(areas),
            )
            await levies.issue(tx, tariff.id, claim)
            tx.emitted.clear()


def _at(runtime: Runtime, time: datetime) -> Runtime:
    """The same pillar at another time."""
    return replace(runtime, clock=lambda: time)


def _sectors(city: City) -> list[str]:
    """The sectors that businesses are in."""
    return [each.id for each in terms_of(city).sectors if each.id != GOVERNMENT]


def _lowest(city: City) -> Iterator[str]:
    return (area.code for area in city.areas.values() if area.is_lowest)
