"""A travel card. Pure rules; amounts are whole units of the city's currency."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.kit import codes
from services.kit.errors import precondition

UNANSWERED = timedelta(hours=1)
"""After this a ride may be asked for anew that nobody has answered: its request may lie among the dead letters."""
LENGTH = 10
"""Characters of a number, the check character included: 35 million million of them, so none is guessed."""


class State(Enum):
    """Whether it can be used."""

    ACTIVE = "active"
    OWING = "owing"
    BLOCKED = "blocked"


class Block(Enum):
    """Why one was blocked."""

    NONE = ""
    LOST = "lost"
    MISUSED = "misused"


class Owing(NamedTuple):
    """What is owed: of what is asked for, and of what could not be paid."""

    due: int = 0
    refused: int = 0


class Denial(NamedTuple):
    """A spell on the list of denied cards that is over."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Card:
    """One of them. Times are UTC."""

    id: UUID
    version: int
    number: str
    owner: str
    """Subject of whose it is: the wallet of this subject pays."""
    due: int
    """What has been ridden and is asked for."""
    refused: int
    """What could not be paid; also while it is asked for once more."""
    blocked: bool
    denied: bool
    """Whether no validator may take it."""
    denied_at: datetime | None
    """Since when."""
    change: int
    """Version of the list of denied cards when it last came there or left it; 0 if it never was on it."""
    created_at: datetime
    updated_at: datetime
    block: Block = Block.NONE
    """Why it is blocked; nothing of one that is not, or was before this was kept."""

    @property
    def state(self) -> State:
        """Whether it can be used."""
        if self.blocked:
            return State.BLOCKED
        return State.OWING if self.denied else State.ACTIVE


def prefix(city_prefix: str) -> str:
    """What the numbers of a city's cards begin with."""
    return f"{city_prefix}K"


def new_number(city_prefix: str) -> str:
    """A random number of a new card."""
    return codes.new(prefix(city_prefix), LENGTH)


def masked(number: str) -> str:
    """A number that tells cards apart and that nobody can ride on: its last characters."""
    return f"…{number[-5:]}"


def was_denied(card: Card, at: datetime, before: Iterable[Denial] = ()) -> bool:
    """Whether the list of denied cards had it at that time: now, or in one of the spells before."""
    now = card.denied and card.denied_at is not None and card.denied_at <= at
    return now or any(one.since <= at < one.until for one in before)


def owed(held: Iterable[Card]) -> Owing:
    """What the owner of some cards owes with them."""
    each = [(one.due, one.refused) for one in held]
    return Owing(sum(due for due, _ in each), sum(refused for _, refused in each))


def exceeds(owes: Owing, fare: int, most_owed: int) -> bool:
    """Whether one more ride would owe more than the city risks. What costs nothing never does."""
    return fare > 0 and sum(owes) + fare > most_owed


def owing(held: Sequence[Card], more: Mapping[UUID, Owing], most_owed: int, now: datetime) -> list[Card]:
    """Those that change of all cards that some owners use or owe for, when these owe so much more or less. A card is
    denied while anything is refused of its owner, or they owe more than the city risks, with whichever of their cards:
    else who owes would block one and ride on with the next.
    """
    moved = [_moved(one, more[one.id]) if one.id in more else one for one in held]
    whose: dict[str, list[Card]] = {}
    for one in moved:
        whose.setdefault(one.owner, []).append(one)
    totals = {owner: owed(cards) for owner, cards in whose.items()}
    return [
        _judged(one, totals[one.owner], most_owed, now)
        for before, one in zip(held, moved, strict=True)
        if one is not before or _denies(one, totals[one.owner], most_owed) is not one.denied
    ]


def block(card: Card, most_owed: int, now: datetime, why: Block = Block.LOST) -> Card:
    """It is not to be taken any more; one blocked as lost may turn out to have been misused. Errors: CARD_BLOCKED."""
    if card.blocked and not (card.block is Block.LOST and why is Block.MISUSED):
        raise precondition("CARD_BLOCKED", "This card is blocked already.")
    return _judged(replace(card, blocked=True, block=why), Owing(card.due, card.refused), most_owed, now)


def unblock(card: Card, most_owed: int, now: datetime, owes: Owing) -> Card:
    """It may be taken again, if its owner owes nothing. Errors: CARD_NOT_BLOCKED."""
    if not card.blocked:
        raise precondition("CARD_NOT_BLOCKED", "This card is not blocked.")
    return _judged(replace(card, blocked=False, block=Block.NONE), owes, most_owed, now)


def _moved(card: Card, more: Owing) -> Card:
    moved = replace(card, due=card.due + more.due, refused=card.refused + more.refused)
    if moved.due < 0 or moved.refused < 0:
        raise ValueError("more would be settled than was ridden")
    return moved


def _denies(card: Card, owes: Owing, most_owed: int) -> bool:
    return card.blocked or owes.refused > 0 or sum(owes) > most_owed


def _judged(card: Card, owes: Owing, most_owed: int, now: datetime) -> Card:
    denied = _denies(card, owes, most_owed)
    since = card.denied_at if card.denied else now
    return replace(
        card,
        denied=denied,
        denied_at=since if denied else None,
        version=card.version + 1,
        updated_at=now,
    )
