"""The engine against what rules mean, told plainly: with all readings at hand, and no memory."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.environment.alarms.model import Kind
from services.environment.rules import engine
from services.environment.rules.engine import Clock, Terms, Turn, Watch

Reading = tuple[int, float]

_S = 1_000
_VALUES = st.integers(-6, 6).map(float)
_SECONDS = st.integers(0, 8)
_READINGS = st.lists(st.tuples(st.integers(0, 60).map(lambda s: s * _S), _VALUES), max_size=40)
_TERMS = st.builds(
    Terms,
    clock=st.sampled_from(Clock),
    bound=st.integers(0, 4).map(float),
    below=st.booleans(),
    hysteresis=st.integers(0, 3).map(float),
    dwell=_SECONDS,
    calm=_SECONDS,
    span=st.integers(1, 12),
)
_KINDS = st.sampled_from(Kind)


def _run(one: Watch, readings: Iterable[Reading]) -> list[Turn]:
    """The turns that readings make, with those of the time that passes between them."""
    return [turn for at, value in readings for turn in (one.look(at - 1), one.read(at, value)) if turn is not None]


def _replay(kind: Kind, terms: Terms, readings: Iterable[Reading], until: int) -> list[Turn]:
    """The turns that readings would have made until a moment."""
    one = engine.watch(kind, terms)
    turns = _run(one, readings)
    last = one.look(until)
    return [*turns, last] if last else turns


def _counting(terms: Terms, readings: Sequence[Reading]) -> list[Reading]:
    """The readings that count: none that is older than one before it, or as old by phenomenon."""
    found: list[Reading] = []
    for at, value in readings:
        newest = max((one for one, _ in found), default=-1)
        if at > newest or (at == newest and terms.clock is Clock.ARRIVAL):
            found.append((at, value))
    return found


def _measures(kind: Kind, terms: Terms, readings: Sequence[Reading]) -> list[float]:
    """What is held to the limit: the value itself, or by how much it rose over the lowest of the window."""
    signed = [-value if terms.below else value for _, value in readings]
    if kind is Kind.THRESHOLD:
        return signed
    return [
        signed[place] - min(signed[other] for other in range(place + 1) if readings[other][0] >= at - terms.span * _S)
        for place, (at, _) in enumerate(readings)
    ]


def _by_limit(kind: Kind, terms: Terms, readings: Sequence[Reading]) -> list[Turn]:
    limit = -terms.bound if terms.below and kind is Kind.THRESHOLD else terms.bound
    measures = _measures(kind, terms, readings)
    turns: list[Turn] = []
    after = 0
    """The first reading after the last turn."""
    for place, (at, value) in enumerate(readings):
        is_open = len(turns) % 2 == 1
        lasts = terms.calm if is_open else terms.dwell

        def turned(one: int, is_open: bool = is_open) -> bool:
            return measures[one] < limit - terms.hysteresis if is_open else measures[one] >= limit

        # It has turned when all readings for long enough, since the last turn, say so.
        if any(
            at - readings[first][0] >= lasts * _S and all(turned(one) for one in range(first, place + 1))
            for first in range(after, place + 1)
        ):
            turns.append(Turn(not is_open, at, value))
            after = place + 1
    return turns


def _stuck(terms: Terms, readings: Sequence[Reading]) -> list[Turn]:
    turns: list[Turn] = []
    after = 0
    """The reading of the last turn."""
    for place, (at, value) in enumerate(readings):
        if turns and turns[-1].opens:
            opened = turns[-1].value
            turned = opened is not None and abs(value - opened) > terms.bound
        else:
            turned = any(
                at - readings[first][0] >= terms.span * _S
                and _spread([one for _, one in readings[first : place + 1]]) <= terms.bound
                for first in range(after, place + 1)
            )
        if turned:
            turns.append(Turn(not (turns and turns[-1].opens), at, value))
            after = place
    return turns


def _spread(values: Sequence[float]) -> float:
    return max(values) - min(values)


def _silence(terms: Terms, readings: Sequence[Reading], until: int) -> list[Turn]:
    turns: list[Turn] = []
    for one, other in pairwise([*readings, None]):
        assert one is not None
        due = one[0] + terms.span * _S
        if due < (other[0] if other else until + 1):
            turns.append(Turn(True, due, None))
            turns += [Turn(False, *other)] if other else []
    return turns


def _expected(kind: Kind, terms: Terms, readings: Sequence[Reading], until: int) -> list[Turn]:
    counting = _counting(terms, readings)
    if kind is Kind.SILENCE:
        return _silence(terms, counting, until)
    return _stuck(terms, counting) if kind is Kind.STUCK else _by_limit(kind, terms, counting)


@given(_KINDS, _TERMS, _READINGS, st.booleans())
@example(Kind.THRESHOLD, Terms(bound=2, hysteresis=1, dwell=2, calm=2), [(_S * at, 3.0) for at in range(5)], True)
@example(Kind.STUCK, Terms(span=2), [(_S * at, 0.0) for at in range(5)], True)
def test_the_engine_turns_when_the_rule_says_so(
    kind: Kind, terms: Terms, readings: list[Reading], ordered: bool
) -> None:
    series = sorted(readings, key=lambda one: one[0]) if ordered else readings
    turns = _replay(kind, terms, series, 80 * _S)
    assert turns == _expected(kind, terms, series, 80 * _S)
    assert [one.opens for one in turns] == [place % 2 == 0 for place in range(len(turns))]


@given(_KINDS, _TERMS, _READINGS, st.integers(1, 7))
def test_rows_of_readings_turn_as_they_do_one_by_one(
    kind: Kind, terms: Terms, readings: list[Reading], size: int
) -> None:
    one, other = engine.watch(kind, terms), engine.watch(kind, terms)
    for first in range(0, len(readings), size):
        row = readings[first : first + size]
        singly = [(place, turn) for place, each in enumerate(row) if (turn := one.read(*each))]
        assert other.read_row([at for at, _ in row], [value for _, value in row]) == singly
        assert (other.is_open, other.last, other.since) == (one.is_open, one.last, one.since)


@given(_KINDS, _TERMS, st.lists(_VALUES, max_size=60), st.integers(1, 3), st.integers(0, 60))
def test_a_watch_that_takes_over_goes_on_as_the_one_before(
    kind: Kind, terms: Terms, values: list[float], period: int, place: int
) -> None:
    """It knows the last turn, and the readings as far back as it reaches."""
    series = [(at * period * _S, value) for at, value in enumerate(values)]
    one = engine.watch(kind, terms)
    turns = _run(one, series[:place])
    other = engine.watch(kind, terms)
    since = (place - 1) * period * _S - other.reach - period * _S
    last = turns[-1] if turns else None
    known = [each for each in series[:place] if each[0] >= since]
    other.take_over(last)
    for first in range(0, len(known), 3):
        other.recollect(last, known[first : first + 3])
    assert other.is_open is one.is_open
    assert _run(other, series[place:]) == _run(one, series[place:])


def test_readings_that_were_corrected_since_turn_nothing_when_a_watch_takes_over() -> None:
    one = engine.watch(Kind.THRESHOLD, Terms(bound=1.0))
    one.take_over(None)
    one.recollect(None, [(_S, 2.0)])
    assert (one.is_open, one.read(2 * _S, 0.5), one.read(3 * _S, 1.5)) == (False, None, Turn(True, 3 * _S, 1.5))


_LEVELS = Terms(bound=1.7, hysteresis=0.1, dwell=60, calm=120)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([1.6, 1.7, 1.8, 1.69, 1.65, 1.5, 1.5, 1.5], [(True, 120), (False, 420)]),
        ([1.7, 1.6, 1.7, 1.6], []),
        ([1.7, 1.7, 1.5, 1.65, 1.5, 1.5, 1.5], [(True, 60), (False, 360)]),
    ],
)
def test_a_level_opens_when_it_lasts_and_clears_when_it_is_well_below(
    levels: list[float], expected: list[tuple[bool, int]]
) -> None:
    readings = [(place * 60 * _S, level) for place, level in enumerate(levels)]
    turns = _replay(Kind.THRESHOLD, _LEVELS, readings, 10_000 * _S)
    assert [(one.opens, one.at // _S) for one in turns] == expected


@pytest.mark.parametrize("kind", [Kind.RATE, Kind.STUCK])
def test_another_calibration_makes_no_rise_and_no_rest(kind: Kind) -> None:
    terms = Terms(bound=0.5, span=60)
    one = engine.watch(kind, terms)
    _run(one, [(at * _S, 1.0) for at in (0, 30)])
    one.forget()
    turns = _run(one, [(at * _S, 2.0) for at in (59, 90)])
    assert turns == []


class _Counted(float):
    """A value that counts how often it is compared with another."""

    compared = 0

    def __sub__(self, other: float) -> float:
        _Counted.compared += 1
        return float(self) - float(other)

    def __le__(self, other: float) -> bool:
        _Counted.compared += 1
        return float(self) <= float(other)

    def __ge__(self, other: float) -> bool:
        _Counted.compared += 1
        return float(self) >= float(other)


@pytest.mark.parametrize("step", [1e-3, -1e-3])
def test_a_value_that_creeps_is_not_compared_with_all_before_it(step: float) -> None:
    one = engine.watch(Kind.STUCK, Terms(bound=1e6, span=86_400))
    _Counted.compared = 0
    for at in range(1_000):
        one.read(at * _S, _Counted(at * step))
    assert 1_000 <= _Counted.compared <= 10_000


def test_what_never_sent_is_not_silent() -> None:
    assert _replay(Kind.SILENCE, Terms(span=60), [], 1 << 50) == []
