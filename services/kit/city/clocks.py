"""Reads clocks.toml: how long complaints may take, and the ladder that a breach goes up."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, get_args

from msgspec import Meta, Struct

from services.kit.city.files import Problems, line_of, read_settings
from services.kit.city.model import Agency, AgencyLevel, Clocks, ComplaintClass, Days, Step

_TIMED = [name for name in get_args(ComplaintClass) if name != "aspiration"]


class _WorkingDays(Struct, frozen=True, forbid_unknown_fields=True):
    verification: Days
    first_response: Days
    auto_close: Days
    resolution: dict[ComplaintClass, Days]
    evidence: Days = 2
    waiting: Days = 10


class _CalendarDays(Struct, frozen=True, forbid_unknown_fields=True):
    reopen: Days
    contact: Days = 365


class _Suspension(Struct, frozen=True, forbid_unknown_fields=True):
    waiting_for_reporter: bool


class _Ladder(Struct, frozen=True, forbid_unknown_fields=True):
    serves: Annotated[tuple[str, ...], Meta(min_length=1)]
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]


class _ClocksFile(Struct, frozen=True, forbid_unknown_fields=True):
    working_days: _WorkingDays
    calendar_days: _CalendarDays
    suspension: _Suspension
    ladders: tuple[_Ladder, ...]


_UNREAD = Clocks(
    verification=1, first_response=1, auto_close=1, evidence=1, waiting=1, resolution={}, reopen_days=1, contact_days=1,
    waiting_suspends=False,
)  # fmt: skip


def read_clocks(
    folder: Path, agencies: Mapping[str, Agency], problems: Problems
) -> tuple[Clocks, dict[str, tuple[Step, ...]]]:
    """Read the clocks and the ladder of every agency (by agency id); clocks of a day each where they cannot be read."""
    read = read_settings(folder / "clocks.toml", _ClocksFile, problems)
    if read is None:
        return _UNREAD, {}
    file, text = read
    for name in _TIMED:
        if name not in file.working_days.resolution:
            problems.add(
                "clocks.toml",
                line_of(text, "working_days.resolution"),
                f"no days to resolve class {name}",
                f"add {name} = <working days>",
            )
    days = file.working_days
    clocks = Clocks(
        verification=days.verification,
        first_response=days.first_response,
        auto_close=days.auto_close,
        evidence=days.evidence,
        waiting=days.waiting,
        resolution=days.resolution,
        reopen_days=file.calendar_days.reopen,
        contact_days=file.calendar_days.contact,
        waiting_suspends=file.suspension.waiting_for_reporter,
    )
    return clocks, _ladders(file.ladders, text, agencies, problems)


def _ladders(
    ladders: tuple[_Ladder, ...], text: str, agencies: Mapping[str, Agency], problems: Problems
) -> dict[str, tuple[Step, ...]]:
    served: dict[str, tuple[Step, ...]] = {}
    for number, ladder in enumerate(ladders):
        for name in ladder.serves:
            line = line_of(text, f"ladders[{number}]", "serves")
            if name not in agencies and name not in get_args(AgencyLevel):
                problems.add(
                    "clocks.toml",
                    line,
                    f'"{name}" is neither an agency nor a level of agencies',
                    "use an id or a level of agencies.csv",
                )
            if name in served:
                problems.add("clocks.toml", line, f'"{name}" has two ladders', "let one ladder serve it")
            served[name] = ladder.steps
    for agency in agencies.values():
        if agency.id not in served and agency.level not in served:
            problems.add("clocks.toml", 1, f'agency "{agency.id}" has no ladder', f'let one serve "{agency.level}"')
    return {agency.id: served.get(agency.id) or served.get(agency.level, ()) for agency in agencies.values()}
