"""A real viewer, run as a process."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from observability import telemetry

DEADLINE = 15.0


class Viewer:
    """A running viewer and how to ask it."""

    def __init__(self, url: str) -> None:
        """Asks the viewer at ``url``."""
        self.url = url
        self._client = httpx.Client(base_url=url)

    def close(self) -> None:
        """Closes the connection."""
        self._client.close()

    def get(self, path: str) -> httpx.Response:
        """One request, redirects not followed."""
        return self._client.get(path)

    def post(self, path: str, body: bytes, **headers: str) -> httpx.Response:
        """One export."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.post(path, content=body, headers={"content-type": "application/x-protobuf", **named})

    def spans(self, trace_id: str | None) -> dict[str, dict[str, Any]]:
        """The spans of a trace by name, after everything in memory has been sent."""
        telemetry.flush()
        answer = self._client.get(f"/api/traces/{trace_id}")
        return {span["name"]: span for span in answer.json()["spans"]} if answer.status_code == 200 else {}


class RunningViewer:
    """Starts a viewer over a data folder and stops it at the end."""

    def __init__(self, home: Path, **settings: str) -> None:
        """Further settings are environment variables without the prefix."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._environment = {
            **os.environ,
            "SMARTCITY_HOME": str(home),
            "SMARTCITY_VIEWER_PORT": str(self._port),
            "SMARTCITY_CODES_URL": "http://portal.test/lapor/",
            **{f"SMARTCITY_{name.upper()}": value for name, value in settings.items()},
        }

    def __enter__(self) -> Viewer:
        """Waits until it answers."""
        self._process = subprocess.Popen([sys.executable, "-m", "observability.viewer"], env=self._environment)
        self._viewer = Viewer(f"http://127.0.0.1:{self._port}")
        wait_until(lambda: _answers(self._viewer))
        return self._viewer

    def __exit__(self, *error: object) -> None:
        """SIGTERM, and SIGKILL when that is not enough."""
        self._viewer.close()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _answers(viewer: Viewer) -> bool:
    try:
        return viewer.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    """Waits for a condition and fails after ``DEADLINE`` seconds."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)
