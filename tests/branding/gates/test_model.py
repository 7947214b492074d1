"""What moves with a ticket amount to."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.branding.gates.model import Move, Verdict, day_of, told
from services.branding.sales.model import Admission, Reentry, Sale, State

ZONE = ZoneInfo("Asia/Jakarta")
BEGIN = datetime(2026, 12, 24, 3, tzinfo=UTC)


def move(number: int, hours: int, *, leaving: bool = False) -> Move:
    """One of them, so many hours after the begin."""
    at = BEGIN + timedelta(hours=hours)
    return Move(at, UUID(int=number), at.date(), leaving)


@pytest.mark.parametrize(
    ("begins", "hours", "at", "day"),
    [
        ("31T20:00", 6, "31T20:30", 31),  # to 02:00
        ("31T20:00", 6, "01T00:05", 31),
        ("31T20:00", 6, "01T23:59", 31),
        ("31T20:00", 6, "02T00:01", 2),
        ("31T20:00", 6, "30T20:30", 30),
        ("31T01:00", 4, "30T22:30", 31),  # a gate is open three hours before
        ("31T01:00", 4, "30T21:59", 30),
        ("31T01:00", 4, "31T04:00", 31),
        ("31T19:00", 4, "31T08:00", 31),  # on the day itself whenever its officers open it
        ("29T15:00", 59, "29T15:00", 29),  # to 02:00 of the 1st
        ("29T15:00", 59, "30T04:59", 29),
        ("29T15:00", 59, "30T05:00", 30),
        ("29T15:00", 59, "01T01:00", 31),
        ("29T02:00", 30, "29T02:00", 29),  # to 08:00 of the 30th
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_began(begins: str, hours: int, at: str, day: int) -> None:
    starts_at = moment(begins)
    of = sale(starts_at, starts_at + timedelta(hours=hours))
    assert day_of(moment(at), of, ZONE, timedelta(hours=3)).day == day


def test_days_of_a_destination_are_the_calendars() -> None:
    assert day_of(moment("30T00:30"), sale(None, None), ZONE, timedelta(hours=3)).day == 30


def moment(text: str) -> datetime:
    """A time about the turn of the year, on the city's clocks."""
    month = "2026-12" if int(text[:2]) > 20 else "2027-01"
    return datetime.fromisoformat(f"{month}-{text}").replace(tzinfo=ZONE).astimezone(UTC)


def sale(starts_at: datetime | None, ends_at: datetime | None) -> Sale:
    """What is sold, of which only its times matter."""
    id_ = UUID(int=1)
    return Sale(
        id=id_, version=1, state=State.OPEN, agency="disbudpar", occasion=id_ if starts_at else None,
        event=id_ if starts_at else None, event_code="", destination="" if starts_at else "lawang-sewu", title_id="",
        title_en="", venue="", starts_at=starts_at, ends_at=ends_at, day=None, moved_at=None, opens_at=BEGIN,
        waiting_room=False, note="", opened_by="", created_at=BEGIN, updated_at=BEGIN,
    )  # fmt: skip


def test_what_came_in_wrongly_on_another_day_does_not_open_that_day() -> None:
    moves = [move(1, 0), move(2, 24), move(3, 25, leaving=True), move(4, 26)]
    once = told(moves, Admission.ONCE, Reentry.AFTER_EXIT)
    assert list(once.verdicts.items()) == [
        (UUID(int=1), Verdict.ADMITTED), (UUID(int=2), Verdict.USED), (UUID(int=4), Verdict.USED),
    ]  # fmt: skip
    daily = told(moves, Admission.DAILY, Reentry.AFTER_EXIT)
    assert list(daily.verdicts.values()) == [Verdict.ADMITTED, Verdict.ADMITTED, Verdict.READMITTED]
    assert (daily.entries, daily.inside) == (3, True)
