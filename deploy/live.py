"""`python -m deploy.live MODULE ...`: runs a module and starts it again when our files change. For Tilt (Tiltfile).

A service that ends by itself is waited with until the next change, since a container that ends would lose the files
written into it. A module of `deploy` does its work once: its exit code is ours.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[1]
PACKAGES = ("services", "gateway", "observability", "deploy", "cities")
LOOK_S = 0.5
PATIENCE_S = 20.0


def state(root: Path, packages: Iterable[str] = PACKAGES) -> dict[Path, float]:
    """When each file of ours was last written, in seconds since the epoch."""
    return dict(_times(root / package for package in packages))


def _times(folders: Iterable[Path]) -> Iterator[tuple[Path, float]]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix not in ("", ".pyc"):
                try:
                    yield path, path.stat().st_mtime
                except FileNotFoundError:
                    continue


class Live:
    """One child process, started again on each change."""

    def __init__(self, arguments: list[str], root: Path = ROOT) -> None:
        """`arguments` are the module and what it is given."""
        self._arguments, self._root = arguments, root
        self._stopping = False

    def stop(self, _: int = 0, __: FrameType | None = None) -> None:
        """Ends the child and then us; SIGTERM calls it."""
        self._stopping = True

    def run(self) -> int:
        """Runs until `stop`, or until the work of a `deploy` module is done; its exit code."""
        once = self._arguments[0].startswith("deploy.")
        child, seen = self._start(), state(self._root)
        while not self._stopping:
            code = child.poll()
            if code is not None and once:
                return code
            now = state(self._root)
            if now != seen:
                seen = now
                self._end(child)
                child = self._start()
            time.sleep(LOOK_S)
        return self._end(child)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", *self._arguments])

    def _end(self, child: subprocess.Popen[bytes]) -> int:
        if child.poll() is None:
            child.terminate()
        try:
            return child.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


def main() -> int:
    """The child's exit code, or 2 with how it is called."""
    if len(sys.argv) < 2:
        sys.stderr.write("python -m deploy.live MODULE ...\n")
        return 2
    live = Live(sys.argv[1:])
    signal.signal(signal.SIGTERM, live.stop)
    signal.signal(signal.SIGINT, live.stop)
    return live.run()


if __name__ == "__main__":
    sys.exit(main())
