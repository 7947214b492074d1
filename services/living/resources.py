"""What living holds beside its database; ``preparing.py`` opens it."""

from dataclasses import dataclass

from services.kit.context import Context
from services.kit.database.group_commit import GroupCommit
from services.living.apart.keeping import Keeper
from services.living.positions.model import Outcome, Reported

Positions = GroupCommit[tuple[Reported, ...], list[Outcome]]


@dataclass(frozen=True)
class Resources:
    """Opened once when the process starts; `Runtime.extra` of living."""

    keeper: Keeper
    """Has the current timetable in a process apart, and asks it."""
    positions: Positions
    """Takes positions of vehicles in."""
    vehicle_secret: bytes | None = None
    """Passwords of vehicles are derived from it; None where none comes in by itself."""


def resources(runtime: Context) -> Resources:
    """The resources of a runtime that ``preparing.prepare`` made."""
    extra = runtime.extra
    assert isinstance(extra, Resources)
    return extra
