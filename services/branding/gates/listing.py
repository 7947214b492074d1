"""The list that a gate takes along: lines that a phone reads in a moment and that name nobody. Pure.

SCL1 <gate> <sale> <first day> <last day> <let in from> <made at> <hours after midnight of the day before>
T <number> <once|daily> <none|after_exit|free>
SMGE7K4P2M8Q92 1 0 - 0
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from services.branding.gates.model import Gate, Scan, days_opened
from services.branding.sales.model import TicketType
from services.branding.tickets.model import Ticket


def text(
    gate: Gate,
    days: tuple[date, ...],
    early: datetime,
    night: timedelta,
    now: datetime,
    types: Sequence[TicketType],
    tickets: Sequence[Ticket],
    scans: Mapping[UUID, Sequence[Scan]],
) -> str:
    """A page of it: the head and the types on each, and those of the tickets that the gate lets in."""
    number = {one.id: place for place, one in enumerate(types)}
    times = f"{int(early.timestamp())} {int(now.timestamp())} {night // timedelta(hours=1)}"
    lines = [f"SCL1 {gate.id} {gate.sale} {days[0]} {days[1]} {times}"]
    lines += [f"T {place} {one.admission.value} {one.reentry.value}" for place, one in enumerate(types)]
    for one in tickets:
        if one.type in number:
            opened = days_opened(scans.get(one.id, ()), types[number[one.type]].admission)
            let_in = ",".join(map(str, opened)) or "-"
            code = one.code.replace("-", "")
            lines.append(f"{code} {one.generation} {number[one.type]} {let_in} {int(one.inside and bool(opened))}")
    return "\n".join(lines) + "\n"
