"""What a journey costs by class of passengers and way of paying, from a feed's fares (GTFS Fares v2, else v1). Pure.

What is not read is not guessed: where a feed's rules go beyond it (fares by time of day or by what was passed through,
legs that are joined to one, more rules than are read), no fare is told.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product
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
    """What a leg costs: empty fields fit all, or all that no rule names (``Fares.ranked``)."""

    network: str
    from_area: str
    to_area: str
    product: str
    priority: int
    group: str


class FlatFare(NamedTuple):
    """A fare of v1: it fits where one of its rules does, or everywhere where it has none, for so many transfers and
    seconds (None: any).
    """

    amount: Decimal
    currency: str
    transfers: int | None
    seconds: int | None
    rules: frozenset[tuple[str, str, str]]
    """A line, and the zones where one gets on and off; empty ones fit all."""


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
    ranked: bool = True
    """Whether its leg rules have priorities: then an empty field fits all, else all that no rule names in it."""
    joined: bool = False
    """Whether it joins legs to one, which is not read: what costs more than one leg is not known."""


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
    if not rides or not fares.readable or (fares.joined and len(rides) > 1):
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
    places = (
        frozenset({fares.networks.get(leg.route, "")}),
        fares.areas.get(leg.origin.id, frozenset()),
        fares.areas.get(leg.target.id, frozenset()),
    )
    asked = [rule[:3] for rule in fares.rules]
    named = [set[str]() if fares.ranked else set(column) - {""} for column in zip(*asked, strict=True)]
    fits = [
        rule
        for rule, wanted in zip(fares.rules, asked, strict=True)
        if all(
            one in there if one else there.isdisjoint(others)
            for one, there, others in zip(wanted, places, named, strict=True)
        )
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
    begin, end = fares.zones.get(leg.origin.id, ""), fares.zones.get(leg.target.id, "")
    return not one.rules or not one.rules.isdisjoint(product(("", leg.route), ("", begin), ("", end)))
