"""Numbers as people type them at the desk, and as the desk writes them: nothing is guessed, nothing rounded."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from gateway.portal.economy import levies
from gateway.portal.environment import readings
from gateway.portal.environment.desk_forms import Refused, number, place, whole
from gateway.portal.governance import incident_desk
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.texts import LANGUAGES, Texts
from services.kit.city import load_city


def _reader(language: str) -> Request:
    headers = [(b"accept-language", language.encode())]
    app = SimpleNamespace(state=SimpleNamespace(gateway=SimpleNamespace(city=load_city("semarang"))))
    asked = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
    return Request({**asked, "app": app})


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("id", "1,7", 1.7), ("id", "1.7", 1.7), ("id", "-0.125", -0.125), ("id", "2,125", 2.125),
        ("id", "1.234.567", 1234567), ("id", "1.234,5", 1234.5), ("id", "\u22120,35", -0.35), ("id", "12 000", 12000),
        ("en", "1,7", 1.7), ("en", "2.125", 2.125), ("en", "1,234,567.5", 1234567.5), ("en", ".5", 0.5),
        ("id", "2.125", "ambiguous"), ("en", "2,125", "ambiguous"), ("id", "dua", "number"), ("id", "", "number"),
        ("id", "1.23.456", "number"), ("en", "1e5", "number"), ("en", "nan", "number"), ("en", "1_000", "number"),
        ("id", "9999999999", "number"), ("en", "1.234.567", "number"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_the_readers_language_has_it(language: str, text: str, value: float | str) -> None:
    fields = Fields(limit=text)
    if isinstance(value, str):
        with pytest.raises(Refused) as refused:
            number(_reader(language), fields, "limit")
        assert refused.value.errors == {"limit": f"sensor_desk.{value}"}
    else:
        assert number(_reader(language), fields, "limit") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("3600", 3600), ("3.600", 3600), ("3,600", 3600), ("86 400", 86400), ("0", 0), ("1.000.000", 1_000_000),
     ("3.5", None), ("3,60", None), ("0.600", None), ("-1", None), ("", None), ("viele", None)],
)  # fmt: skip
def test_a_whole_number_has_no_decimals(text: str, value: int | None) -> None:
    if value is None:
        with pytest.raises(Refused):
            whole(Fields(seconds=text), "seconds")
    else:
        assert whole(Fields(seconds=text), "seconds") == value


def test_degrees_have_decimals_whichever_mark_stands_before_them() -> None:
    at = place(Fields(lat="-6.995", lon="110,401"))
    assert (at.lat, at.lon) == (-6.995, 110.401)
    with pytest.raises(Refused):
        place(Fields(lat="-6.995.000", lon="110"))


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.floats(-1e9, 1e9))
def test_what_the_desk_writes_into_a_form_is_read_as_it_was(language: str, value: float) -> None:
    texts = Texts(language)
    assert number(_reader(language), Fields(limit=readings.typed(texts, value)), "limit") == value


def test_limits_are_not_rounded() -> None:
    texts = Texts("id")
    assert readings.exact(texts, 1234567.125) == "1.234.567,125"
    assert readings.limit(texts, 1.6, "water_level") == "1,60\N{NO-BREAK SPACE}m"
    assert readings.limit(texts, 0.125, "water_level") == "0,125\N{NO-BREAK SPACE}m"
    assert readings.typed(texts, 1234567) == "1234567"


@pytest.mark.parametrize("counted", [levies._whole, incident_desk._whole])
def test_what_is_counted_at_a_desk_may_have_its_thousands_marked(counted: Callable[[str], int]) -> None:
    assert [counted(text) for text in ("12.500", "12,500", "12500")] == [12_500] * 3
    assert counted("7.5") <= 0, "refused by the rules, and never 75"
