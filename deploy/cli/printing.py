"""How all commands print, and how they fail."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from deploy.pillars import NAMES


class Output(Enum):
    """How a command prints."""

    TEXT = "text"
    JSON = "json"


def _known(name: str | None) -> str | None:
    if name is not None and name not in NAMES:
        raise typer.BadParameter(f"one of {', '.join(NAMES)}")
    return name


OutputOption = Annotated[Output, typer.Option("--output", "-o", help="text for people, json for programs.")]
PillarOption = Annotated[str | None, typer.Option("--pillar", callback=_known, help="Only this pillar.")]


def read(path: Path) -> Any:
    """What a JSON file holds; where it is none, the command ends."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        fail(f"{path} is not a JSON file: {error}", exit_code=2)


def print_json(value: Any, *, one_line: bool = False) -> None:
    """JSON on standard output, at once even into a pipe."""
    text = json.dumps(value, default=_plain, ensure_ascii=False, indent=None if one_line else 2)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _plain(value: Any) -> Any:
    """What JSON does not know: moments become RFC 3339."""
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else str(value)


@contextmanager
def plainly(exit_code: int = 1) -> Iterator[None]:
    """Expected failures as one line with the next step instead of a traceback."""
    from deploy.faults.kept import UnknownFaultError
    from deploy.local.process import StartError
    from deploy.operate.access import AccessError
    from deploy.operate.events import UnknownEventError
    from deploy.operate.visitor import StoryError

    try:
        yield
    except (AccessError, StartError, StoryError, UnknownEventError, UnknownFaultError) as error:
        fail(str(error), exit_code)


def fail(message: str, exit_code: int = 1) -> NoReturn:
    """Ends the command with one line that says why."""
    sys.stderr.write(f"smartcity: {message}\n")
    raise typer.Exit(exit_code)
