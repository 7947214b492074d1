"""What a gate says of scans that come together: one after the other in the order of their times. Pure.

With a connection whoever is refused stays outside. Without one it has happened: it is taken as it was, and what should
not have been is marked. A ticket's moves are always gone through in the order of their times, so that the same scans
amount to the same, in whatever order and in how many parts they come.
"""

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple
from uuid import UUID, uuid5

from services.branding.gates import model
from services.branding.gates.model import Gate, Scan, Story, Verdict
from services.branding.sales.model import Sale, TicketType
from services.branding.sales.model import State as SaleState
from services.branding.tickets.model import Before, State, Ticket

LATE = timedelta(days=7)
"""How old a scan may be when it is uploaded."""


class Shown(NamedTuple):
    """What was shown at a gate, read: ``code`` as it is written, empty where it was none; ``wrong`` says why."""

    scan: str
    text: str
    code: str
    wrong: Verdict | None
    generation: int | None
    """Of the QR code; None where it was none of a ticket's."""
    seats: UUID | None
    """None where the code was typed."""
    at: datetime
    leaving: bool


class Judged(NamedTuple):
    """The verdict on a scan, with its ticket and when that was let in the last time before."""

    scan: Scan
    ticket: Ticket | None
    repeated: bool
    before: datetime | None


@dataclass
class Past:
    """What happened with a ticket, as it goes on with each scan; seen as a whole once all have come."""

    scans: list[Scan]
    entered: list[datetime]
    """When it let in, in order."""
    days: set[date]
    """Those on which it let in, whether they count or what was sold was put off from them."""
    story: Story
    """As it goes on with a connection: then each move comes after all that are known."""
    last: datetime | None
    """When somebody last came in or went out."""

    @classmethod
    def of(cls, scans: Sequence[Scan], days: set[date], type_: TicketType) -> "Past":
        """That of a ticket of a type, of the scans that count."""
        moves = sorted(one.move for one in scans if one.happened)
        story = model.told(moves, type_.admission, type_.reentry)
        entered = [one.at for one in moves if not one.leaving]
        return cls(list(scans), entered, days, story, moves[-1].at if moves else None)

    def before(self, at: datetime) -> datetime | None:
        """When it let in the last time until then."""
        place = bisect_right(self.entered, at)
        return self.entered[place - 1] if place else None

    def go_on(self, scan: Scan) -> None:
        """Somebody came in or went out."""
        self.scans.append(scan)
        self.story.go_on(scan.move)
        self.last = max(self.last or scan.at, scan.at)
        if not scan.leaving:
            insort(self.entered, scan.at)


@dataclass
class Book:
    """What is known when scans come in; it goes on with each: those are judged that were shown first, then all is
    settled.
    """

    gate: Gate
    sale: Sale
    zone: tzinfo
    now: datetime
    early: timedelta
    by: str
    offline: bool
    tickets: dict[str, Ticket]
    """By code, locked."""
    types: Mapping[UUID, TicketType]
    scans: Mapping[UUID, Sequence[Scan]]
    """Those that are known of each ticket."""
    known: dict[str, Scan]
    """Scans of this gate by what it calls them."""
    new: list[Scan] = field(default_factory=list)
    changed: dict[UUID, Scan] = field(default_factory=dict)
    """Scans that were taken before and are seen differently now."""
    first: list[Scan] = field(default_factory=list)
    """The first ones on a day with a ticket."""

    pasts: dict[UUID, Past] = field(default_factory=dict)
    """Of tickets whose moves were asked for."""
    moved: dict[str, int] = field(default_factory=dict)
    """How often somebody came in or went out now, by the ticket's code."""
    judged: int = 0
    before: Mapping[tuple[UUID, int], Before] = field(default_factory=dict)
    """What the tickets were, by id and QR code: whoever came in without a connection did so by what held then."""

    def judge(self, shown: Shown) -> Judged:
        """The verdict on one, as long as nothing else comes: ``settle`` and ``now`` have the last word."""
        # A phone whose clock is ahead let in all the same: now at the latest, one after the other.
        latest = self.now + timedelta(microseconds=self.judged)
        self.judged += 1
        return self._one(shown._replace(at=min(shown.at, latest)))

    def settle(self) -> None:
        """Sees each ticket that was moved with anew: one that came late may show that an earlier was the second."""
        for code in self.moved:
            self._retell(self.tickets[code])

    def seen(self, judged: Judged) -> Judged:
        """As it is seen when all have come."""
        changed = self.changed.get(judged.scan.id)
        return judged._replace(scan=changed) if changed else judged

    def _one(self, shown: Shown) -> Judged:
        again = self.known.get(shown.scan)
        if again is not None and (again.happened or again.offline or not self.offline):
            return Judged(again, self.tickets.get(again.code), True, None)
        ticket = self.tickets.get(shown.code)
        if ticket is not None and not self.offline:
            shown = self._at_once(shown, ticket)
        elif not self.offline:
            shown = shown._replace(at=self.now)
        day, wrong = self._day(shown, ticket)
        scan = self._scan(shown, ticket, day, wrong or Verdict.ADMITTED)
        if ticket is None or wrong in (Verdict.ELSEWHERE, Verdict.TIME_INVALID):
            # No move of this ticket here; without a connection somebody came in with it all the same.
            return self._keep(replace(scan, amiss=self.offline and ticket is not None), None, None)
        before = self._past(ticket).before(shown.at)
        if wrong is not None:
            # Without a connection it let in all the same.
            scan = replace(scan, happened=self.offline, amiss=self.offline)
        elif shown.leaving:
            scan = replace(scan, verdict=Verdict.LEFT, happened=True)
        elif self.offline:
            scan = replace(scan, happened=True)
        else:
            verdict = self._past(ticket).story.verdict(scan.move)
            scan = replace(scan, verdict=verdict, happened=verdict is not Verdict.USED)
        return self._keep(scan, ticket, before)

    def _past(self, ticket: Ticket) -> Past:
        found = self.pasts.get(ticket.id)
        if found is None:
            scans = [one for one in self.scans.get(ticket.id, ()) if one.sale == self.sale.id]
            now, days = model.counted(scans, self.sale, self.zone), set(model.days_let_in(scans))
            found = self.pasts[ticket.id] = Past.of(now, days, self.types[ticket.type])
        return found

    def _at_once(self, shown: Shown, ticket: Ticket) -> Shown:
        """With a connection it is now, and after all that is known of the ticket, whatever clocks say."""
        last = self._past(ticket).last
        return shown._replace(at=max(self.now, last + timedelta(microseconds=1)) if last else self.now)

    def _keep(self, scan: Scan, ticket: Ticket | None, before: datetime | None) -> Judged:
        if scan.scan in self.known:  # it was refused, and the answer was lost: without it the gate let in
            self.changed[scan.id] = scan
        else:
            self.new.append(scan)
        self.known[scan.scan] = scan
        if ticket is not None and scan.happened:
            past = self._past(ticket)
            if not scan.leaving and scan.day not in past.days:
                self.first.append(scan)
                past.days.add(scan.day)
            if model.counted([scan], self.sale, self.zone):
                past.go_on(scan)
            self.moved[ticket.code] = self.moved.get(ticket.code, 0) + 1
        return Judged(scan, ticket, False, before)

    def _retell(self, ticket: Ticket) -> None:
        type_, scans = self.types[ticket.type], self.pasts[ticket.id].scans
        story = model.told([one.move for one in scans if one.happened], type_.admission, type_.reentry)
        for one in scans:
            if one.happened and not one.leaving and (one.verdict in model.LET_IN or one.verdict is Verdict.USED):
                verdict = story.verdicts[one.id]
                amiss = verdict is Verdict.USED
                if (one.verdict, one.amiss) != (verdict, amiss):
                    self.changed[one.id] = replace(one, verdict=verdict, amiss=amiss)
        self.tickets[ticket.code] = replace(
            ticket, admissions=story.entries, admitted_day=story.last_day, inside=story.inside,
            version=ticket.version + self.moved[ticket.code], updated_at=self.now,
        )  # fmt: skip

    def _day(self, shown: Shown, ticket: Ticket | None) -> tuple[date, Verdict | None]:
        """The day that a scan counts for, and what is wrong with it, whoever was let in before."""
        day = model.day_of(shown.at, self.sale, self.zone, self.early)
        if shown.at < self.now - LATE:
            return day, Verdict.TIME_INVALID
        if shown.wrong is not None:
            return day, shown.wrong
        if ticket is None:
            return day, Verdict.UNKNOWN
        now, ticket = ticket, self._held(shown, ticket)
        if self.gate.sale != now.sale or self.gate.sale != ticket.sale:
            return day, Verdict.ELSEWHERE
        if ticket.state is not State.VALID or self._called_off(shown):
            return day, Verdict.CANCELLED
        if shown.generation != ticket.generation or shown.seats not in (None, ticket.seats):
            return day, Verdict.SUPERSEDED
        if not self.types[ticket.type].lets_in_at(self.gate.name):
            return day, Verdict.OTHER_GATE
        first, last = ticket.days(self.sale, self.zone)
        return day, None if first <= day <= last else Verdict.OTHER_DAY

    def _held(self, shown: Shown, ticket: Ticket) -> Ticket:
        """A ticket as it was when it was shown, where a gate could not know what it is now."""
        was = self.before.get((ticket.id, shown.generation or 0)) if self.offline else None
        return was.of(ticket) if was is not None and shown.at < was.until else ticket

    def _called_off(self, shown: Shown) -> bool:
        """Whether the sale was called off when a ticket was shown: nothing changes it after that."""
        return self.sale.state is SaleState.CANCELLED and not (self.offline and shown.at < self.sale.updated_at)

    def _scan(self, shown: Shown, ticket: Ticket | None, day: date, verdict: Verdict) -> Scan:
        return Scan(
            # The same wherever it comes from, since it settles what happened at the same moment.
            id=uuid5(self.gate.id, shown.scan),
            gate=self.gate.id,
            scan=shown.scan,
            sale=self.gate.sale,
            ticket=ticket.id if ticket else None,
            code=ticket.code if ticket else shown.code or shown.text[:40],
            leaving=shown.leaving,
            verdict=verdict,
            happened=False,
            amiss=False,
            at=shown.at,
            day=day,
            offline=self.offline,
            by=self.by,
            created_at=self.now,
        )
