"""Expressions: read as they are written, answered as a plain evaluation answers them, and refused with where."""

import contextlib
import operator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sta import expressions, options
from gateway.sta.evaluating import MOST_REACHED, Evaluator
from gateway.sta.expressions import DEEPEST, MOST_TOKENS, parsed
from gateway.sta.faults import QueryFault
from gateway.sta.model import KINDS, Entity

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
ENTITY: dict[str, Any] = {
    "a": 3, "b": -2.5, "s": "Kali Garang", "q": "it's", "t": datetime(2026, 3, 1, 12, 30, tzinfo=UTC), "n": None,
    "f": True,
}  # fmt: skip


def _says(text: str) -> bool:
    return Evaluator(NOW).holds(parsed(text), lambda parts, _: [ENTITY.get(parts[0])])


@pytest.mark.parametrize(
    "text",
    [
        "a eq 3", "a ne 4", "3 eq a", "b lt 0", "b ge -2.5", "a add 2 mul 3 eq 9", "(a add 2) mul 3 eq 15",
        "a sub 1 gt 1", "7 mod a eq 1", "a div 2 eq 1.5", "-a eq -3", "not a eq 4", "a eq 1 or a eq 3",
        "a eq 3 and b lt 0 or false",
        "n eq null", "a ne null", "f eq true", "f", "s eq 'Kali Garang'", "q eq 'it''s'", "substringof('Garang', s)",
        "contains(s, 'Kali')", "startswith(s, 'Kali')", "endswith(s, 'ang')", "length(s) eq 11", "indexof(s, 'G') eq 5",
        "substring(s, 5) eq 'Garang'", "substring(s, 0, 4) eq 'Kali'", "tolower(s) eq 'kali garang'",
        "toupper(q) eq 'IT''S'", "trim(' x ') eq 'x'", "concat('a', 'b') eq 'ab'", "year(t) eq 2026",
        "month(t) eq 3", "day(t) eq 1", "hour(t) eq 12", "minute(t) eq 30", "second(t) eq 0", "t lt now()",
        "t gt now() sub duration'P1D'", "t lt 2026-03-01T20:00:00+07:00", "t eq 2026-03-01T19:30:00+07:00",
        "now() sub t eq duration'PT13H30M'", "round(b) eq -3", "floor(b) eq -3", "ceiling(b) eq -2",
        "t gt mindatetime() and t lt maxdatetime()",
    ],
)  # fmt: skip
def test_what_holds_holds(text: str) -> None:
    assert _says(text)


@pytest.mark.parametrize(
    "text",
    ["a eq '3'", "s gt 3", "n eq 3", "n gt 3", "n lt 3", "f eq 1", "a div 0 eq 1", "length(a) eq 1", "year(s) eq 2026",
     "substring(s, -1) eq 'g'", "substring(s, 1, 'a') eq 'a'",
    "substring(s, 'a') eq 'a'", "a", "t add t eq t", "concat(s, 1) eq 'x'"],
)  # fmt: skip
def test_what_does_not_compare_does_not_hold(text: str) -> None:
    assert not _says(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "ends too soon (character 1)"),
        ("a eq", "ends too soon (character 5)"),
        ("a eq 1 1", "'1' at character 8"),
        ("a b", "'b' at character 3"),
        ("(a eq 1", "')' is awaited"),
        ("a eq 'x", "character 6"),
        ("drop(a)", "knows no function 'drop' (character 1)"),
        ("length()", "given 0 values and takes 1"),
        ("t gt 2026-13-01T00:00:00Z", "is no time"),
        ("t gt duration'soon'", "is no duration"),
        ("a eq ;", "character 6"),
        ("(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1), "deep"),
        ("a" + " and a" * MOST_TOKENS, "parts"),
    ],
)
def test_what_cannot_be_read_says_where(text: str, says: str) -> None:
    with pytest.raises(QueryFault) as caught:
        parsed(text)
    assert says in caught.value.message


numbers = st.one_of(st.integers(-1000, 1000), st.sampled_from([0.5, -1.25, 3.0])).map(lambda one: (repr(one), one))
names = st.sampled_from(["a", "b"]).map(lambda name: (name, ENTITY[name]))
SUMS = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}
COMPARED = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
}  # fmt: skip
sums = st.recursive(
    st.one_of(numbers, names),
    lambda inner: st.tuples(inner, st.sampled_from(list(SUMS)), inner).map(
        lambda one: (f"({one[0][0]} {one[1]} {one[2][0]})", SUMS[one[1]](one[0][1], one[2][1]))
    ),
    max_leaves=6,
)
compared = st.tuples(sums, st.sampled_from(list(COMPARED)), sums).map(
    lambda one: (f"{one[0][0]} {one[1]} {one[2][0]}", COMPARED[one[1]](one[0][1], one[2][1]))
)
conditions = st.recursive(
    compared,
    lambda inner: st.one_of(
        inner.map(lambda one: (f"not ({one[0]})", not one[1])),
        st.tuples(inner, inner).map(lambda one: (f"({one[0][0]}) and ({one[1][0]})", one[0][1] and one[1][1])),
        st.tuples(inner, inner).map(lambda one: (f"({one[0][0]}) or ({one[1][0]})", one[0][1] or one[1][1])),
    ),
    max_leaves=5,
)


@given(conditions)
def test_conditions_hold_as_python_has_them(condition: tuple[str, bool]) -> None:
    text, expected = condition
    assert _says(text) is expected


@given(st.lists(st.sampled_from(["true", "false"]), min_size=1, max_size=6), st.data())
def test_and_binds_more_than_or_and_both_from_the_left(values: list[str], data: st.DataObject) -> None:
    joins = [data.draw(st.sampled_from(["and", "or"])) for _ in values[1:]]
    text = " ".join([values[0], *(f"{join} {value}" for join, value in zip(joins, values[1:], strict=True))])
    assert _says(text) is eval(text.replace("true", "True").replace("false", "False"))


atoms = st.sampled_from(
    [
        "'a'",
        "''",
        "1",
        "-1",
        "0.5",
        "null",
        "true",
        "a",
        "b",
        "s",
        "t",
        "n",
        "f",
        "now()",
        "duration'P1D'",
        "9999999999",
    ]
)


def _any(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Functions of as many values as they take, and operators, over whatever kind of values."""
    called = st.sampled_from(sorted(expressions.FUNCTIONS.items())).flatmap(
        lambda one: st.lists(inner, min_size=one[1][0], max_size=one[1][1]).map(
            lambda args: f"{one[0]}({', '.join(args)})"
        )
    )
    joined = st.tuples(
        inner, st.sampled_from(["eq", "ne", "gt", "and", "or", "add", "sub", "mul", "div", "mod"]), inner
    )
    return st.one_of(called, joined.map(lambda one: f"({' '.join(one)})"), inner.map(lambda one: f"(not ({one}))"))


@given(st.recursive(atoms, _any, max_leaves=6))
def test_whatever_values_a_function_is_given_it_is_evaluated(text: str) -> None:
    node = parsed(text)
    Evaluator(NOW).holds(node, lambda parts, _: [ENTITY.get(parts[0])])


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(QueryFault):
        Evaluator(NOW).holds(parsed(text), lambda parts, _: [ENTITY.get(parts[0])])


@given(st.text("$()=;,'/ abcdefilnoprtxy&0129", max_size=80))
def test_any_query_is_read_or_refused(text: str) -> None:
    for kind in KINDS.values():
        for name in ("$filter", "$expand", "$select", "$orderby"):
            with contextlib.suppress(QueryFault):
                options.read(f"{name}={text}", kind, many=True)


def test_functions_are_all_there() -> None:
    for name, (least, _) in expressions.FUNCTIONS.items():
        values = ", ".join(["'a'", "'b'"][:least])
        Evaluator(NOW).values(parsed(f"{name}({values})"), lambda *_: [])


def test_a_path_that_reaches_too_much_is_refused() -> None:
    with pytest.raises(QueryFault, match="ask for those themselves"):
        Evaluator(NOW).holds(parsed("a eq 1"), lambda *_: range(MOST_REACHED + 1))


def test_a_way_that_leads_nowhere_is_work_too() -> None:
    stations = [Entity("Things", str(number), {"name": "x"}) for number in range(100)]
    for one in stations:
        one.links["Datastreams"] = [Entity("Datastreams", one.id, {}, {"Thing": stations})]
    evaluator = Evaluator(NOW, left=9_000)
    condition = parsed("Datastreams/Thing/Datastreams/Thing/HistoricalLocations/time eq null")
    with pytest.raises(QueryFault, match="too much work"):
        evaluator.holds(condition, stations[0].reach)


def test_an_expression_that_makes_too_much_work_is_refused() -> None:
    long = parsed(" or ".join(["a eq 2"] * 40))
    evaluator = Evaluator(NOW, left=50_000)
    with pytest.raises(QueryFault, match="too much work"):
        evaluator.holds(long, lambda *_: range(5, 900))
