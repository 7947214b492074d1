"""A place in a waiting room, and what becomes of it when its turn comes. Pure rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from itertools import takewhile
from typing import NamedTuple
from uuid import UUID

from services.branding.orders.deciding import Asked
from services.branding.sales.model import Sale, day_of
from services.branding.sales.model import State as SaleState
from services.kit.errors import DomainError, not_found, precondition

WITHOUT_TERMS = timedelta(hours=1)
"""For how long places wait where the city's profile has lost its terms: longer than processes of two profiles run."""


class State(Enum):
    """Where it stands."""

    WAITING = "waiting"
    SERVED = "served"
    REFUSED = "refused"


@dataclass(frozen=True)
class Place:
    """One of them. Its order has its id, so that one key opens both. Times are UTC."""

    id: UUID
    sale: UUID
    number: int
    state: State
    types: tuple[UUID, ...]
    counts: tuple[int, ...]
    day: date | None
    buyer: str
    counted_by: bytes | None
    """By what it is told how many its login or network has, until its turn; a room is no way around that."""
    sealed: bytes | None
    reason: str
    created_at: datetime
    decided_at: datetime | None

    @property
    def asked(self) -> Asked:
        """As an order whose turn has come."""
        wishes = tuple(zip(self.types, self.counts, strict=True))
        return Asked(self.sale, wishes, self.day, self.buyer, True, self.id, self.counted_by, sealed=self.sealed)


class Room(NamedTuple):
    """A waiting room: the last number that was given, and the last that had its turn."""

    sale: UUID
    given: int
    turn: int


def unenterable(sale: Sale | None, now: datetime) -> DomainError | None:
    """Why no place can be taken; None when it can: also before tickets are on sale."""
    if sale is None:
        return not_found("SALE_NOT_FOUND", "There is no such sale of tickets.", field="sale")
    if not sale.waiting_room:
        return precondition("NO_WAITING_ROOM", "This sale has no waiting room: order at once.")
    if sale.state is SaleState.CANCELLED:
        return precondition("SALE_CANCELLED", "This sale was called off. Whoever has a ticket gets the money back.")
    if sale.state is SaleState.STOPPED:
        return precondition("SALE_STOPPED", "The sale is stopped for now. Look again later.")
    if sale.ends_at is not None and now >= sale.ends_at:
        return precondition("SALE_OVER", "It is over; there are no more tickets for it.")
    return None


def too_late(places: Iterable[Place], sale: Sale, zone: tzinfo, now: datetime) -> dict[Place, str]:
    """The next places for which what they wish is over, and why: up to the first that can still get something."""
    found: dict[Place, str] = {}
    for place in places:
        day = day_of(sale, place.day, zone, now)
        if not isinstance(day, DomainError):
            break
        found[place] = day.reason
    return found


def given_up(places: Iterable[Place], sale: Sale, now: datetime) -> dict[Place, str]:
    """The next places that a city without terms for tickets lets wait no longer. Until then a process that has the
    terms, while they come or go, can still serve them: a refusal is for good.
    """
    late = takewhile(lambda one: now >= max(one.created_at, sale.opens_at) + WITHOUT_TERMS, places)
    return dict.fromkeys(late, "TICKETS_OFF")


def unknown() -> DomainError:
    """There is no such place for the caller."""
    message = "There is no such place for you. Open it by its link (its key as X-Link-Key), or log in as who took it."
    return not_found("WAITING_PLACE_NOT_FOUND", message, field="id")
