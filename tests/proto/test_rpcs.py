"""The generated tables of a contract, and the module that knows every RPC."""

import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from google.protobuf.descriptor import EnumDescriptor

from proto.codegen.generate import GENERATED
from services.kit.rpc.contract import enum_names
from smartcity.contracts import SERVICES

NAMES = sorted(".".join(path.relative_to(GENERATED).parts)[:-3] for path in GENERATED.rglob("*_pb2.py"))


@pytest.fixture
def things(generated: Path) -> ModuleType:
    """The views of the contract that has a service."""
    return importlib.import_module("viewtest.things.v1.things_views")


def test_every_service_of_a_package_is_in_its_module(generated: Path) -> None:
    found = importlib.import_module("viewtest.contracts").SERVICES
    messages = importlib.import_module("viewtest.things.v1.things_pb2")
    assert found == (messages.DESCRIPTOR.services_by_name["ThingService"],)


def test_every_service_of_ours_is_in_ours() -> None:
    contracts = (importlib.import_module(name).DESCRIPTOR for name in NAMES)
    assert [one for each in contracts for one in each.services_by_name.values()] == list(SERVICES)


def test_no_two_rpcs_of_ours_take_the_same_message() -> None:
    requests = [method.input_type.full_name for service in SERVICES for method in service.methods]
    assert len(set(requests)) == len(requests)


def test_the_answer_of_a_call_follows_from_its_request(generated: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from typing import assert_type\n"
        "from viewtest.contracts import Call\n"
        "from viewtest.things.v1 import things_pb2 as pb\n"
        "async def right(call: Call[str]) -> None:\n"
        "    assert_type(await call(pb.GetThingRequest(), 'me'), pb.GetThingResponse)\n"
        "    assert_type(await call(pb.CreateThingRequest(), 'me', within=1.0), pb.CreateThingResponse)\n"
        "async def wrong(call: Call[str]) -> None:\n"
        "    await call(pb.Thing(), 'me')\n",
        encoding="utf-8",
    )
    path = os.pathsep.join((str(generated), str(GENERATED)))
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", str(program)]
    outcome = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "MYPYPATH": path}, capture_output=True, text=True, check=False
    )
    errors = [line for line in outcome.stdout.splitlines() if ": error: " in line]
    assert len(errors) == 1, outcome.stdout
    assert errors[0].startswith('program.py:8: error: No overload variant of "__call__"')


def test_the_comments_of_a_service_and_its_rpcs_are_there(things: ModuleType) -> None:
    service = "viewtest.things.v1.ThingService"
    told = {
        service: "ThingService keeps things.",
        f"{service}.GetThing": "Reads a thing. By its id.",
        f"{service}.ListThings": "Lists things.",
        f"{service}.CreateThing": "Makes a thing.",
    }
    assert told == things.COMMENTS


def test_every_message_has_its_converter_by_name(things: ModuleType) -> None:
    messages = importlib.import_module("viewtest.things.v1.things_pb2")
    assert set(things.VIEWS) == {each.full_name for each in messages.DESCRIPTOR.message_types_by_name.values()}
    shown = things.VIEWS["viewtest.things.v1.Thing"](messages.Thing(id="t-1"))
    assert shown == things.Thing(id="t-1")


def test_every_message_has_the_name_of_its_schema(generated: Path) -> None:
    shapes = importlib.import_module("viewtest.shapes.v1.everything_views")
    north = importlib.import_module("viewtest.north.v1.events_views")
    assert shapes.COMPONENTS["viewtest.shapes.v1.Everything.Inner.Deeper"] == "EverythingInnerDeeper"
    assert set(shapes.COMPONENTS.values()) == set(shapes.SCHEMAS)
    assert north.COMPONENTS == {"viewtest.north.v1.Notice": "NorthNotice"}


@pytest.mark.parametrize("name", [*NAMES, "viewtest.shapes.v1.parts_pb2"])
def test_an_enum_has_the_same_names_where_it_is_taken_and_where_it_is_shown(name: str, generated: Path) -> None:
    views = importlib.import_module(name.removesuffix("_pb2") + "_views")
    enums: list[EnumDescriptor] = list(importlib.import_module(name).DESCRIPTOR.enum_types_by_name.values())
    shown = [getattr(views, each) for each in vars(views) if each.endswith("_NUMBERS")]
    assert [dict(enum_names(each)) for each in enums] == shown
