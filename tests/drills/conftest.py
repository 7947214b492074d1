"""The version before, for the drills that run it beside this one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills.two_versions import ROOT, checkout, previous


@pytest.fixture(scope="session")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The version before; the current one where no history tells of another."""
    commit = previous()
    if not commit:
        yield ROOT
        return
    with checkout(commit, tmp_path_factory.mktemp("before") / "checkout") as folder:
        yield folder
