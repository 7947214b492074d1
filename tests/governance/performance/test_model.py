"""What events count for: each duty once, for the agency that has it; adding up again gives the same."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.governance.performance.figures import Figures, decimal, league
from services.governance.performance.formulas import Formula, Terms, Weights, after, cut_off, earlier, terms_of
from services.governance.performance.model import EXPLAINED, CaseState, Counting, Fact, Heard, Kind, Sum, What, sums
from services.governance.recounting.model import refusal
from services.kit.city import load_city
from tests.fixtures.holidays import decided_off

WIB, CALENDAR = ZoneInfo("Asia/Jakarta"), load_city("semarang").calendar
NINE = datetime(2026, 3, 2, 2, tzinfo=UTC)
WEIGHTS = Weights(on_time=50, settled=20, rating=15, prompt=15)
FORMULA = Formula(
    name_id="x", name_en="x", id="2026-1", first_month="2026-01", least_cases=2, close_days=5, weights=WEIGHTS
)
TERMS = Terms(keep_months=36, formulas=(FORMULA,))
CASE = UUID(int=7)
_ids = count(1)


def heard(
    what: What, hours: float = 0, *, value: int = 0, agency: str = "dlh", case: UUID = CASE, due: float | None = None
) -> Heard:
    at = NINE + timedelta(hours=hours)
    number = next(_ids)
    until = None if due is None else NINE + timedelta(hours=due)
    return Heard(UUID(int=number), case, number, what, at, at, "SMG-1", agency, value, until)


def counted(*events: Heard, terms: Terms = TERMS) -> list[Fact]:
    counting = Counting(terms, CALENDAR)
    return [fact for event in events for fact in counting.take(event)]


def kinds(*events: Heard, terms: Terms = TERMS) -> list[str]:
    return [fact.kind.value for fact in counted(*events, terms=terms)]


def test_a_case_that_is_answered_and_resolved_in_time_counts_twice() -> None:
    events = (heard(What.ASSIGNED), heard(What.ANSWERED, 2), heard(What.RESOLVED, 30, value=1))
    assert kinds(*events) == ["prompt", "on_time"]
    assert counted(*events)[0].value == 7200


def test_to_resolve_at_once_is_an_answer() -> None:
    assert kinds(heard(What.ASSIGNED), heard(What.RESOLVED, 1, value=1)) == ["prompt", "on_time"]


def test_what_was_explained_in_time_counts_apart_from_the_month_on_whose_formula_says_so() -> None:
    anew = Formula(
        name_id="x", name_en="x", id="2026-2", first_month="2026-04", least_cases=2, close_days=5, weights=WEIGHTS,
        explained_apart=True,
    )  # fmt: skip
    april = 24 * 40.0
    events = (
        heard(What.RESOLVED, value=EXPLAINED),
        heard(What.REOPENED, april), heard(What.RESOLVED, april, value=EXPLAINED),
        heard(What.REOPENED, april), heard(What.RESOLVED, april), heard(What.REOPENED, april),
        heard(What.RESOLVED, april, value=1),
    )  # fmt: skip
    counting = Counting(Terms(keep_months=36, formulas=(FORMULA, anew)), CALENDAR)
    found = [fact.kind.value for event in events for fact in counting.take(event)]
    ends = [kind for kind in found if kind in ("on_time", "overdue", "explained")]
    assert ends == ["on_time", "explained", "overdue", "on_time"], "explained too late is late"


def test_who_resolves_by_explaining_alone_is_not_ranked_for_it() -> None:
    assert figures(explained=9).score(FORMULA) is None
    assert figures(explained=9).on_time_share is None
    both = figures(on_time=2, explained=8, reopened=5)
    assert both.score(FORMULA) == 100 * Fraction(50 * 2 + 20, 2 * 70), "of ten that ended half were opened again"


def test_a_deadline_that_passed_counts_once_whatever_comes_after() -> None:
    events = (
        heard(What.ASSIGNED),
        heard(What.RESPONSE_MISSED, 50),
        heard(What.ANSWERED, 60),
        heard(What.RESOLUTION_MISSED, 90),
        heard(What.RESOLVED, 99, value=0),
    )
    assert kinds(*events) == ["silent", "belated", "overdue"]


def test_a_late_resolution_is_overdue_though_no_timer_came_to_it() -> None:
    assert kinds(heard(What.RESOLVED, value=0), heard(What.RESOLUTION_MISSED, 1)) == ["overdue"]


def test_opening_again_begins_both_duties_anew() -> None:
    events = (
        heard(What.RESOLUTION_MISSED),
        heard(What.RESOLVED, 1, value=0),
        heard(What.REOPENED, 2),
        heard(What.ANSWERED, 3),
        heard(What.RESOLVED, 4, value=1),
    )
    assert kinds(*events) == ["overdue", "reopened", "prompt", "on_time"]


def test_whoever_gets_a_case_answers_for_it_from_then_on() -> None:
    events = (
        heard(What.ASSIGNED),
        heard(What.MOVED, 5, agency="dpu"),
        heard(What.ASSIGNED, 6, agency="dpu"),
        heard(What.ANSWERED, 8, agency="dpu"),
    )
    (answer,) = counted(*events)
    assert (answer.agency, answer.value) == ("dpu", 3 * 3600)


def test_nothing_is_owed_of_a_case_that_ended() -> None:
    assert (
        kinds(heard(What.ASSIGNED), heard(What.ENDED, 1), heard(What.RESPONSE_MISSED, 2), heard(What.ANSWERED, 3)) == []
    )


@pytest.mark.parametrize(
    ("rest", "counted"),
    [
        ((heard(What.PERMIT_DECIDED, 40),), ["permit_on_time"]),
        ((heard(What.PERMIT_DECIDED, 41),), ["permit_overdue"]),
        ((heard(What.PERMIT_DEEMED, 41), heard(What.PERMIT_GRANTED, 41)), ["permit_deemed", "permit_granted"]),
        ((heard(What.PERMIT_RESTS, 30),), []),
        (
            (heard(What.PERMIT_RESTS, 30), heard(What.PERMIT_WAITS, 90, due=99), heard(What.PERMIT_DECIDED, 95)),
            ["permit_on_time"],
        ),
    ],
)
def test_a_permit_is_decided_in_time_late_or_by_silence(rest: tuple[Heard, ...], counted: list[str]) -> None:
    assert kinds(heard(What.PERMIT_WAITS, due=40), *rest) == counted


BY_TERM = Terms(keep_months=36, formulas=(replace(FORMULA, permits_by_term=True),))


@pytest.mark.parametrize(("terms", "found"), [(TERMS, ["permit_deemed"]), (BY_TERM, [])], ids=["before", "since"])
def test_an_application_whose_days_are_over_before_the_term_is_says_nothing_since_the_formula_has_it_so(
    terms: Terms, found: list[str]
) -> None:
    assert kinds(heard(What.PERMIT_WAITS, due=40), heard(What.PERMIT_DEEMED, 39), terms=terms) == found


@pytest.mark.parametrize(("terms", "found"), [(TERMS, "permit_overdue"), (BY_TERM, "permit_on_time")])
def test_a_permit_that_is_decided_in_a_term_that_a_day_off_has_put_off_is_in_time_since_the_formula_has_it_so(
    monkeypatch: pytest.MonkeyPatch, terms: Terms, found: str
) -> None:
    waits = heard(What.PERMIT_WAITS, due=14.9)  # until Monday night
    assert waits.due is not None
    decided_off(CALENDAR, waits.due, monkeypatch)
    assert kinds(waits, heard(What.PERMIT_DECIDED, 38), terms=terms) == [found], "on Tuesday night"
    assert kinds(waits, heard(What.PERMIT_DECIDED, 39), terms=terms) == ["permit_overdue"]


def test_a_permit_whose_term_is_not_known_counts_neither_in_time_nor_late() -> None:
    assert kinds(heard(What.PERMIT_DECIDED, 9)) == []
    assert kinds(heard(What.PERMIT_WAITS), heard(What.PERMIT_DECIDED, 9)) == []


def test_a_month_is_the_citys_and_closes_days_after_its_end() -> None:
    (fact,) = counted(heard(What.RATED, 24 * 29 + 15, value=4))  # 31 March 17:00 UTC is 1 April in Semarang
    assert (fact.month, fact.value) == (date(2026, 4, 1), 4)
    assert cut_off(TERMS, date(2026, 3, 1), WIB) == datetime(2026, 4, 6, tzinfo=WIB)


def test_what_comes_after_the_cut_off_is_a_correction_with_a_name() -> None:
    late = datetime(2026, 4, 6, 3, tzinfo=UTC)
    event = heard(What.RATED, value=5)
    soon, after_it = (
        next(iter(Counting(TERMS, CALENDAR).take(Heard(**{**vars(event), "heard_at": at}))))
        for at in (late - timedelta(days=1), late)
    )
    assert (soon.correction, after_it.correction) == ("", "2026-03/2026-04-06")


def figures(**cases: int) -> Figures:
    """Counts by kind; of ratings the sum of stars, each of them four."""
    return Figures({Kind(name): Sum(number, number * 4 if name == "rated" else 0) for name, number in cases.items()})


def test_the_score_is_by_the_weights_and_leaves_out_what_has_no_case() -> None:
    assert figures(on_time=1).score(FORMULA) is None  # too few
    assert figures(on_time=4).score(FORMULA) == 100
    assert figures(on_time=3, overdue=1).score(FORMULA) == 100 * Fraction(50 * 3 + 20 * 4, 4 * 70)
    whole = figures(on_time=3, overdue=1, reopened=1, rated=2, prompt=1, silent=1).score(FORMULA)
    assert decimal(whole) == "71.25"


def test_permits_weigh_where_the_formula_says_so_and_silence_is_no_decision() -> None:
    weights = Weights(on_time=40, settled=15, rating=15, prompt=10, permits=20)
    with_permits = replace(FORMULA, weights=weights)
    alone = figures(permit_on_time=3, permit_overdue=1, permit_deemed=1)
    assert alone.score(FORMULA) is None
    assert [alone.score(with_permits), alone.permit_share] == [60, Fraction(3, 5)]
    both = figures(on_time=2, permit_deemed=2, permit_granted=9)
    assert [both.score(FORMULA), both.score(with_permits)] == [100, 100 * Fraction(55, 75)]


def test_the_league_ranks_who_has_enough_cases_and_equals_share_a_place() -> None:
    of = {"a": figures(on_time=2), "b": figures(on_time=9), "c": figures(on_time=3, overdue=3), "d": figures(on_time=1)}
    assert [(one.agency, one.rank) for one in league(of, FORMULA)] == [("a", 1), ("b", 1), ("c", 3), ("d", 0)]
    assert [one.rank for one in league(of, None)] == [0, 0, 0, 0]


def test_months_are_counted_over_the_year() -> None:
    assert (after(date(2026, 12, 1)), earlier(date(2026, 2, 1), 14)) == (date(2027, 1, 1), date(2024, 12, 1))


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (date(2026, 2, 1), date(2026, 3, 1), ""),
        (date(2026, 3, 1), date(2026, 2, 1), "wrong order"),
        (date(2026, 2, 1), date(2026, 4, 1), "yet to come"),
        (date(2024, 2, 1), date(2024, 2, 1), "begin with 2024-03"),
    ],
)
def test_months_can_be_counted_again_as_long_as_all_before_is_kept(first: date, last: date, why: str) -> None:
    found = refusal(first, last, date(2026, 3, 1), 36)
    assert (why in found) if why else not found


def test_the_city_publishes_its_formula() -> None:
    terms = terms_of(load_city("semarang"))
    found = terms.formula(date(2026, 11, 1))
    assert found is not None
    assert (found.id, terms.formula(date(2025, 12, 1))) == ("2026-1", None)
    december = terms.formula(date(2026, 12, 1))
    assert december is not None
    assert (december.id, found.weights.permits, december.weights.permits) == ("2026-2", 0, 20)
    january = terms.formula(date(2027, 1, 1))
    assert january is not None
    assert (january.id, december.explained_apart, january.explained_apart) == ("2027-1", False, True)
    assert (december.permits_by_term, january.permits_by_term) == (False, True)
    assert terms_of(load_city("kabupaten-semarang")).formulas == ()


_EVENTS = st.lists(
    st.tuples(
        st.sampled_from(list(What)), st.integers(0, 3_000), st.integers(0, 5), st.sampled_from("ab"), st.integers(0, 3)
    ),
    max_size=40,
)


@given(_EVENTS, st.lists(st.integers(1, 7), max_size=12))
def test_counting_as_they_come_and_counting_again_case_by_case_give_the_same(
    given_: list[tuple[What, int, int, str, int]], cuts: list[int]
) -> None:
    rows = sorted(given_, key=lambda row: row[1])
    events = [
        heard(what, hours, value=value, agency=agency, case=UUID(int=case), due=hours + 9 * value if value else None)
        for what, hours, value, agency, case in rows
    ]
    live: list[Fact] = []
    states: dict[UUID, CaseState] = {}
    rest = list(events)
    for size in [*cuts, len(events) + 1]:  # batches, of which each begins with the states that were kept
        counting = Counting(TERMS, CALENDAR, states)
        live += [fact for event in rest[:size] for fact in counting.take(event)]
        states, rest = counting.states, rest[size:]
    again = counted(*sorted(events, key=lambda event: (event.complaint, event.version)))
    assert sums(live) == sums(again)
    told = sums(live)
    both = sum(one.cases for key, one in told.items() if key[3] in (Kind.ON_TIME, Kind.OVERDUE))
    assert both <= sum(event.what in (What.RESOLVED, What.RESOLUTION_MISSED) for event in events)
    permits = sum(one.cases for key, one in told.items() if key[3] in (Kind.PERMIT_ON_TIME, Kind.PERMIT_OVERDUE))
    assert permits <= sum(event.what is What.PERMIT_WAITS and event.due is not None for event in events)
