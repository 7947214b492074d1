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
from services.living.cards.model import Card
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
    known: dict[tuple[str, int], Known]
    concessions: Mapping[str, Sequence[Concession]]
    """By owner."""
    ridden: dict[UUID, list[Ridden]] = field(default_factory=dict)
    """By card."""
    rides: list[Ride] = field(default_factory=list)
    """The new ones."""

    def judge(self, taps: Sequence[Tap]) -> list[Judged]:
        """The verdicts, in the order of the taps."""
        found: dict[int, Judged] = {}
        for place, tap in sorted(enumerate(taps), key=lambda one: (one[1].at, one[0])):
            found[place] = self._one(tap)
        return [found[place] for place in range(len(taps))]

    def _one(self, tap: Tap) -> Judged:
        card, known = self.cards.get(tap.card), self.known.get(tap.key)
        if known is not None:
            # Whose it was is forgotten some day; then its time alone tells.
            same = known.at == tap.at and (known.card is None or (card is not None and known.card == card.id))
            return Judged(Verdict.REPEATED, known.id, known.fare) if same else Judged(Verdict.SEQUENCE_REUSED)
        if card is None:
            return Judged(Verdict.CARD_UNKNOWN)
        if not self.now - timedelta(days=self.terms.settings.late_days) <= tap.at <= self.now + AHEAD:
            return Judged(Verdict.TIME_INVALID)
        if cards.was_denied(card, tap.at if self.offline else self.now):
            return Judged(Verdict.CARD_DENIED)
        day = tap.at.astimezone(self.zone).date()
        charge = self._charge(card, tap.at, day)
        if charge is None:
            return Judged(Verdict.NO_FARE)
        over = cards.exceeds(card, charge.amount, self.terms.settings.most_owed)
        if over and not self.offline:
            return Judged(Verdict.OVER_LIMIT)
        ride = self._take(card, tap, day, charge)
        return Judged(Verdict.OVER_LIMIT if over else Verdict.ACCEPTED, ride.id, ride.fare)

    def _charge(self, card: Card, at: datetime, day: date) -> Charge | None:
        terms = self.terms
        granted = (one.rider for one in self.concessions.get(card.owner, ()) if one.holds(day))
        found = fares.cheapest(terms.fares, terms.settings.medium, (terms.usual, *granted), day)
        if found is None:
            return None
        return fares.charge(terms.settings, *found, at, day, self.ridden.get(card.id, ()))

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
        self.known[tap.key] = Known(ride.id, card.id, tap.at, ride.fare)
        self.ridden.setdefault(card.id, []).append(Ridden(tap.at, day, ride.fare, charge.basis))
        if not paid:
            self.cards[tap.card] = cards.owing(card, self.terms.settings.most_owed, self.now, due=ride.fare)
        return ride


def days(taps: Iterable[Tap], zone: tzinfo) -> tuple[date, date]:
    """The first and the last day of taps, and a day before for changes over midnight."""
    found = [tap.at.astimezone(zone).date() for tap in taps]
    return min(found) - timedelta(days=1), max(found)
