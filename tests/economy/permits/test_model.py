"""The rules of permits: the table of states, the clock, the second person, objections and days."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.economy.permit_kinds.profile import DISTRICT, _read, district_agency, required, terms_of_permits
from services.economy.permits import days, moving
from services.economy.permits.model import (
    HOLDING,
    OVER,
    SILENT,
    TRANSITIONS,
    Move,
    Party,
    Permit,
    Rules,
    State,
    Wanted,
    new_code,
    parse_code,
)
from services.kit.city import load_city, working_time
from services.kit.city.files import CityError
from services.kit.errors import DomainError
from services.kit.ids import uuid7
from tests.fixtures.holidays import decided_off

CITY = load_city("semarang")
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # a Tuesday
CHECKER, DECIDER, OTHER, OWNER = "officer-1", "officer-2", "officer-3", "citizen-1"
WANTED = Wanted("Warung Bu Sri", "33.74.01.1007", "Pasar Johar blok C, kios 12", "", None, None)
WHY = "Lokasi tidak sesuai ketentuan."


def rules(kind: str = "kios-pasar") -> Rules:
    terms = required(CITY)
    return Rules(terms.by_id[kind], terms, CITY.calendar)


def drafted(kind: str = "kios-pasar", **changes: object) -> Permit:
    wanted = replace(WANTED, **changes)  # type: ignore[arg-type]
    return moving.drafted(
        uuid7(), new_code("SMG"), rules(kind), wanted, owner=OWNER, sealed=b"x", checker="kec-semarang-tengah",
        agency="disdag", extends=None, now=NOW,
    )  # fmt: skip


def after(*moves: Move, kind: str = "kios-pasar", at: datetime = NOW, **changes: object) -> Permit:
    """One that went a way, each move by another person."""
    one = drafted(kind, **changes)
    for place, move in enumerate(moves):
        one = moved(one, move, kind, by=f"officer-{place}", at=at)
    return one


def moved(one: Permit, move: Move, kind: str = "kios-pasar", by: str = OTHER, at: datetime = NOW) -> Permit:
    return moving.moved(one, move, rules(kind), by=by, note=WHY, now=at)


def refusal(one: Permit, move: Move, kind: str = "kios-pasar", by: str = OTHER, at: datetime = NOW) -> str:
    with pytest.raises(DomainError) as caught:
        moved(one, move, kind, by, at)
    return caught.value.reason


DECIDING = (Move.SUBMIT, Move.CHECK)
GRANTED = (*DECIDING, Move.GRANT)


def test_the_way_from_a_draft_to_the_grant() -> None:
    one = after(*GRANTED)
    assert (one.state, one.version, one.deemed, one.shown) == (State.GRANTED, 4, False, "valid")
    assert (one.first_day, one.last_day) == (date(2026, 11, 24), date(2028, 11, 23))


def test_silence_of_five_working_days_is_consent() -> None:
    one = after(Move.SUBMIT)
    assert one.due_at == datetime(2026, 12, 1, 16, 59, 59, tzinfo=UTC)
    assert one.wake_at == one.due_at
    assert moving.due_move(one, rules(), one.due_at) is Move.DEEM
    for silent in (one, after(*DECIDING)):
        done = moved(silent, Move.DEEM, at=NOW + timedelta(days=8))
        assert (done.state, done.deemed, done.shown, done.decided_by) == (State.DEEMED_GRANTED, True, "valid", "")


def test_the_clock_waits_while_the_applicant_is_asked() -> None:
    one = moved(after(Move.SUBMIT), Move.ASK, at=NOW + timedelta(days=1))
    assert (one.state, one.due_at, one.before) == (State.ASKED, None, State.CHECKING)
    answered = moved(one, Move.SUBMIT, at=NOW + timedelta(days=15))  # ten working days later
    assert (answered.state, answered.due_at) == (State.CHECKING, datetime(2026, 12, 15, 16, 59, 59, tzinfo=UTC))
    assert answered.submitted_at == NOW


def test_a_clock_that_waited_is_told_as_the_end_of_its_day_and_many_questions_give_one_day_at_most() -> None:
    one, at = after(Move.SUBMIT), NOW
    for _ in range(5):
        one = moved(one, Move.ASK, at=at)
        at += timedelta(seconds=25)
        one = moved(one, Move.SUBMIT, at=at)
        assert one.due(CITY.calendar) == one.wake_at == datetime(2026, 12, 2, 16, 59, 59, tzinfo=UTC)
    objected = moved(moved(after(*DECIDING), Move.REFUSE, by=DECIDER), Move.OBJECT, by=OWNER)
    assert objected.due(CITY.calendar) == objected.wake_at == objected.due_at, "a clock that never waited ends a day"


@pytest.mark.parametrize(
    ("written", "sealed"),
    [(replace(WANTED, name="Diskotek 24 jam"), b"x"), (replace(WANTED, place="kios 99"), b"x"), (WANTED, b"other")],
)
def test_what_is_other_than_was_checked_is_checked_from_the_start(written: Wanted, sealed: bytes) -> None:
    asked = moved(after(*DECIDING), Move.ASK, at=NOW + timedelta(days=6))
    later = NOW + timedelta(days=7)
    one = moved(moving.rewritten(asked, rules(), written, sealed, later), Move.SUBMIT, at=later)
    assert (one.state, one.checked_by) == (State.CHECKING, "")
    assert one.due_at == rules().due(later, rules().kind.days)
    assert refusal(one, Move.GRANT) == "INVALID_TRANSITION"


def test_what_is_written_as_before_goes_on_where_it_was() -> None:
    asked = moved(after(*DECIDING), Move.ASK, at=NOW + timedelta(days=1))
    same = moving.rewritten(asked, rules(), WANTED, b"x", NOW + timedelta(days=2))
    one = moved(same, Move.SUBMIT, at=NOW + timedelta(days=2))
    assert (one.state, one.checked_by) == (State.DECIDING, asked.checked_by)
    assert asked.remaining is not None
    assert one.due_at == working_time.after(CITY.calendar, NOW + timedelta(days=2), asked.remaining)


def test_a_question_on_the_day_that_silence_was_put_off_to_leaves_the_city_the_hours_that_it_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = after(Move.SUBMIT)
    assert one.due_at == datetime(2026, 12, 1, 16, 59, 59, tzinfo=UTC)
    decided_off(CITY.calendar, one.due_at, monkeypatch)
    day_off, at = datetime(2026, 12, 1, 2, tzinfo=UTC), datetime(2026, 12, 2, 2, tzinfo=UTC)
    left = timedelta(hours=14, minutes=59, seconds=59)
    assert moved(one, Move.ASK, at=at).remaining == left
    assert moved(one, Move.ASK, at=day_off).remaining == left + timedelta(hours=9), "the whole of the day after"


@given(st.lists(st.tuples(st.integers(0, 72), st.integers(0, 400)), max_size=5))
def test_however_often_they_are_asked_the_city_has_its_working_time_once(asked: list[tuple[int, int]]) -> None:
    one, at, used = after(Move.SUBMIT), NOW, timedelta()
    whole = working_time.between(CITY.calendar, NOW, one.due_at)  # type: ignore[arg-type]
    for works, waits in asked:
        before, at = at, at + timedelta(hours=works)
        if one.due_at is None or at >= one.due_at:
            break
        used += working_time.between(CITY.calendar, before, at)
        one = moved(one, Move.ASK, at=at)
        at += timedelta(hours=waits)
        one = moved(one, Move.SUBMIT, at=at)
        assert one.due_at is not None
        assert working_time.between(CITY.calendar, at, one.due_at) + used == whole
        told = one.due(CITY.calendar)
        assert told is not None
        assert told >= one.due_at, "silence never grants before the law's clock has run out"
        assert rules().today(told) == rules().today(one.due_at)


@given(st.lists(st.sampled_from(list(Move)), max_size=12))
def test_no_way_leads_past_the_table(ways: list[Move]) -> None:
    one, refused = drafted(), []
    for place, move in enumerate(ways):
        before = one
        try:
            one = moved(one, move, by=f"officer-{place}")
        except DomainError as error:
            refused.append((before.state, move, error.reason))
            continue
        assert one.state in TRANSITIONS[before.state, move]
        assert (one.due_at is not None) == (one.state in SILENT or one.state is State.OBJECTED)
        assert one.state not in HOLDING or one.first_day is not None
        assert one.wake_at is not None
    assert all(why.startswith("PERMIT_OBJECT") for state, move, why in refused if (state, move) in TRANSITIONS)


def test_every_state_can_be_left_or_is_over_and_every_move_is_somebodys() -> None:
    left = {state for state, _ in TRANSITIONS}
    assert set(State) - left == {State.ENDED, State.WITHDRAWN, State.LAPSED}
    assert set(State) - left <= OVER
    for state, move in TRANSITIONS:
        assert any(moving.party_may(move, state, party) for party in Party)


def test_who_checked_does_not_decide_where_the_kind_wants_two() -> None:
    one = moved(after(Move.SUBMIT), Move.CHECK, by=CHECKER)
    assert refusal(one, Move.GRANT, by=CHECKER) == "SECOND_PERSON_REQUIRED"
    assert moved(one, Move.GRANT, by=DECIDER).state is State.GRANTED


def test_a_kind_without_a_check_is_decided_on_at_once_and_so_is_what_was_put_right() -> None:
    sent = moved(drafted("bantu-nib"), Move.SUBMIT, "bantu-nib")
    assert (sent.state, refusal(sent, Move.CHECK)) == (State.DECIDING, "INVALID_TRANSITION")
    asked = moved(sent, Move.ASK, "bantu-nib", DECIDER)
    put_right = moving.exchanging(asked, NOW)
    assert moved(put_right, Move.SUBMIT, "bantu-nib").state is State.DECIDING
    done = moved(sent, Move.GRANT, "bantu-nib", DECIDER)
    assert (done.state, done.shown) == (State.ENDED, ""), "help is done, and has no paper"


def test_help_is_not_granted_by_silence() -> None:
    one = moved(drafted("bantu-nib"), Move.SUBMIT, "bantu-nib")
    assert (one.wake_at, one.due_at is None) == (None, False)


def test_an_objection_is_for_somebody_else_and_upheld_by_silence() -> None:
    refused = moved(after(*DECIDING), Move.REFUSE, by=DECIDER)
    one = moved(refused, Move.OBJECT, by=OWNER)
    due = datetime(2026, 12, 8, 16, 59, 59, tzinfo=UTC)
    assert (one.state, one.due_at) == (State.OBJECTED, due)
    assert refusal(one, Move.DISMISS, by=DECIDER) == "SECOND_PERSON_REQUIRED"
    assert refusal(one, Move.UPHOLD, by=CHECKER) == "SECOND_PERSON_REQUIRED", "it would grant what it checked"
    assert refusal(one, Move.DISMISS, by=CHECKER) == "SECOND_PERSON_REQUIRED", "nor is only a no left to them"
    assert moving.due_move(one, rules(), due) is Move.UPHOLD
    upheld = moved(one, Move.UPHOLD, by="")
    assert (upheld.state, upheld.shown) == (State.GRANTED, "valid")
    dismissed = moved(one, Move.DISMISS)
    assert (dismissed.state, refusal(dismissed, Move.OBJECT)) == (State.REFUSED, "PERMIT_OBJECTED_BEFORE")


def test_an_objection_comes_within_21_working_days() -> None:
    refused = moved(after(*DECIDING), Move.REFUSE)
    assert refusal(refused, Move.OBJECT, at=NOW + timedelta(days=40)) == "PERMIT_OBJECTION_LATE"


def test_a_suspended_permit_is_so_while_it_is_objected_to_and_ends_on_its_day() -> None:
    suspended = moved(after(*GRANTED), Move.SUSPEND, by=DECIDER)
    assert suspended.shown == "suspended"
    objected = moved(suspended, Move.OBJECT, by=OWNER)
    assert objected.shown == "suspended"
    assert moved(objected, Move.UPHOLD).shown == "valid"
    assert moved(suspended, Move.RESUME, by=DECIDER).state is State.GRANTED
    assert refusal(suspended, Move.REVOKE, by=DECIDER) == "SECOND_PERSON_REQUIRED"
    assert moved(suspended, Move.REVOKE).shown == "ended"
    over = rules().end_of(suspended.last_day)  # type: ignore[arg-type]
    assert moving.due_move(suspended, rules(), over) is Move.END


def test_a_fee_is_paid_before_it_holds() -> None:
    first, last = date(2026, 12, 1), date(2026, 12, 3)
    payable = after(*GRANTED, kind="bongkar-muat", first_day=first, last_day=last)
    assert (payable.state, payable.shown) == (State.PAYABLE, "")
    paid = moved(payable, Move.PAY, "bongkar-muat")
    assert (paid.state, paid.shown, paid.last_day) == (State.GRANTED, "valid", date(2026, 12, 3))
    silent = moved(
        moved(drafted("bongkar-muat", first_day=first, last_day=last), Move.SUBMIT, "bongkar-muat"),
        Move.DEEM,
        "bongkar-muat",
    )
    assert moved(silent, Move.PAY, "bongkar-muat").state is State.DEEMED_GRANTED
    assert moving.due_move(silent, rules("bongkar-muat"), NOW) is Move.LAPSE


def test_days_that_are_asked_for_are_ahead_and_few() -> None:
    for first, last in (("2026-11-23", "2026-11-25"), ("2026-12-03", "2026-12-01"), ("2026-12-01", "2026-12-15")):
        with pytest.raises(DomainError, match="14 days"):
            drafted("bongkar-muat", first_day=date.fromisoformat(first), last_day=date.fromisoformat(last))


def test_its_end_is_told_before_and_comes_by_itself() -> None:
    one = after(*GRANTED)
    over = rules().end_of(date(2028, 11, 23))
    assert one.wake_at == over - timedelta(days=30)
    assert moving.due_move(one, rules(), one.wake_at) is None
    told = moving.reminded(one, rules(), one.wake_at)
    assert (told.wake_at, moving.due_move(told, rules(), over)) == (over, Move.END)
    ended = moved(told, Move.END, at=over)
    assert (ended.shown, ended.wake_at) == ("ended", over + timedelta(days=365))


def test_an_extension_goes_on_where_it_ends() -> None:
    one = after(*GRANTED)
    assert not moving.is_extendable(one, rules(), NOW)
    soon = datetime(2028, 10, 1, tzinfo=UTC)
    assert moving.is_extendable(one, rules(), soon)
    longer = days.follow(after(*GRANTED, at=soon), one, 24)
    assert (longer.first_day, longer.last_day) == (date(2028, 11, 24), date(2030, 11, 23))


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [("2026-11-24", 24, "2028-11-23"), ("2026-01-31", 1, "2026-02-28"), ("2026-12-01", 1, "2026-12-31")],
)
def test_months_end_the_day_before(first: str, months: int, last: str) -> None:
    assert days.last_of(date.fromisoformat(first), months) == date.fromisoformat(last)


def test_a_number_is_found_as_it_is_read_out() -> None:
    code = new_code("SMG")
    assert parse_code("SMG", code.lower().replace("-", " ")) == code
    assert parse_code("SMG", code[:-1] + ("A" if code[-1] != "A" else "B")) is None


def test_every_kelurahan_has_a_kecamatan_that_checks() -> None:
    lowest = [area.code for area in CITY.areas.values() if area.is_lowest]
    assert len(lowest) == 177
    agencies = {district_agency(CITY, code) for code in lowest}
    assert len(agencies) == 16
    assert all(CITY.agencies[each].level == DISTRICT for each in agencies)


def test_a_city_starts_without_permits_and_a_mistake_is_named(tmp_path: Path) -> None:
    assert terms_of_permits(load_city("kabupaten-semarang")) is None
    text = (CITY.folder / "permits.toml").read_text().replace('agency = "dishub"', 'agency = "nobody"')
    (tmp_path / "permits.toml").write_text(text)
    with pytest.raises(CityError, match="nobody"):
        _read(tmp_path, frozenset(CITY.agencies), frozenset({"dishub"}), frozenset({"retail", "food"}))


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ('steps = ["check"]', "no way to a decision"),
        ('steps = ["decide", "check"]', "no way to a decision"),
        ('steps = ["decide"]\ntwo = true', "nobody checks it"),
    ],
)
def test_steps_that_lead_to_no_decision_by_another_are_named(tmp_path: Path, written: str, named: str) -> None:
    text = (CITY.folder / "permits.toml").read_text().replace('agency = "dishub"', f'agency = "dishub"\n{written}')
    if "two" in written:
        text = text.replace("fee = 50_000\ntwo = true", "fee = 50_000")
    (tmp_path / "permits.toml").write_text(text)
    with pytest.raises(CityError, match=named):
        _read(tmp_path, frozenset(CITY.agencies), frozenset({"dishub"}), frozenset({"retail", "food"}))
