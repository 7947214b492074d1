"""The log files of a local platform, read side by side."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from deploy.local.process import StartError
from deploy.local.settings import home_of
from deploy.operate.restart import service_of

_POLL_S = 0.2
_START = "start it with `smartcity up`, name its SMARTCITY_HOME, or of a cluster SMARTCITY_NAMESPACE"


class _Place(NamedTuple):
    """How far a log was read, and which file it was then."""

    file: int
    offset: int

    @classmethod
    def at_the_end(cls, path: Path) -> _Place:
        """Where a log ends now."""
        seen = path.stat()
        return cls(seen.st_ino, seen.st_size)


def lines(names: Sequence[str], old: int | None, *, follow: bool) -> Iterator[tuple[str, str]]:
    """Component and line: the last `old` of each log (None: all), then new ones for ever if `follow`.

    A service's name stands for all of its processes, ``governance-2`` for one.
    """
    folder = home_of() / "logs"
    there = {path.stem: path for path in sorted(folder.glob("*.log"), key=lambda one: one.stem)}
    files = {name: path for name, path in there.items() if not names or {name, service_of(name)} & set(names)}
    if not there:
        raise StartError(f"there are no logs in {folder}: {_START}")
    if missing := sorted(set(names) - {each for name in there for each in (name, service_of(name))}):
        raise StartError(f"no log of {', '.join(missing)} in {folder}. There are: {', '.join(there)}")
    places = {name: _Place.at_the_end(path) for name, path in files.items()}
    for name, path in files.items():
        yield from ((name, line) for line in _old_lines(path, places[name].offset, old))
    while follow:
        time.sleep(_POLL_S)
        for name, path in files.items():
            found, places[name] = _new_lines(path, places[name])
            yield from ((name, line) for line in found)


def _old_lines(path: Path, place: int, most: int | None) -> Iterator[str]:
    """The last lines that begin before `place`."""
    with path.open("rb") as file:
        found = (line for line in iter(file.readline, b"") if file.tell() <= place)
        yield from (line.decode(errors="replace").rstrip("\r\n") for line in deque(found, most))


def _new_lines(path: Path, place: _Place) -> tuple[list[str], _Place]:
    """Whole lines after `place`, and where they end; the next start sets a log aside and begins it anew."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return [], place
    with file:
        number = os.fstat(file.fileno()).st_ino
        begin = file.seek(place.offset if place.file == number else 0)
        content = file.read()
    end = content.rfind(b"\n") + 1
    return content[:end].decode(errors="replace").splitlines(), _Place(number, begin + end)
