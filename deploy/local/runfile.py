"""`run.json`: what runs where in a home, and the lock that lets one supervisor at a time use it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from deploy.local.process import StartError


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else has this file until the block is left; the kernel lets go of it even if we are killed.

    Raises BlockingIOError where somebody has, OSError where it cannot be made.
    """
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


@contextmanager
def lock(home: Path) -> Iterator[None]:
    """Own the home until the block is left. Raises StartError."""
    with ExitStack() as held:
        try:
            home.mkdir(parents=True, exist_ok=True)
            held.enter_context(alone(home / "lock"))
        except BlockingIOError:
            pid = (read(home) or {}).get("pid", "unknown")
            raise StartError(
                f"a platform already runs in {home} (pid {pid}): stop it, or choose another SMARTCITY_HOME"
            ) from None
        except OSError as error:
            raise StartError(f"{home} cannot hold the data ({error.strerror}): choose another SMARTCITY_HOME") from None
        yield


def is_running(home: Path) -> bool:
    """Whether a supervisor owns the home."""
    if not (home / "lock").exists():
        return False
    with (home / "lock").open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def write(home: Path, content: dict[str, Any]) -> None:
    """Replace `run.json` in one step, so that a reader never sees half of it."""
    draft = home / f".run.{os.getpid()}.json"
    draft.write_text(json.dumps(content, indent=1))
    draft.rename(home / "run.json")


def read(home: Path) -> dict[str, Any] | None:
    """The content of `run.json`; None if nothing ever ran here."""
    try:
        return dict(json.loads((home / "run.json").read_text()))
    except FileNotFoundError:
        return None


def running(home: Path) -> dict[str, Any] | None:
    """What the platform that runs here has written; None where none does."""
    return read(home) if is_running(home) else None
