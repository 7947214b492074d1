"""The rules of events."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from services.branding.city_events import model
from services.branding.city_events.model import CityEvent, Content, Kind, Occasion, OccasionState, State, Status
from services.branding.city_events.recurrence import Planned, Schedule
from services.kit.errors import DomainError
from services.kit.ids import uuid7

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SAID = Content("Malam Keroncong", Kind.PERFORMANCE, "Kota Lama")


def written() -> CityEvent:
    text = model.text_of(SAID)
    return CityEvent(
        uuid7(), 1, "malam-keroncong", State.DRAFT, Kind.PERFORMANCE, "", "writer", "", text, "writer", Status.MEMORY,
        "", NOW, NOW,
    )  # fmt: skip


def planned(key: str, day: int) -> Planned:
    at = NOW + timedelta(days=day)
    return Planned(key, at, at + timedelta(hours=2), all_day=False)


def known(one: Planned) -> Occasion:
    return Occasion(
        uuid7(), uuid7(), one.key, one.starts_at, one.ends_at, one.all_day, OccasionState.PLANNED, ""
    )  # fmt: skip


def reason_of(act: object) -> str:
    with pytest.raises(DomainError) as caught:
        act()  # type: ignore[operator]
    return caught.value.reason


def test_nobody_publishes_what_they_wrote() -> None:
    assert reason_of(lambda: model.published(written(), "writer", NOW)) == "OWN_EVENT"
    done = model.published(written(), "other", NOW)
    assert (done.state, done.written, done.said.name) == (State.PUBLISHED, "", "Malam Keroncong")


def test_what_is_published_stays_until_somebody_else_publishes_what_was_written() -> None:
    done = model.published(written(), "other", NOW)
    again = model.rewritten(done, replace_name("Malam Jazz"), "other", "", NOW)
    assert again.said.name == "Malam Keroncong"
    assert reason_of(lambda: model.published(again, "other", NOW)) == "OWN_EVENT"
    assert model.published(again, "writer", NOW).said.name == "Malam Jazz"


def replace_name(name: str) -> Content:
    return Content(name, SAID.kind, SAID.venue)


def test_what_was_called_off_stays_so() -> None:
    over = model.cancelled(model.published(written(), "other", NOW), "Banjir di lokasi.", NOW)
    assert reason_of(lambda: model.published(over, "other", NOW)) == "EVENT_CANCELLED"
    assert reason_of(lambda: model.rewritten(over, SAID, "writer", "", NOW)) == "EVENT_CANCELLED"


def test_dates_keep_their_ids_when_they_are_moved_and_are_called_off_when_they_are_gone() -> None:
    first, second, third = (planned(str(day), day) for day in (1, 2, 3))
    there = {one.key: known(one) for one in (first, second)}
    moved = first._replace(starts_at=NOW + timedelta(days=5), ends_at=NOW + timedelta(days=6), moved=True)
    dates = model.reconciled(there, [moved, third], NOW)
    assert dates.added == [third]
    by_key = {one.key: one for one in dates.changed}
    assert by_key["1"].id == there["1"].id
    assert (by_key["1"].sequence, by_key["1"].moved) == (1, True)
    assert (by_key["2"].state, by_key["2"].sequence) == (OccasionState.CANCELLED, 1)


def test_nothing_changes_of_dates_that_are_the_same_or_over() -> None:
    past = known(planned("gone", -2))
    same = planned("1", 1)
    assert model.reconciled({"gone": past, "1": known(same)}, [same], NOW) == ([], [])


def test_the_next_date_is_the_nearest_that_holds() -> None:
    off = replace(known(planned("1", 1)), state=OccasionState.CANCELLED)
    on, later = known(planned("2", 2)), known(planned("3", 3))
    it = model.nearest(written(), [later, off, on], NOW)
    assert (it.next_at, it.next_until) == (on.starts_at, on.ends_at)
    assert model.nearest(it, [off], NOW).next_at is None


@pytest.mark.parametrize(
    ("rule", "start", "awaited"),
    [
        ("FREQ=YEARLY", "2025-11-01", True),
        ("FREQ=WEEKLY;COUNT=3", "2026-11-01", False),
        ("FREQ=DAILY;UNTIL=20261110", "2026-11-01", False),
        ("FREQ=YEARLY;INTERVAL=2;COUNT=5", "2026-05-02", True),
        ("", "", True),
    ],
)
def test_dates_are_awaited_that_a_rule_has_beyond_what_is_planned(rule: str, start: str, awaited: bool) -> None:
    content = structs.replace(SAID, schedule=Schedule(rule=rule, start=start))
    until = model.horizon(content, NOW.date())
    event = replace(written(), written=model.text_of(content), planned_until=until)
    assert model.awaited(event, ZoneInfo("Asia/Jakarta"), NOW) == awaited


def test_a_code_is_made_of_the_name_and_is_nobody_elses() -> None:
    id_ = uuid7()
    assert model.code_of("Pasar Rakyat: Éntrance!", id_) == f"pasar-rakyat-entrance-{id_.hex[-6:]}"
    assert model.code_of("节日", id_).startswith("acara-")
