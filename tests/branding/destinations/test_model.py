"""The rules of destinations."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.branding.corrections import model as corrections
from services.branding.corrections.model import Correction
from services.branding.destinations import model
from services.branding.destinations.model import Access, Content, Destination, Exceptional, Kind, Payer, Price, Status
from services.branding.destinations.views import content
from services.kit.city import load_city
from services.kit.city.opening_hours import Opening, State
from services.kit.errors import DomainError
from services.kit.ids import uuid7

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A Tuesday, 09:00 in Semarang."""
CALENDAR = load_city("semarang").calendar


def place(content: Content) -> Destination:
    return Destination(
        uuid7(), 1, "lawang-sewu", Kind.HERITAGE, "Lawang Sewu", model.text_of(content), "33.74.01.1007", 110.41, -6.98,
        False, Status.PARTLY, None, "pers", NOW, NOW, timed=bool(content.hours),
    )  # fmt: skip


def test_what_nobody_has_told_is_not_known() -> None:
    assert place(Content()).opening(NOW, CALENDAR).state is State.UNKNOWN
    assert place(Content(hours="24/7", closed=True)).opening(NOW, CALENDAR).state is State.UNKNOWN


def test_a_day_with_hours_of_its_own_goes_before_the_week() -> None:
    week = "Mo-Su 08:00-20:00"
    shut = place(Content(hours=week, exceptions=(Exceptional("2026-11-24"),)))
    assert shut.opening(NOW, CALENDAR).state is State.CLOSED
    late = place(Content(hours=week, exceptions=(Exceptional("2026-11-24", "10:00-12:00"),)))
    opening = late.opening(NOW, CALENDAR)
    assert (opening.state, opening.until) == (State.CLOSED, datetime(2026, 11, 24, 3, 0, tzinfo=UTC))
    tomorrow = place(Content(hours="Mo-Su 10:00-20:00", exceptions=(Exceptional("2026-11-25"),)))
    evening = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
    assert tomorrow.opening(evening, CALENDAR).until == datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
    alone = place(Content(exceptions=(Exceptional("2026-11-24", "08:00-10:00"),)))
    assert alone.opening(NOW, CALENDAR) == Opening(State.OPEN, datetime(2026, 11, 24, 3, 0, tzinfo=UTC))
    assert alone.opening(evening, CALENDAR) == Opening(State.CLOSED), "nobody has told of tomorrow"
    assert alone.opening(datetime(2026, 11, 25, 2, 0, tzinfo=UTC), CALENDAR) == Opening(State.UNKNOWN)


@pytest.mark.parametrize("times", ["sore", "Mo-Th 09:00-17:00", "25:00-26:00"])
def test_times_that_say_nothing_of_their_day_are_refused_where_they_stand(times: str) -> None:
    with pytest.raises(DomainError) as caught:
        model.check(Content(exceptions=(Exceptional("2026-12-25", times),)))
    assert (caught.value.reason, caught.value.metadata) == ("OPENING_HOURS_INVALID", {"field": "exceptions"})
    model.check(Content(exceptions=(Exceptional("2026-12-25", "off"), Exceptional("2026-12-26", "10:00-15:00"))))


@pytest.mark.parametrize("times", ["", "off", "closed", "Mo-Th 09:00-17:00"])
def test_a_day_whose_times_let_nobody_in_is_shut(times: str) -> None:
    """A Friday: what is sold of it is given back, and nothing more is sold."""
    said = Content(hours="24/7", exceptions=(Exceptional("2026-12-25", times),))
    assert said.shut(date(2026, 12, 25))
    assert not said.shut(date(2026, 12, 24))
    (shown,) = content(said).exceptions
    assert (shown.day, shown.times) == ("2026-12-25", "")


@pytest.mark.parametrize(
    ("week", "days", "now", "told"),
    [
        ("Fr,Sa 18:00-02:00", {"28": ""}, "29T00:30", (State.CLOSED, "12-04T18:00")),
        ("Sa,Su 18:00-02:00", {"29": ""}, "29T00:30", (State.OPEN, "11-29T02:00")),
        ("Mo-Fr 08:00-16:00", {"28": "18:00-02:00"}, "29T00:30", (State.OPEN, "11-29T02:00")),
        ("Mo-Fr 08:00-16:00", {"28": "18:00-02:00"}, "29T02:30", (State.CLOSED, "11-30T08:00")),
        ("We 09:00-17:00", {"24": "09:00-12:00"}, "23T10:00", (State.CLOSED, "11-24T09:00")),
        ("24/7", {"24": ""}, "23T10:00", (State.OPEN, "11-24T00:00")),
        ("24/7", {"24": ""}, "24T10:00", (State.CLOSED, "11-25T00:00")),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins_and_the_next_opening_is_found_on_any_day(
    week: str, days: dict[str, str], now: str, told: tuple[State, str]
) -> None:
    exceptions = tuple(Exceptional(f"2026-11-{day}", times) for day, times in days.items())
    at = datetime.fromisoformat(f"2026-11-{now}").replace(tzinfo=CALENDAR.timezone)
    found = place(Content(hours=week, exceptions=exceptions)).opening(at, CALENDAR)
    assert found.until is not None
    assert (found.state, found.until.astimezone(CALENDAR.timezone).strftime("%m-%dT%H:%M")) == told


def test_a_correction_changes_what_it_says_and_leaves_the_rest() -> None:
    before = place(Content(description="Gedung.", hours="24/7", prices=(Price(Payer.ALL, 0),)))
    proposal = Content(prices=(Price(Payer.ADULT, 25_000),), access=Access.NO)
    after = model.corrected(before, proposal, NOW, date(2026, 11, 24))
    assert (after.said.description, after.said.hours) == ("Gedung.", "24/7")
    assert (after.said.prices, after.said.access) == (proposal.prices, Access.NO)
    assert (after.corrected, after.version) == (True, 2)


def test_a_correction_of_one_thing_does_not_say_that_all_of_it_was_checked() -> None:
    before = replace(place(Content(description="Gedung.")), status=Status.MEMORY, checked_on=date(2020, 1, 1))
    after = model.corrected(before, Content(access=Access.YES), NOW, date(2026, 11, 24))
    assert (after.status, after.checked_on, after.source) == (Status.MEMORY, date(2020, 1, 1), before.source)


def test_days_that_a_later_correction_does_not_name_stay_until_they_are_over() -> None:
    one = place(Content(exceptions=(Exceptional("2026-11-23"), Exceptional("2026-12-25", "10:00-12:00"))))
    for days in ((Exceptional("2026-12-25"),), (Exceptional("2026-12-02"),)):
        one = model.corrected(one, Content(exceptions=days), NOW, date(2026, 11, 24))
    assert one.said.exceptions == (Exceptional("2026-12-02"), Exceptional("2026-12-25"))


@pytest.mark.parametrize(
    ("before", "proposed", "after"),
    [
        ({"adult": 20, "child": 10}, {"child": 5}, {"adult": 20, "child": 5}),
        ({"adult": 20, "child": 10, "foreign": 50}, {"all": 15}, {"foreign": 50, "all": 15}),
        ({"all": 15, "foreign": 50}, {"adult": 20}, {"foreign": 50, "adult": 20}),
        ({"all": 0}, {"foreign": 50}, {"all": 0, "foreign": 50}),
    ],
)
def test_prices_of_who_a_correction_does_not_name_stay_unless_one_price_is_for_all(
    before: dict[str, int], proposed: dict[str, int], after: dict[str, int]
) -> None:
    one = model.merged(Content(prices=prices(before)), Content(prices=prices(proposed)))
    assert one.prices == prices(after)


def prices(given: dict[str, int]) -> tuple[Price, ...]:
    """Prices by who pays them."""
    return tuple(Price(Payer(payer), units) for payer, units in given.items())


def test_nobody_decides_on_their_own_and_nothing_is_decided_twice() -> None:
    one = Correction(
        uuid7(), 1, corrections.State.WAITING, uuid7(), model.text_of(Content(hours="24/7")), "tertulis", "a", NOW, NOW
    )  # fmt: skip
    done = _decided(one, "b")
    for before, by, reason in ((one, "a", "OWN_CORRECTION"), (done, "b", "INVALID_TRANSITION")):
        with pytest.raises(DomainError) as caught:
            _decided(before, by)
        assert caught.value.reason == reason


def _decided(one: Correction, by: str) -> Correction:
    return corrections.decided(one, corrections.State.ACCEPTED, "Sudah diperiksa.", by, NOW)


@pytest.mark.parametrize(
    ("proposal", "waiting", "own", "reason"),
    [
        (Content(), 0, 0, "DESTINATION_CORRECTION_EMPTY"),
        (Content(hours="24/7"), 0, 0, "CORRECTION_KNOWN"),
        (Content(note="Lain."), 50, 0, "CORRECTIONS_FULL"),
        (Content(note="Lain."), 0, 20, "OWN_CORRECTIONS_FULL"),
    ],
)
def test_a_correction_that_tells_nothing_or_is_one_too_many_is_refused(
    proposal: Content, waiting: int, own: int, reason: str
) -> None:
    with pytest.raises(DomainError) as caught:
        corrections.worth(Content(hours="24/7"), proposal, waiting, own)
    assert caught.value.reason == reason
