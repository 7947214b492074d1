"""The rules of payouts in spite of differences: two people, who saw the same, or none."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.economy.settlement import despite, model
from services.economy.settlement.despite import Doubt, Open, Wish
from services.economy.settlement.model import Batch, State
from services.kit.errors import DomainError

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
WHY = "Bank membenarkan uangnya."
BATCH = Batch(
    id=UUID(int=1), version=1, merchant=UUID(int=2), day=date(2026, 11, 24), round=1, state=State.CLOSED, first_entry=1,
    last_entry=2, payments=2, currency="IDR", gross=9, fees=0, refunded=0, covered=0, net=9, carried=0, told_entry=2,
    created_at=NOW, paid_at=None,
)  # fmt: skip
DIFFERENCES = [
    Open(UUID(int=moved), UUID(int=10 + moved), "IDR", bank, 50) for moved in (1, 2, 3) for bank in (None, 20, 70)
]
people, reasons = st.sampled_from(["ani", "budi", "citra"]), st.sampled_from([WHY, "Bank keliru mencatatnya."])
doubts = st.lists(st.sampled_from(DIFFERENCES), max_size=3).map(lambda some: despite.doubt_of(some, "IDR"))


def doubt(*bank: int | None) -> Doubt:
    """Differences of payments of 50, of which the bank has so much each."""
    return despite.doubt_of([Open(UUID(int=n), UUID(int=n), "IDR", each, 50) for n, each in enumerate(bank)], "IDR")


def test_what_the_bank_lacks_is_added_up_by_payment_and_what_it_has_too_much_of_is_not_taken_off() -> None:
    found = doubt(None, 20, 70)
    assert (found.differences, found.lacking) == (3, 80)
    twice = [Open(UUID(int=1), UUID(int=n), "IDR", bank, 50) for n, bank in ((1, None), (2, 20))]
    assert (despite.doubt_of(twice, "IDR").differences, despite.doubt_of(twice, "IDR").lacking) == (1, 50)


def test_money_of_another_currency_is_lacking_whole() -> None:
    assert despite.doubt_of([Open(UUID(int=1), UUID(int=1), "USD", 50, 50)], "IDR").lacking == 50


def test_an_etag_tells_version_and_differences_and_is_that_of_the_version_without_any() -> None:
    assert despite.etag_of(3, None) == "3"
    assert despite.etag_of(3, doubt(None)) == f"3.{doubt(None).mark}"


@given(doubts, doubts)
def test_marks_are_alike_only_of_the_same_differences(one: Doubt, other: Doubt) -> None:
    assert one.mark != other.mark or one == other


def test_the_order_in_which_differences_are_found_does_not_matter() -> None:
    assert despite.doubt_of(DIFFERENCES, "IDR") == despite.doubt_of(DIFFERENCES[::-1], "IDR")


def test_nothing_is_asked_for_where_nothing_differs() -> None:
    with pytest.raises(DomainError, match="Nothing"):
        despite.ask(BATCH, None, WHY, "ani", NOW, to_former=False)


steps = st.one_of(
    st.tuples(st.just("says"), people, reasons, st.booleans()),
    st.tuples(st.just("differs"), st.none() | doubts.filter(lambda found: found.differences > 0)),
    st.tuples(st.just("account")),
)


@given(st.lists(steps, max_size=12))
def test_whatever_is_said_in_whatever_order_money_goes_out_by_two_people_who_saw_and_said_the_same(
    history: list[tuple[object, ...]],
) -> None:
    batch, found, kept = BATCH, doubt(None), None
    said: list[Wish] = []
    for what, *more in history:
        if what == "differs":
            (found,) = more  # type: ignore[assignment]
        elif what == "account":
            batch = model.touched(batch)
        elif found is not None:
            who, why, to_former = more
            wish = despite.ask(batch, found, why, who, NOW, to_former=to_former)  # type: ignore[arg-type]
            stood = kept is not None and kept.stands(batch.version, found)
            if stood and kept and (kept.asked_by, kept.reason, kept.to_former) == (who, why, to_former):
                with pytest.raises(DomainError, match="somebody else"):
                    despite.decide(kept, wish)
                continue
            decided = despite.decide(kept, wish)
            if decided.is_approved:
                first = said[-1]
                assert stood
                assert decided.asked_by == first.asked_by != decided.approved_by == who
                assert (first.reason, first.to_former, first.differing) == (why, to_former, found.mark)
                return
            kept, batch = decided, model.touched(batch)
            said.append(decided)
            assert kept.stands(batch.version, found)
