"""Which faults are on in a home: written before anything is done, so that a crash in between can be undone too."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FILE = "faults.json"


class UnknownFaultError(Exception):
    """There is no fault of that name; the message names those there are."""


def read(home: Path) -> dict[str, dict[str, Any]]:
    """Faults that are on, the oldest first: name and what `off` must know."""
    try:
        return dict(json.loads((home / FILE).read_text()))
    except FileNotFoundError:
        return {}


def put(home: Path, name: str, known: dict[str, Any]) -> None:
    """Note a fault as on, with what `off` must know."""
    _write(home, {**read(home), name: known})


def drop(home: Path, name: str) -> None:
    """Note a fault as off."""
    _write(home, {each: known for each, known in read(home).items() if each != name})


def _write(home: Path, on: dict[str, dict[str, Any]]) -> None:
    draft = home / f".{FILE}.{os.getpid()}"
    draft.write_text(json.dumps(on, indent=1))
    draft.rename(home / FILE)
