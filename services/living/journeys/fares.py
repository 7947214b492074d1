"""What a journey costs by class of passengers and way of paying, from a feed's fares (GTFS Fares v2, else v1). Pure.

What is not read is not guessed: where a feed's rules go beyond it (fares by time of day or by what was passed through),
no fare is told.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from services.living.journeys.model import Journey, Leg

_MOST_FARES = 20


class Product(NamedTuple):
    """What can be bought."""

    id: str
    rider: str
    medium: str
    amount: Decimal
    currency: str


class LegRule(NamedTuple):
    """What a leg costs: empty fields fit all."""

    network: str
    from_area: str
    to_area: str
    product: str
    priority: int
    group: str


class FlatFare(NamedTuple):
    """A fare of v1: it fits lines and zones, empty ones all, for so many transfers and seconds (None: any)."""

    amount: Decimal
    currency: str
    transfers: int | None
    seconds: int | None
    routes: frozenset[str]
    zones: frozenset[tuple[str, str]]


class Fares(NamedTuple):
    """A feed's fares."""

    products: Sequence[Product]
    rules: Sequence[LegRule]
    networks: Mapping[str, str]
    """By route."""
    areas: Mapping[str, frozenset[str]]
    """By stop."""
    riders: Mapping[str, str]
    """Names of the classes."""
    media: Mapping[str, str]
    flat: Sequence[FlatFare]
    zones: Mapping[str, str]
    """By stop."""
    readable: bool
    """Whether there is no rule that is not read."""


NONE = Fares((), (), {}, {}, {}, {}, (), {}, readable=True)


class Price(NamedTuple):
    """What one pays for the whole journey."""

    rider: str
    medium: str
    amount: Decimal
    currency: str


def prices(fares: Fares, journey: Journey) -> list[Price]:
    """What each class pays, the usual first; none where nobody knows, or where nothing is paid for."""
    rides = [leg for leg in journey.legs if leg.rides]
    if not rides or not fares.readable:
        return []
    if fares.rules:
        return _by_product(fares, rides)[:_MOST_FARES]
    return _flat(fares, journey, rides)


def _by_product(fares: Fares, rides: Sequence[Leg]) -> list[Price]:
    """The sum over the legs of the cheapest product of each class and medium."""
    totals: dict[tuple[str, str, str], Decimal] | None = None
    for leg in rides:
        wanted = _products(fares, leg)
        cheapest: dict[tuple[str, str, str], Decimal] = {}
        for one in fares.products:
            if one.id in wanted:
                key = (one.rider, one.medium, one.currency)
                cheapest[key] = min(cheapest.get(key, one.amount), one.amount)
        # What one leg cannot be paid with pays for no journey.
        before = dict.fromkeys(cheapest, Decimal(0)) if totals is None else totals
        totals = {key: before[key] + amount for key, amount in cheapest.items() if key in before}
    return [Price(rider, medium, amount, currency) for (rider, medium, currency), amount in (totals or {}).items()]


def _products(fares: Fares, leg: Leg) -> set[str]:
    network = fares.networks.get(leg.route, "")
    begins, ends = fares.areas.get(leg.origin.id, frozenset()), fares.areas.get(leg.target.id, frozenset())
    fits = [
        rule
        for rule in fares.rules
        if (not rule.network or rule.network == network)
        and (not rule.from_area or rule.from_area in begins)
        and (not rule.to_area or rule.to_area in ends)
    ]
    best = max((rule.priority for rule in fits), default=0)
    return {rule.product for rule in fits if rule.priority == best}


def _flat(fares: Fares, journey: Journey, rides: Sequence[Leg]) -> list[Price]:
    """The cheapest of v1: one for the whole journey, or one for each leg."""
    whole = [
        one
        for one in fares.flat
        if all(_fits(fares, one, leg) for leg in rides)
        and (one.transfers is None or one.transfers >= len(rides) - 1)
        and (one.seconds is None or journey.end - journey.start <= one.seconds)
    ]
    found = {(one.currency, one.amount) for one in whole}
    each = [[one for one in fares.flat if _fits(fares, one, leg)] for leg in rides]
    if all(each):
        for currency in {one.currency for one in fares.flat}:
            legs = [[one.amount for one in ours if one.currency == currency] for ours in each]
            if all(legs):
                found.add((currency, sum((min(amounts) for amounts in legs), Decimal(0))))
    return [Price("", "", amount, currency) for currency, amount in sorted(found)[:1]]


def _fits(fares: Fares, one: FlatFare, leg: Leg) -> bool:
    pair = (fares.zones.get(leg.origin.id, ""), fares.zones.get(leg.target.id, ""))
    zones = any((not begin or begin == pair[0]) and (not end or end == pair[1]) for begin, end in one.zones)
    return (not one.routes or leg.route in one.routes) and (not one.zones or zones)
