"""Each pillar gives its part of an export, and of every kind that it counts."""

import ast
from pathlib import Path

import pytest

from deploy.pillars import NAMES, pillar
from gateway.answers.own_records import ASKED
from gateway.calls.pillars import PILLARS
from services.kit import personal
from services.kit.rpc.contract import rpcs_of
from services.society.own_data.model import PILLARS as ANSWERING
from smartcity.types.v1.own_records_pb2 import OwnField

SERVICES = Path(personal.__file__).parents[1]


def kinds(name: str, call: str) -> set[str]:
    """What a pillar's rooms of own data name in calls of a function: its first argument, or that of a pair."""
    found = set()
    for room in ("personal", "own_data"):
        for path in (SERVICES / name / room).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                told = node.func if isinstance(node, ast.Call) else None
                if isinstance(told, ast.Name | ast.Attribute) and node.args:  # type: ignore[attr-defined]
                    said = told.id if isinstance(told, ast.Name) else told.attr
                    first = node.args[0]  # type: ignore[attr-defined]
                    if said == call and isinstance(first, ast.Constant):
                        found.add(str(first.value))
    return found


def test_nobody_is_left_out() -> None:
    assert set(ASKED) == set(PILLARS) == set(NAMES) == set(ANSWERING)


@pytest.mark.parametrize("name", NAMES)
def test_a_pillar_serves_its_part_to_whose_it_is(name: str) -> None:
    service = next(one for one in pillar(name).served() if one.name == "OwnRecordService")
    (rpc,) = rpcs_of(service)
    assert (rpc.pillar, set(rpc.scopes())) == (name, {"citizen"})
    assert rpc.request is ASKED[name]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "society"])
def test_what_is_counted_is_exported(name: str) -> None:
    assert kinds(name, "Kind") <= kinds(name, "Kept") | kinds(name, "record")


def test_what_is_empty_is_left_out_and_times_are_in_utc() -> None:
    made = personal.record("rides", {"fare": 0, "stop": "", "settled_at": None, "offline": False})
    assert list(made.fields) == [OwnField(name="fare", value="0"), OwnField(name="offline", value="false")]
