"""A viewer of our own for these tests, and telemetry set up to send to it."""

from collections.abc import Iterator

import pytest

from observability import telemetry
from tests.observability.running import RunningViewer, Viewer


@pytest.fixture(scope="session")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    """The real viewer, as a process on a free port."""
    with RunningViewer(tmp_path_factory.mktemp("viewer")) as started:
        yield started


@pytest.fixture
def traced(viewer: Viewer) -> Iterator[Viewer]:
    """Telemetry of this process goes to the viewer, every trace recorded."""
    telemetry.configure("governance", "1.2.3", "governance-1", viewer.url, 1.0)
    yield viewer
    telemetry.shutdown()
