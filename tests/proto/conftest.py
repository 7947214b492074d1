"""Contracts of the suite's own, compiled once, that use every kind of field."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from proto.codegen.generate import PROTO, generate

CONTRACTS = Path(__file__).parent / "contracts"


class Shapes(NamedTuple):
    """The generated modules of `viewtest.shapes.v1.everything`."""

    folder: Path
    messages: ModuleType
    views: ModuleType


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder with the code generated from the suite's contracts, importable for the session."""
    folder = tmp_path_factory.mktemp("contracts") / "gen"
    generate(folder, contracts=CONTRACTS, roots=(CONTRACTS, PROTO))
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def shapes(generated: Path) -> Shapes:
    """Messages and views of the contract that has everything."""
    return Shapes(
        generated,
        importlib.import_module("viewtest.shapes.v1.everything_pb2"),
        importlib.import_module("viewtest.shapes.v1.everything_views"),
    )
