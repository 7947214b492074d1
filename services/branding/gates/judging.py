"""What a gate says of scans that come together: one after the other in the order of their times. Pure.

With a connection whoever is refused stays outside. Without one it has happened: it is taken as it was, and what should
not have been is marked. A ticket's moves are always gone through in the order of their times, so that the same scans
amount to the same, in whatever order and in how many parts they come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple
from uuid import UUID, uuid5

from services.branding.gates import model
from services.branding.gates.model import Gate, Scan, Verdict
from services.branding.sales.model import Sale, TicketType
from services.branding.sales.model import State as SaleState
from services.branding.tickets.model import State, Ticket

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
class Book:
    """What is known when scans come in; ``tickets`` and ``scans`` go on with each."""

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
    scans: dict[UUID, list[Scan]]
    """Those that are known of each ticket."""
    known: dict[str, Scan]
    """Scans of this gate by what it calls them."""
    new: list[Scan] = field(default_factory=list)
    changed: dict[UUID, Scan] = field(default_factory=dict)
    """Scans that were taken before and are seen differently now."""
    first: list[Scan] = field(default_factory=list)
    """The first ones on a day with a ticket."""

    def judge(self, shown: Sequence[Shown]) -> list[Judged]:
        """The verdicts, in the order of what was shown."""
        found: dict[int, Judged] = {}
        for number, (place, one) in enumerate(sorted(enumerate(shown), key=lambda each: (each[1].at, each[0]))):
            # A phone whose clock is ahead let in all the same: now at the latest, one after the other.
            latest = self.now + timedelta(microseconds=number)
            found[place] = self._one(one._replace(at=min(one.at, latest)))
        return [self._now(found[place]) for place in range(len(shown))]

    def _now(self, judged: Judged) -> Judged:
        """As it is seen when all have come."""
        changed = self.changed.get(judged.scan.id)
        return judged._replace(scan=changed) if changed else judged

    def _one(self, shown: Shown) -> Judged:
        again = self.known.get(shown.scan)
        if again is not None and (again.happened or again.offline or not self.offline):
            return Judged(again, self.tickets.get(again.code), True, None)
        ticket = self.tickets.get(shown.code)
        if not self.offline:
            shown = self._at_once(shown, ticket)
        day, wrong = self._day(shown, ticket)
        scan = self._scan(shown, ticket, day, wrong or Verdict.ADMITTED)
        if ticket is None or wrong in (Verdict.ELSEWHERE, Verdict.TIME_INVALID):
            # No move of this ticket here; without a connection somebody came in with it all the same.
            return self._keep(replace(scan, amiss=self.offline and ticket is not None), None, None)
        others = self.scans.setdefault(ticket.id, [])
        before = [one.at for one in others if one.happened and not one.leaving and one.at <= shown.at]
        before_at = max(before, default=None)
        if wrong is not None:
            # Without a connection it let in all the same.
            scan = replace(scan, happened=self.offline, amiss=self.offline)
        elif not shown.leaving:
            scan = self._entry(scan, ticket, others)
        else:
            scan = replace(scan, verdict=Verdict.LEFT, happened=True)
        return self._keep(scan, ticket, before_at)

    def _at_once(self, shown: Shown, ticket: Ticket | None) -> Shown:
        """With a connection it is now, and after all that is known of the ticket, whatever clocks say."""
        moves = [one.at for one in self.scans.get(ticket.id, ()) if one.happened] if ticket else []
        return shown._replace(at=max([self.now, *(at + timedelta(microseconds=1) for at in moves)]))

    def _entry(self, scan: Scan, ticket: Ticket, others: Sequence[Scan]) -> Scan:
        type_ = self.types[ticket.type]
        moves = [one.move for one in others if one.happened]
        story = model.told([*moves, scan.move], type_.admission, type_.reentry)
        verdict = model.verdict_of(scan.id, story)
        if self.offline or verdict is not Verdict.USED:
            return replace(scan, verdict=verdict, happened=True, amiss=verdict is Verdict.USED)
        return replace(scan, verdict=verdict)

    def _keep(self, scan: Scan, ticket: Ticket | None, before: datetime | None) -> Judged:
        if scan.scan in self.known:  # it was refused, and the answer was lost: without it the gate let in
            self.changed[scan.id] = scan
        else:
            self.new.append(scan)
        self.known[scan.scan] = scan
        if ticket is None or not scan.happened:
            return Judged(scan, ticket, False, before)
        others = self.scans[ticket.id]
        if not scan.leaving and scan.day not in model.days_let_in(others):
            self.first.append(scan)
        others.append(scan)
        self._retell(ticket)
        return Judged(scan, ticket, False, before)

    def _retell(self, ticket: Ticket) -> None:
        """Sees all scans of a ticket anew: one that comes late may show that an earlier one was the second."""
        type_, scans = self.types[ticket.type], self.scans[ticket.id]
        story = model.told([one.move for one in scans if one.happened], type_.admission, type_.reentry)
        for place, one in enumerate(scans):
            if one.happened and not one.leaving and (one.verdict in model.LET_IN or one.verdict is Verdict.USED):
                verdict = model.verdict_of(one.id, story)
                again = replace(one, verdict=verdict, amiss=verdict is Verdict.USED)
                if again != one:
                    scans[place] = self.changed[one.id] = again
        self.tickets[ticket.code] = replace(
            ticket, admissions=story.entries, admitted_day=story.last_day, inside=story.inside,
            version=ticket.version + 1, updated_at=self.now,
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
        if ticket.sale != self.gate.sale:
            return day, Verdict.ELSEWHERE
        if ticket.state is not State.VALID or self.sale.state is SaleState.CANCELLED:
            return day, Verdict.CANCELLED
        if shown.generation != ticket.generation or shown.seats not in (None, ticket.seats):
            return day, Verdict.SUPERSEDED
        if not self.types[ticket.type].lets_in_at(self.gate.name):
            return day, Verdict.OTHER_GATE
        first, last = ticket.days(self.sale, self.zone)
        return day, None if first <= day <= last else Verdict.OTHER_DAY

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
