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
        ("complaint", "reporter"): "their own",
        ("supporter", "subject"): "their own",
        ("emergency_unit", "name"): "a thing",
    },
    "economy": {
        ("payment", "paid_by"): "a way to pay",
        ("payment", "taken_by"): "an act",
        ("refund", "requested_by"): "an act",
        ("refund", "approved_by"): "an act",
        ("suspense", "proposed_by"): "an act",
        ("suspense", "approved_by"): "an act",
        ("payout_despite", "asked_by"): "an act",
        ("payout_despite", "approved_by"): "an act",
        ("permit", "checked_by"): "a step",
        ("permit", "decided_by"): "a step",
        ("permit", "owner"): "their own",
        ("permit", "name"): "their own",
        ("merchant", "owner"): "their own",
        ("merchant", "name"): "their own",
        ("wallet", "subject"): "their own",
        ("account", "owner"): "their wallet or business says the same",
        ("payment", "payer"): "their own, until it is paid from their wallet",
        ("tally", "name"): "a thing",
    },
    "living": {
        ("facility_correction", "by"): "their own corrections",
        ("facility_correction", "name"): "their own corrections",
        ("concession", "owner"): "their own",
        ("ride", "owner"): "their own",
        ("travel_card", "owner"): "their own",
        **dict.fromkeys(
            [("agency", "email"), ("agency", "phone"), ("attribution", "email"), ("attribution", "phone")],
            "a company, as its timetable has it for everybody",
        ),
        **{
            (thing, "name"): "a thing"
            for thing in (
                "agency",
                "facility",
                "fare_area",
                "fare_medium",
                "fare_network",
                "fare_product",
                "fare_rider",
                "level",
                "stop",
                "vehicle_track",
            )
        },
    },
    "environment": {
        ("rule", "by"): "its newest version says the same",
        **{
            (thing, "name"): "a thing"
            for thing in ("datastream", "observation", "round", "round_stop", "rule", "thing")
        },
    },
    "society": {
        ("comment", "author"): "exported by hand in api.py",
        ("consent", "subject"): "exported by hand in api.py",
        ("enrolment", "subject"): "exported by hand in api.py",
        ("proposal", "author"): "exported by hand in api.py",
        ("resident", "subject"): "exported by hand in api.py",
        ("data_request", "subject"): "what is listed on the same page",
    },
    "branding": {
        ("city_event", "by"): "their own events",
        ("city_event", "written_by"): "their own events, until somebody else publishes them",
        ("destination_correction", "by"): "their own corrections",
        ("destination_photo", "author"): "whom a licence has named to everybody",
        ("ticket", "holder"): "their own",
        ("ticket_order", "buyer"): "their own",
        ("waiting_place", "buyer"): "their own",
        ("ticket_order", "counted_by"): "a digest of the login or the network",
        ("waiting_place", "counted_by"): "a digest of the login or the network",
        ("destination", "name"): "a thing",
        ("ticket_gate", "name"): "a thing",
    },
}
"""Columns of people's that are no acts in office of their own, and what tells of them: ``their own`` is in KEPT."""
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


_COLUMN = re.compile(
    r"(?:^|,|\bADD (?:COLUMN )?(?:IF NOT EXISTS )?)\s*"
    r"(by|\w+_by|asker|approver|doer|reader|owner|subject|holder|keeper|reporter|creator|payer|buyer|author|phone|email|name)"
    r" (?:text|bytea)\b"
)
"""A column that names who somebody is, or who did something."""


def of_people(migrations: Path) -> set[tuple[str, str]]:
    """Columns of tables that may tell of people, by their names: table and column."""
    found = set()
    for path in sorted(migrations.glob("2*.py")):
        table = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if (made := re.search(r"(?:CREATE|ALTER) TABLE (\w+)", line)) is not None:
                table = made[1]
            found |= {(table, column) for column in _COLUMN.findall(line.split("--")[0])}
    return found


def test_a_column_that_names_an_owner_is_asked_about(tmp_path: Path) -> None:
    text = """
        CREATE TABLE bike (
            id uuid PRIMARY KEY,
            owner text NOT NULL, phone text,
            note text NOT NULL -- owner text
        );
        ALTER TABLE bike ADD COLUMN lent_by text;
    """
    (tmp_path / "2026_12_01_bikes.py").write_text(text)
    assert of_people(tmp_path) == {("bike", "owner"), ("bike", "phone"), ("bike", "lent_by")}


@pytest.mark.parametrize("name", NAMES)
def test_what_tells_of_people_is_told_them_or_somebody_says_why_not(name: str) -> None:
    told = {(one.table, one.column) for deed in store_of(name).DEEDS for one in deed.rows}
    asked = of_people(SERVICES / name / "migrations") - told
    unsaid, gone = asked - set(ELSEWHERE[name]), set(ELSEWHERE[name]) - asked
    assert unsaid == set(), (
        f"{store_of(name).__file__} says nothing of these columns: what is somebody's own belongs into KEPT, and into "
        "what is erased; what staff did into DEEDS; then, or where it is neither, say so in ELSEWHERE here"
    )
    assert gone == set(), "no migration makes these columns, or DEEDS names them: take them out of ELSEWHERE here"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_to_be_their_own_is_exported(name: str) -> None:
    listed = " ".join(one.sql for one in getattr(store_of(name), "KEPT", ()))
    own = {table for (table, _), why in ELSEWHERE.get(name, {}).items() if why.startswith("their own")}
    assert {table for table in own if not re.search(rf"\bFROM {table}\b", listed)} == set()


def test_what_is_empty_is_left_out_and_times_are_in_utc() -> None:
    made = personal.record("rides", {"fare": 0, "stop": "", "settled_at": None, "offline": False})
    assert list(made.fields) == [OwnField(name="fare", value="0"), OwnField(name="offline", value="false")]
