"""What moves with a ticket amount to."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.branding.gates.model import Move, told
from services.branding.sales.model import Admission, Reentry

BEGIN = datetime(2026, 12, 24, 3, tzinfo=UTC)


def move(number: int, hours: int, *, leaving: bool = False) -> Move:
    """One of them, so many hours after the begin."""
    at = BEGIN + timedelta(hours=hours)
    return Move(at, UUID(int=number), at.date(), leaving)


def test_what_came_in_wrongly_on_another_day_does_not_open_that_day() -> None:
    moves = [move(1, 0), move(2, 24), move(3, 25, leaving=True), move(4, 26)]
    story = told(moves, Admission.ONCE, Reentry.AFTER_EXIT)
    assert (set(story.first), set(story.again)) == ({UUID(int=1)}, set())
    assert set(story.amiss) == {UUID(int=2), UUID(int=4)}
    daily = told(moves, Admission.DAILY, Reentry.AFTER_EXIT)
    assert (set(daily.again), set(daily.amiss)) == ({UUID(int=4)}, set())
    assert (daily.entries, daily.inside) == (3, True)
