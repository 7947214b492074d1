"""What gates say of scans that come together: as they happened, whatever came first, at a cost that grows with them."""

import random
from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from services.branding.gates.judging import Book, Judged, Shown
from services.branding.gates.model import Gate, Move, Scan, Story, Verdict
from services.branding.sales.model import Admission, Reentry, TicketType
from services.branding.tickets.model import State, Ticket
from tests.branding.gates.test_model import BEGIN, ZONE, sale

ID = UUID(int=1)
SALE = sale(BEGIN, BEGIN + timedelta(hours=50))
NOW = BEGIN + timedelta(hours=48)
GATE = Gate(ID, SALE.id, "disbudpar", "Utara", "", BEGIN)


def sort(admission: Admission = Admission.ONCE, reentry: Reentry = Reentry.AFTER_EXIT) -> TicketType:
    """A type of tickets, of which only how it lets in matters."""
    return TicketType(
        id=ID, version=1, sale=SALE.id, name_id="", name_en="", price=0, quota=1, most=1, open=True,
        admission=admission, reentry=reentry, gates=(), refund_hours=0, refund_percent=0, created_at=BEGIN,
        updated_at=BEGIN,
    )  # fmt: skip


def ticket(number: int = 1) -> Ticket:
    """One that holds."""
    return Ticket(
        id=UUID(int=number), version=1, code=f"T{number}", state=State.VALID, order_id=ID, sale=SALE.id, type=ID,
        seats=ID, first_day=BEGIN.date(), last_day=BEGIN.date(), price=0, request="", generation=1, hands=1, holder="",
        sealed=None, admissions=0, admitted_day=None, inside=False, created_at=BEGIN, updated_at=BEGIN,
    )  # fmt: skip


def book(type_: TicketType, tickets: Iterable[Ticket], scans: Iterable[Scan] = (), *, offline: bool = True) -> Book:
    """What is known when scans come in, those that came before among it."""
    of: dict[UUID, list[Scan]] = {}
    for one in scans:
        if one.ticket is not None and one.happened:
            of.setdefault(one.ticket, []).append(one)
    return Book(
        gate=GATE, sale=SALE, zone=ZONE, now=NOW, early=timedelta(hours=3), by="", offline=offline,
        tickets={one.code: one for one in tickets}, types={type_.id: type_}, scans=of,
        known={one.scan: one for one in scans},
    )  # fmt: skip


def shown(number: int, of: int = 1, *, leaving: bool = False) -> Shown:
    """The ticket ``of`` was shown, so many minutes after the begin."""
    return Shown(f"s{number}", "", f"T{of}", None, 1, ID, BEGIN + timedelta(minutes=number), leaving)


def judged(known: Book, scans: Sequence[Shown]) -> list[Judged]:
    """What is said of them in the end."""
    found = [known.judge(one) for one in scans]
    known.settle()
    return [known.seen(one) for one in found]


def test_many_scans_of_one_ticket_are_gone_through_once_and_not_once_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before: 500 scans of a ticket that had 500 went through a quarter of a million, for seconds."""
    gone, go_on = 0, Story.go_on

    def counted(self: Story, move: Move) -> None:
        nonlocal gone
        gone += 1
        go_on(self, move)

    monkeypatch.setattr(Story, "go_on", counted)
    first = book(sort(), [ticket()])
    judged(first, [shown(number) for number in range(500)])
    gone = 0
    again = book(sort(), first.tickets.values(), [first.changed.get(one.id, one) for one in first.new])
    found = judged(again, [shown(number) for number in range(500, 1_000)])
    assert {one.scan.verdict for one in found} == {Verdict.USED}
    assert gone <= 2_000
    assert again.tickets["T1"].admissions == 1_000


@pytest.mark.parametrize("seed", range(20))
def test_the_same_scans_amount_to_the_same_in_whatever_parts_they_come(seed: int) -> None:
    chance = random.Random(seed)
    type_ = sort(chance.choice(list(Admission)), chance.choice(list(Reentry)))
    scans = [shown(minutes, leaving=chance.random() < 0.3) for minutes in chance.sample(range(2_800), 12)]
    scans.sort(key=lambda one: one.at)
    whole = book(type_, [ticket()])
    told = {one.scan.scan: one.scan for one in judged(whole, scans)}
    chance.shuffle(scans)
    tickets, known = [ticket()], dict[str, Scan]()
    for start in range(0, len(scans), 5):
        part = book(type_, tickets, known.values())
        judged(part, sorted(scans[start : start + 5], key=lambda one: one.at))
        known |= {one.scan: part.changed.get(one.id, one) for one in [*known.values(), *part.new]}
        tickets = list(part.tickets.values())
    assert known == told
    assert tickets == list(whole.tickets.values())
