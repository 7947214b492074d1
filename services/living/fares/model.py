"""What a ride costs. Pure; amounts are whole units of the city's currency, days are the city's."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.living.fares.terms import Fare, Settings


class Basis(Enum):
    """Why a ride costs what it does."""

    FULL = "full"
    TRANSFER = "transfer"
    CAPPED = "capped"


class Ridden(NamedTuple):
    """A ride of the same card."""

    at: datetime
    day: date
    amount: int
    basis: Basis
    route: str = ""
    validator: str = ""
    offline: bool = False
    """Whether its validator had no connection."""
    id: UUID | None = None


class Charge(NamedTuple):
    """What a ride costs."""

    amount: int
    basis: Basis
    rider: str


def price(fares: Sequence[Fare], medium: str, rider: str, day: date) -> int | None:
    """What one ride costs a class; a fare for the medium goes before one for any. None where there is none that day."""
    found = [one for one in fares if one.rider == rider and one.medium in ("", medium) and one.holds(day)]
    return max(found, key=lambda one: bool(one.medium)).amount if found else None


def cheapest(fares: Sequence[Fare], medium: str, riders: Iterable[str], day: date) -> tuple[int, str] | None:
    """The lowest price of these classes, and whose it is; the first of equal ones."""
    priced = ((price(fares, medium, rider, day), rider) for rider in riders)
    found = ((amount, rider) for amount, rider in priced if amount is not None)
    return min(found, key=lambda one: one[0], default=None)


def charge(
    settings: Settings,
    amount: int,
    rider: str,
    at: datetime,
    day: date,
    others: Iterable[Ridden],
    *,
    route: str = "",
    validator: str = "",
    changes: bool = True,
) -> Charge:
    """What a ride at ``at`` costs whose price is ``amount``, with all other known rides of the card.

    A change within the time from the ride that it goes on from costs nothing, and begins no time of its own; on the
    same line or validator it is none, but a second passenger or a way back; nor is it where nobody ``changes``, as who
    travels along did not ride before. What a day costs in all stays below the
    most of it, in whatever order its rides come to be known.
    """
    known = list(others)
    window = timedelta(minutes=settings.transfer_minutes if changes else 0)
    begun = (one for one in known if one.basis is not Basis.TRANSFER)
    if window and any(timedelta(0) <= at - one.at <= window and not _same_line(one, route, validator) for one in begun):
        return Charge(0, Basis.TRANSFER, rider)
    if settings.day_most:
        left = max(0, settings.day_most - sum(one.amount for one in known if one.day == day))
        if left < amount:
            return Charge(left, Basis.CAPPED, rider)
    return Charge(amount, Basis.FULL, rider)


def _same_line(one: Ridden, route: str, validator: str) -> bool:
    return one.route == route != "" or one.validator == validator != ""
