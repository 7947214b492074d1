"""Nothing is told of fewer than five people, whatever is subtracted from what."""

from collections.abc import Sequence
from itertools import pairwise, product
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.society.tallies import model
from services.society.tallies.model import LEAST, Tally, Told

ONE = UUID(int=1)
_answers = st.lists(st.tuples(st.integers(0, 2), st.integers(3, 5)), max_size=60)


def _add_up(answers: Sequence[tuple[int, int]]) -> list[Tally]:
    """The tally after each answer."""
    found = [model.new(ONE, 6)]
    for each in answers:
        found.append(model.add(found[-1], each)[0])
    return found


@given(_answers)
def test_a_tally_is_the_sum_of_all_answers(answers: list[tuple[int, int]]) -> None:
    last = _add_up(answers)[-1]
    assert last.answers == len(answers)
    assert last.counts == tuple(sum(cell in each for each in answers) for cell in range(6))


@given(_answers)
def test_between_any_two_figures_that_are_told_are_five_answers_or_none(answers: list[tuple[int, int]]) -> None:
    moments = _add_up(answers)
    told = [one.shown for one in moments]
    assert told == sorted(told)
    for before, after in pairwise(told):
        assert after - before in (0, LEAST)
    for one in moments:
        assert one.shown % LEAST == 0
        assert sum(one.shown_counts) == 2 * one.shown, "counts are of the people that are told, no others"
        assert one.answers == one.shown or one.answers - one.shown >= LEAST or not one.shown
    end = moments[-1]
    if end.answers >= LEAST:
        assert all(end.answers - each >= LEAST for each in told), (
            "nor does the end, which tells all, single anybody out"
        )


@given(st.lists(_answers, min_size=2, max_size=6), st.data())
def test_totals_of_surveys_subtracted_from_each_other_leave_whole_surveys(
    surveys: list[list[tuple[int, int]]], data: st.DataObject
) -> None:
    """Agencies of a period, or periods of an agency: what ends with too few goes on, and is in no total."""
    published = [one for one in (_add_up(each)[-1] for each in surveys) if one.answers >= LEAST]
    one, other = (data.draw(st.sets(st.integers(0, len(surveys) - 1))) for _ in range(2))
    in_one = {place for place in one if place < len(published)}
    in_other = {place for place in other if place < len(published)}
    for group in (in_one - in_other, in_other - in_one):
        assert sum(published[place].answers for place in group) == 0 or all(
            published[place].answers >= LEAST for place in group
        )


def _consistent(told: Told, answers: int) -> list[tuple[int, ...]]:
    """All counts that would be told in the same way, as somebody works out who knows the rule."""
    open_ = answers - sum(count or 0 for count in told.counts)
    ranges = [range(open_ + 1) if count is None else (count,) for count in told.counts]
    return [each for each in product(*ranges) if sum(each) == answers and model.told(each) == told]


@settings(max_examples=300)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_what_is_hidden_of_a_question_cannot_be_worked_out(counts: list[int]) -> None:
    if sum(counts) < LEAST:
        return
    told = model.told(counts)
    for place, count in enumerate(told.counts):
        assert count is None or (count == counts[place] and (count == 0 or count >= LEAST))
    if told.hidden:
        possible = _consistent(told, sum(counts))
        for place, count in enumerate(told.counts):
            if count is None:
                assert len({each[place] for each in possible}) > 1, "several numbers may be"


def test_where_nobody_is_few_everything_is_told() -> None:
    assert model.told([5, 0, 12]) == Told((5, 0, 12), mean_known=True)
    assert str(model.mean([5, 0, 12])) == "2.41"


def test_few_are_hidden_with_others_so_that_they_are_five_together() -> None:
    assert model.told([2, 3, 40]).counts == (None, None, 40)
    assert model.told([1, 20, 7]).counts == (None, 20, None), "one alone would be what is missing from the total"
    assert model.told([4, 4, 30, 9]).counts == (None, None, 30, None), "two fours would be the only way to make eight"
    assert not model.told([1, 20, 7]).mean_known
