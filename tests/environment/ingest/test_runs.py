"""Which messages of a run have come: as a plain set has it, whatever the order."""

from hypothesis import given
from hypothesis import strategies as st

from services.environment.ingest import model
from services.environment.ingest.model import Run
from services.environment.ingest.store import _run


@given(st.lists(st.integers(0, 60)))
def test_a_run_knows_what_a_set_knows(sequence: list[int]) -> None:
    run, plain = Run(), set[int]()
    for seq in sequence:
        assert run.add(seq) is (seq not in plain)
        plain.add(seq)
        assert run.missing == len(set(range(min(plain), max(plain) + 1)) - plain)
        assert all(end < start for end, start in zip(run.ends, run.starts[1:], strict=False))
    again = _run(str(run))
    assert (again.starts, again.ends) == (run.starts, run.ends)


def test_a_run_of_more_gaps_than_are_kept_forgets_the_oldest_and_takes_what_fills_them_for_known() -> None:
    run = Run()
    for seq in range(0, 2 * model.MOST_GAPS + 20, 2):
        run.add(seq)
    assert len(run.starts) == model.MOST_GAPS
    assert not run.add(1)
    assert run.add(2 * model.MOST_GAPS + 17)
