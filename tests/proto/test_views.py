"""The JSON of the generated views, against protobuf's own JSON."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.proto.conftest import Shapes
from tests.proto.reference import expected
from tests.proto.strategies import messages

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _values(view: msgspec.Struct) -> Any:
    """The view's JSON value with moments and lengths as Python values, to compare with the reference."""
    return msgspec.to_builtins(view, builtin_types=(datetime, timedelta))


@QUICK
@given(data=st.data())
def test_a_view_says_what_protobufs_own_json_says(shapes: Shapes, data: st.DataObject) -> None:
    message = data.draw(messages(shapes.messages.Everything.DESCRIPTOR))
    assert _values(shapes.views.everything(message)) == expected(message)


@QUICK
@given(data=st.data())
def test_a_message_that_holds_itself_has_a_view(shapes: Shapes, data: st.DataObject) -> None:
    message = data.draw(messages(shapes.messages.Tree.DESCRIPTOR, depth=4))
    assert _values(shapes.views.tree(message)) == expected(message)


@QUICK
@given(data=st.data())
def test_the_json_of_a_view_reads_back_as_the_same_view(shapes: Shapes, data: st.DataObject) -> None:
    view = shapes.views.everything(data.draw(messages(shapes.messages.Everything.DESCRIPTOR)))
    assert msgspec.json.decode(msgspec.json.encode(view), type=shapes.views.Everything) == view


def test_an_empty_message_still_shows_its_lists_and_scalars(shapes: Shapes) -> None:
    shown = json.loads(msgspec.json.encode(shapes.views.everything(shapes.messages.Everything())))
    assert shown == {
        "text": "", "small": 0, "large": 0, "natural": 0, "large_natural": 0, "measure": 0.0, "coarse": 0.0,
        "flag": False, "raw": "", "axis": "north", "texts": [], "numbers": [], "raws": [], "states": [], "inners": [],
        "moments": [], "labels": {}, "parts_by_number": {}, "level_by_flag": {}, "moment_by_text": {},
        "raw_by_text": {}, "from": "", "list": [], "type": "", "old": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "nanos", "shown"),
    [
        (1_764_000_000, 0, "2025-11-24T16:00:00Z"),
        (1_764_000_000, 120_000_000, "2025-11-24T16:00:00.120000Z"),
        (1_764_000_000, 999_999_999, "2025-11-24T16:00:00.999999Z"),
        (-1, 500_000_000, "1969-12-31T23:59:59.500000Z"),
    ],
)
def test_a_moment_is_shown_in_utc_to_the_microsecond(shapes: Shapes, seconds: int, nanos: int, shown: str) -> None:
    message = shapes.messages.Everything(at={"seconds": seconds, "nanos": nanos})
    assert json.loads(msgspec.json.encode(shapes.views.everything(message)))["at"] == shown


def test_a_moment_stays_a_datetime_for_those_who_render_it(shapes: Shapes) -> None:
    view = shapes.views.everything(shapes.messages.Everything(at={"seconds": 1_764_000_000}))
    assert view.at == datetime(2025, 11, 24, 16, tzinfo=UTC)


def test_an_absent_field_is_none_and_left_out(shapes: Shapes) -> None:
    view = shapes.views.everything(shapes.messages.Everything())
    assert view.at is None
    assert b'"at"' not in msgspec.json.encode(view)


def test_an_optional_zero_is_shown_when_it_was_set(shapes: Shapes) -> None:
    view = shapes.views.everything(shapes.messages.Everything(maybe_number=0, maybe_flag=False, maybe_text=""))
    assert (view.maybe_number, view.maybe_flag, view.maybe_text) == (0, False, "")
    assert b'"maybe_number":0' in msgspec.json.encode(view)


def test_only_the_chosen_field_of_a_oneof_is_shown(shapes: Shapes) -> None:
    shown = json.loads(msgspec.json.encode(shapes.views.everything(shapes.messages.Everything(piece={"name": "bolt"}))))
    assert {"words", "piece", "direction"} & shown.keys() == {"piece"}


def test_an_enum_value_goes_to_its_json_name_and_back(shapes: Shapes) -> None:
    kind = shapes.messages.Everything
    assert shapes.views.EVERYTHING_STATE_NAMES == {kind.STATE_OPEN: "open", kind.STATE_CLOSED: "closed"}
    assert shapes.views.EVERYTHING_STATE_NUMBERS == {"open": kind.STATE_OPEN, "closed": kind.STATE_CLOSED}


def test_a_keyword_is_renamed_in_python_and_not_in_json(shapes: Shapes) -> None:
    message = shapes.messages.Everything(**{"from": "here", "class": "first"})
    view = shapes.views.everything(message)
    assert (view.from_, view.class_) == ("here", "first")
    assert b'"from":"here"' in msgspec.json.encode(view)
