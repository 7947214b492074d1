"""Scans of one ticket at several gates, in any order and in any parts: the same in the end, no more than allowed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.branding.gates.judging import Book, Shown
from services.branding.gates.model import LET_IN, Gate, Scan, Verdict
from services.branding.sales.model import Admission, Reentry, seats_of
from services.branding.tickets.model import Ticket, issue
from tests.branding.orders.test_histories import NOW, sale_of, type_of

FIRST = NOW + timedelta(days=30)
Shot = tuple[int, int, bool]
"""Minutes after the begin, gate, whether going out."""
SHOTS = st.lists(st.tuples(st.integers(0, 2 * 24 * 60 - 1), st.integers(0, 2), st.booleans()), max_size=7, unique=True)
RULES = pytest.mark.parametrize("admission", list(Admission))


class Gates:
    """Three gates and a ticket, as the database keeps them."""

    def __init__(self, admission: Admission, reentry: Reentry) -> None:
        self.sale = sale_of(starts_at=FIRST, ends_at=FIRST + timedelta(days=2))
        self.type = type_of(self.sale, 10, admission=admission, reentry=reentry)
        seats = seats_of(self.type, FIRST.date())
        self.gates = [Gate(UUID(int=9 + one), self.sale.id, "disbudpar", f"{one}", "", NOW) for one in range(3)]
        self.ticket: Ticket = issue("SMGE-1", self.sale, self.type, seats, uuid4(), "", "", UTC, NOW)
        self.scans: dict[str, Scan] = {}
        self.told = 0

    def upload(self, shots: list[Shot], *, offline: bool, now: datetime) -> list[Verdict]:
        """Uploads some, gate by gate."""
        verdicts = []
        for number, gate in enumerate(self.gates):
            mine = [(FIRST + timedelta(minutes=one[0]), one[0], one[2]) for one in shots if one[1] == number]
            shown = [
                Shown(f"{number}-{minutes}-{leaving}", "", "SMGE-1", None, None, None, at, leaving)
                for at, minutes, leaving in mine
            ]
            book = Book(
                gate=gate, sale=self.sale, zone=UTC, now=now, early=timedelta(0), by="", offline=offline,
                tickets={"SMGE-1": self.ticket}, types={self.type.id: self.type},
                scans={self.ticket.id: [one for one in self.scans.values() if one.happened]},
                known={one.scan: one for one in self.scans.values() if one.gate == gate.id},
            )  # fmt: skip
            verdicts += [one.scan.verdict for one in book.judge(shown)]
            for one in book.new:
                self.scans[f"{one.gate}{one.scan}"] = book.changed.get(one.id, one)
            for one in book.changed.values():
                self.scans[f"{one.gate}{one.scan}"] = one
            self.ticket = book.tickets["SMGE-1"]
            self.told += len(book.first)
        return verdicts

    def summary(self) -> tuple[object, ...]:
        """What it amounts to."""
        amiss = sorted(f"{one.scan}" for one in self.scans.values() if one.amiss)
        return (amiss, self.ticket.admissions, self.ticket.admitted_day, self.ticket.inside, self.told)


@RULES
@pytest.mark.parametrize("reentry", list(Reentry))
@settings(max_examples=40, deadline=None)
@given(shots=SHOTS, data=st.data())
def test_the_same_scans_amount_to_the_same_in_whatever_order_and_parts_they_come(
    admission: Admission, reentry: Reentry, shots: list[Shot], data: st.DataObject
) -> None:
    shots = [one for one in shots if (one[0], one[1], not one[2]) not in shots]
    later = FIRST + timedelta(days=3)
    whole, parts = Gates(admission, reentry), Gates(admission, reentry)
    whole.upload(shots, offline=True, now=later)
    mixed = data.draw(st.permutations(shots))
    cut = data.draw(st.integers(0, len(shots)))
    for part in (mixed[:cut], mixed[cut:], mixed):
        parts.upload(part, offline=True, now=later)
    assert parts.summary() == whole.summary()
    entries = sum(not leaving for _, _, leaving in shots)
    assert whole.ticket.admissions == entries, "what happened without a connection has happened"


@RULES
@settings(max_examples=40, deadline=None)
@given(shots=SHOTS)
def test_with_a_connection_nobody_comes_in_more_often_than_the_ticket_says(
    admission: Admission, shots: list[Shot]
) -> None:
    gates = Gates(admission, Reentry.NONE)
    verdicts = []
    for one in sorted(shots):
        verdicts += gates.upload([one], offline=False, now=FIRST + timedelta(minutes=one[0]))
    let_in = sum(verdict in LET_IN for verdict in verdicts)
    assert let_in <= (1 if admission is Admission.ONCE else 3)
    assert let_in == gates.told == gates.ticket.admissions
    assert not [one for one in gates.scans.values() if one.amiss]
