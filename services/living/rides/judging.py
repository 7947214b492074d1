"""What becomes of taps: one after the other in the order of their times, each with a verdict. Pure.

The fare of a tap rests on the rides before it, in the same batch too; what it makes the card owe decides on those
after.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple
from uuid import UUID

from services.kit import ids
from services.living.cards import model as cards
from services.living.cards.model import Card, Denial, Owing
from services.living.concessions.model import Concession
from services.living.fares import model as fares
from services.living.fares.model import Charge, Ridden
from services.living.fares.terms import Terms
from services.living.rides.model import AHEAD, Ride, State, Tap, Verdict


class Known(NamedTuple):
    """A ride that its validator and sequence name already."""

    id: UUID
    card: UUID | None
    at: datetime
    fare: int
    by: str
    """Subject of who uploaded it: of one login a validator gives a sequence once."""


class Judged(NamedTuple):
    """The verdict on a tap, and the ride that it is or was."""

    verdict: Verdict
    ride: UUID | None = None
    fare: int = 0


@dataclass
class Book:
    """What is known when taps come in; ``cards`` and ``known`` go on with each."""

    terms: Terms
    zone: tzinfo
    now: datetime
    by: str
    """Subject of who uploads."""
    offline: bool
    cards: dict[str, Card]
    """By number, those that are tapped, and what else their owners use or owe for."""
    known: dict[tuple[str, int], list[Known]]
    concessions: Mapping[str, Sequence[Concession]]
    """By owner."""
    ridden: dict[UUID, list[Ridden]] = field(default_factory=dict)
    """By card; for taps without a connection all rides of the days for which those are taken."""
    denials: Mapping[UUID, Sequence[Denial]] = field(default_factory=dict)
    """By card, the spells that are over."""
    rides: list[Ride] = field(default_factory=list)
    """The new ones."""
    _offline: dict[UUID, int] = field(default_factory=dict)
    """By card, what its rides without a connection cost so far."""
    _prices: dict[tuple[str, date, bool], tuple[int, str] | None] = field(default_factory=dict)
    """By owner and day, and whether it is for somebody who travels along."""
    _held: dict[str, list[str]] = field(default_factory=dict)
    """By owner, the numbers of their cards."""

    def __post_init__(self) -> None:
        """Puts cards together that are one owner's."""
        for number, card in self.cards.items():
            self._held.setdefault(card.owner, []).append(number)

    def judge(self, taps: Sequence[Tap]) -> list[Judged]:
        """The verdicts, in the order of the taps."""
        found: dict[int, Judged] = {}
        for place, tap in sorted(enumerate(taps), key=lambda one: (one[1].at, one[0])):
            found[place] = self._one(tap)
        return [found[place] for place in range(len(taps))]

    def _one(self, tap: Tap) -> Judged:
        card = self.cards.get(tap.card)
        if (again := self._known(tap, card)) is not None:
            return again
        if card is None:
            return Judged(Verdict.CARD_UNKNOWN)
        if not self.earliest <= tap.at <= self.now + AHEAD or tap.at < card.created_at - AHEAD:
            return Judged(Verdict.TIME_INVALID)
        if not card.owner or self._denied(card, tap):  # whose it was is forgotten: nobody is left who could pay
            return Judged(Verdict.CARD_DENIED)
        if not tap.along and (before := self._before(card, tap)) is not None:
            return Judged(Verdict.REPEATED, before.id, before.amount)
        day = tap.at.astimezone(self.zone).date()
        charge = self._charge(card, tap, day)
        if charge is None:
            return Judged(Verdict.NO_FARE)
        over = cards.exceeds(cards.owed(self._all_of(card.owner)), charge.amount, self.terms.settings.most_owed)
        if (over and not self.offline) or (self.offline and self._too_much(card, charge.amount)):
            return Judged(Verdict.OVER_LIMIT)
        ride = self._take(card, tap, day, charge)
        return Judged(Verdict.OVER_LIMIT if over else Verdict.ACCEPTED, ride.id, ride.fare)

    @property
    def earliest(self) -> datetime:
        """Before this a tap comes in too late."""
        return self.now - timedelta(days=self.terms.settings.late_days)

    def _all_of(self, owner: str) -> list[Card]:
        return [self.cards[number] for number in self._held[owner]]

    def _denied(self, card: Card, tap: Tap) -> bool:
        """Whether the list had it when it was tapped. Who waits for the verdict is there now, whatever the validator's
        clock says, and rides no further while they owe for another card, also where the list has not heard of that.
        """
        if self.offline:
            return cards.was_denied(card, tap.at, self.denials.get(card.id, ()))
        return card.denied or cards.owed(self._all_of(card.owner)).refused > 0

    def _known(self, tap: Tap, card: Card | None) -> Judged | None:
        """The verdict on a tap whose validator and sequence are known already: of this login, or the same tap."""
        reused = False
        for one in self.known.get(tap.key, ()):
            mine = one.by == self.by
            same = card is not None and one.card == card.id and one.at == tap.at
            if same or (mine and one.card is None):  # whose it was is forgotten some day; then its number alone tells
                return Judged(Verdict.REPEATED, one.id, one.fare)
            reused = reused or mine
        return Judged(Verdict.SEQUENCE_REUSED) if reused else None

    def _before(self, card: Card, tap: Tap) -> Ridden | None:
        """The ride that the tap repeats: of the same card on the same validator, so soon before or after, in whatever
        order they come in.
        """
        within = timedelta(seconds=self.terms.settings.again_seconds)
        rides = self.ridden.get(card.id, ()) if within else ()
        near = (one for one in rides if one.validator == tap.validator and abs(one.at - tap.at) <= within)
        return min(near, key=lambda one: abs(one.at - tap.at), default=None)

    def _too_much(self, card: Card, fare: int) -> bool:
        """Whether a card's rides without a connection would cost more than the city takes of it in the days for which
        such taps are taken, paid or not: nobody has asked whether they may be.
        """
        if fare == 0:
            return False
        if card.id not in self._offline:
            rides, since = self.ridden.get(card.id, ()), self.earliest
            self._offline[card.id] = sum(one.amount for one in rides if one.offline and one.at >= since)
        settings = self.terms.settings
        return self._offline[card.id] + fare > settings.offline_times * settings.most_owed

    def _charge(self, card: Card, tap: Tap, day: date) -> Charge | None:
        terms = self.terms
        if (whose := (card.owner, day, tap.along)) not in self._prices:
            held = () if tap.along else self.concessions.get(card.owner, ())
            granted = (one.rider for one in held if one.holds(day))
            price = fares.cheapest(terms.fares, terms.settings.medium, (terms.usual, *granted), day)
            self._prices[whose] = price
        found = self._prices[whose]
        if found is None:
            return None
        others = self.ridden.get(card.id, ())
        return fares.charge(
            terms.settings, *found, tap.at, day, others, route=tap.route, validator=tap.validator,
            changes=not tap.along,
        )  # fmt: skip

    def _take(self, card: Card, tap: Tap, day: date, charge: Charge) -> Ride:
        paid = charge.amount == 0
        ride = Ride(
            id=ids.uuid7(),
            version=1,
            card=card.id,
            owner=card.owner,
            validator=tap.validator,
            sequence=tap.sequence,
            route=tap.route,
            stop=tap.stop,
            tapped_at=tap.at,
            day=day,
            offline=self.offline,
            rider=charge.rider,
            fare=charge.amount,
            basis=charge.basis,
            state=State.PAID if paid else State.DUE,
            attempt=1,
            reason="",
            payment="",
            taken_by=self.by,
            note="",
            decided_by="",
            created_at=self.now,
            updated_at=self.now,
            asked_at=self.now,
            settled_at=self.now if paid else None,
        )
        self.rides.append(ride)
        self.known.setdefault(tap.key, []).append(Known(ride.id, card.id, tap.at, ride.fare, self.by))
        ridden = Ridden(tap.at, day, ride.fare, charge.basis, tap.route, tap.validator, self.offline, ride.id)
        self.ridden.setdefault(card.id, []).append(ridden)
        if card.id in self._offline:
            self._offline[card.id] += ride.fare
        if not paid:
            self._owe(card, ride.fare)
        return ride

    def _owe(self, card: Card, fare: int) -> None:
        held, most = self._all_of(card.owner), self.terms.settings.most_owed
        for one in cards.owing(held, {card.id: Owing(due=fare)}, most, self.now):
            self.cards[one.number] = one


def days(taps: Iterable[Tap], zone: tzinfo, now: datetime, late_days: int, *, offline: bool) -> tuple[date, date]:
    """The first and the last day of taps that may count, and a day before for changes over midnight; all such days for
    taps without a connection.
    """
    first, last = now - timedelta(days=late_days), now + AHEAD
    if not offline:
        times = [min(max(tap.at, first), last) for tap in taps]
        first, last = min(times), max(times)
    return first.astimezone(zone).date() - timedelta(days=1), last.astimezone(zone).date()
