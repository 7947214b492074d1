"""Each pillar gives its part of an export, and of every kind that it counts."""

import ast
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from deploy.pillars import NAMES, pillar
from gateway.answers.own_records import ASKED
from gateway.calls.pillars import PILLARS
from gateway.portal.kit.texts import LANGUAGES, catalogue
from services.kit import personal
from services.kit.rpc.contract import rpcs_of
from services.society.own_data.model import PILLARS as ANSWERING
from smartcity.types.v1.own_records_pb2 import OwnField

ELSEWHERE: dict[str, dict[tuple[str, str], str]] = {
    "governance": {
        ("complaint", "handed_by"): "an agency",
        ("entry", "by"): "a role",
        ("contact_read", "by"): "a role",
        ("redaction", "by"): "a role",
        ("dispatch_entry", "by"): "a role",
    },
    "economy": {
        ("payment", "paid_by"): "a way to pay",
        ("payment", "taken_by"): "an act",
        ("refund", "requested_by"): "an act",
        ("refund", "approved_by"): "an act",
        ("suspense", "proposed_by"): "an act",
        ("suspense", "approved_by"): "an act",
        ("permit", "checked_by"): "a step",
        ("permit", "decided_by"): "a step",
    },
    "living": {("facility_correction", "by"): "their own corrections"},
    "environment": {("rule", "by"): "its newest version says the same"},
    "branding": {
        ("city_event", "by"): "their own events",
        ("city_event", "written_by"): "their own events, until somebody else publishes them",
        ("destination_correction", "by"): "their own corrections",
    },
}
"""Columns that are no acts in office of their own, and what tells of them."""
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


def store_of(name: str) -> Any:
    """The module with what a pillar lists of people, and of what they did in office."""
    return import_module(f"services.{name}.{'own_data' if name == 'society' else 'personal'}.store")


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


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_a_pillar_keeps_of_people_has_its_words_on_their_page(language: str, name: str) -> None:
    told = kinds(name, "Kind") | {deed.kind for deed in store_of(name).DEEDS}
    missing = {f"own_data_kind.{kind}" for kind in told} - set(catalogue(language))
    assert missing == set(), f"write them into gateway/portal/society/texts/{language}-own-data.toml"


def staff(name: str) -> set[tuple[str, str]]:
    """Columns of a pillar's tables that name who did something, by their names: table and column."""
    found = set()
    for path in sorted((SERVICES / name / "migrations").glob("2*.py")):
        table = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if (made := re.search(r"(?:CREATE|ALTER) TABLE (\w+)", line)) is not None:
                table = made[1]
            if column := re.match(
                r"\s*(?:ADD (?:COLUMN )?(?:IF NOT EXISTS )?)?(by|\w+_by|asker|approver|doer|reader) text\b", line
            ):
                found.add((table, column[1]))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_what_staff_did_is_told_them_or_somebody_says_why_not(name: str) -> None:
    told = {(one.table, one.column) for deed in store_of(name).DEEDS for one in deed.rows}
    assert staff(name) - told == set(ELSEWHERE.get(name, {}))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_to_be_their_own_is_exported(name: str) -> None:
    listed = " ".join(one.sql for one in getattr(store_of(name), "KEPT", ()))
    own = {table for (table, _), why in ELSEWHERE.get(name, {}).items() if why.startswith("their own")}
    assert {table for table in own if not re.search(rf"\bFROM {table}\b", listed)} == set()


def test_what_is_empty_is_left_out_and_times_are_in_utc() -> None:
    made = personal.record("rides", {"fare": 0, "stop": "", "settled_at": None, "offline": False})
    assert list(made.fields) == [OwnField(name="fare", value="0"), OwnField(name="offline", value="false")]
