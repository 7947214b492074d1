"""Reads a profile's folder into values and checks that they fit together. Every problem is noted, none is raised."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct

from services.kit.city.files import Problems, Row, line_of, parse_table, read_settings, read_text
from services.kit.city.model import (
    LANGUAGES,
    WASTE,
    Agency,
    Area,
    AreaCode,
    AreaLevel,
    Category,
    Channel,
    EService,
    Group,
    Identifier,
    Landmark,
    Latitude,
    Longitude,
    Named,
    Text,
)
from services.kit.city.working_days import Holiday

T = TypeVar("T", bound=Struct)

FALLBACK = "lainnya"
"""The category that every city has, for what fits no other."""

_LENGTHS = {"kabkota": 5, "kecamatan": 8, "kelurahan": 13, "desa": 13}  # of the code, dots included


class ProfileFile(Named, frozen=True, kw_only=True):
    """profile.toml."""

    id: Identifier
    code: AreaCode
    timezone: Text
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
    code_prefix: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
    languages: Annotated[tuple[str, ...], Meta(min_length=1)]
    working_weekdays: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], Meta(min_length=1)]
    groups: dict[Identifier, Named]
    channels: tuple[Channel, ...] = ()


class AreaRow(Struct, frozen=True, kw_only=True):
    """One row of areas.csv."""

    code: AreaCode
    name: Text
    level: AreaLevel
    parent: str = ""
    lon: Longitude
    lat: Latitude


def read_profile(folder: Path, problems: Problems) -> ProfileFile:
    """Read profile.toml; where it cannot be read, a stand-in (without code and groups) to read the other files with."""
    read = read_settings(folder / "profile.toml", ProfileFile, problems)
    if read is None:
        return _unread(folder.name)
    profile, text = read
    if profile.id != folder.name:
        problems.add(
            "profile.toml",
            line_of(text, "id"),
            f'id "{profile.id}" is not the folder\'s name "{folder.name}"',
            "make them the same",
        )
    if zone_of(profile) is None:
        problems.add(
            "profile.toml",
            line_of(text, "timezone"),
            f'unknown time zone "{profile.timezone}"',
            "use an IANA name and install tzdata where the system has none",
        )
    _check_languages(profile.languages, text, problems)
    _check_channels(profile.channels, text, problems)
    return profile


def _unread(name: str) -> ProfileFile:
    return ProfileFile(
        id=name, name_id=name, name_en=name, code="", timezone="UTC", currency="XXX", code_prefix="XXX",
        languages=LANGUAGES, working_weekdays=(1,), groups={},
    )  # fmt: skip


def zone_of(profile: ProfileFile) -> ZoneInfo | None:
    """Return the profile's time zone, or None where there is none of that name."""
    try:
        return ZoneInfo(profile.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: "Asia" is a folder of zones
        return None


def _check_languages(languages: tuple[str, ...], text: str, problems: Problems) -> None:
    remedy = f"use {', '.join(LANGUAGES)}, each once and the default first"
    for number, language in enumerate(languages):
        if language not in LANGUAGES:
            problems.add("profile.toml", line_of(text, "languages"), f'there are no texts in "{language}"', remedy)
        elif language in languages[:number]:
            problems.add("profile.toml", line_of(text, "languages"), f'language "{language}" is there twice', remedy)


def _check_channels(channels: tuple[Channel, ...], text: str, problems: Problems) -> None:
    latest: dict[str, Channel] = {}
    for number, channel in enumerate(channels):
        before = latest.get(channel.kind)
        if channel.until and channel.until < channel.from_:
            problems.add(
                "profile.toml",
                line_of(text, f"channels[{number}]", "until"),
                f'channel "{channel.name}" ends before it begins',
                "mend from and until",
            )
        elif before and (before.until is None or before.until >= channel.from_):
            problems.add(
                "profile.toml",
                line_of(text, f"channels[{number}]", "from"),
                f'channel "{channel.name}" begins before "{before.name}" ends',
                "list channels of a kind by date and give the earlier one an until",
            )
        latest[channel.kind] = channel


def groups_of(profile: ProfileFile) -> dict[str, Group]:
    """Return the profile's category groups by id, in its order."""
    return {key: Group(id=key, name_id=names.name_id, name_en=names.name_en) for key, names in profile.groups.items()}


def read_areas(folder: Path, root: str, problems: Problems) -> dict[str, Area]:
    """Read areas.csv; `root` is the code of the city itself: empty where it is not known."""
    rows = _table(folder, "areas.csv", AreaRow, problems)
    root = root or next((row.value.code for row in rows if row.value.level == "kabkota"), "")
    by_code = {row.value.code: row.value for row in rows}
    _no_doubles("areas.csv", ((row.line, row.value.code) for row in rows), problems)
    for row in rows:
        _check_area(row, by_code, root, problems)
    if root not in by_code:
        problems.add("areas.csv", 1, f"no row for {root}, the code of profile.toml", "add it with level kabkota")
    return {code: _area(row, by_code) for code, row in by_code.items()}


def _check_area(row: Row[AreaRow], by_code: Mapping[str, AreaRow], root: str, problems: Problems) -> None:
    area, line = row.value, row.line
    if len(area.code) != _LENGTHS[area.level]:
        problems.add(
            "areas.csv",
            line,
            f"{area.code} is not the code of a {area.level}",
            "kabkota 33.74, kecamatan 33.74.01, kelurahan or desa 33.74.01.1001",
        )
    if area.code == root:
        if area.parent:
            problems.add("areas.csv", line, f"{root} is the city itself and has a parent", "leave the parent empty")
    elif area.parent not in by_code or area.code.rpartition(".")[0] != area.parent:
        problems.add(
            "areas.csv",
            line,
            f'"{area.parent}" is not the parent of {area.code}',
            f"the parent is {area.code.rpartition('.')[0]} and has a row of its own",
        )


def _area(row: AreaRow, by_code: Mapping[str, AreaRow]) -> Area:
    above = by_code.get(row.parent)
    district = {"kabkota": "", "kecamatan": row.name}.get(row.level, above.name if above else "")
    return Area(
        code=row.code, name=row.name, level=row.level, parent=row.parent, district=district, lon=row.lon, lat=row.lat
    )


def read_agencies(folder: Path, areas: Mapping[str, Area], problems: Problems) -> dict[str, Agency]:
    """Read agencies.csv."""
    rows = _table(folder, "agencies.csv", Agency, problems)
    _no_doubles("agencies.csv", ((row.line, row.value.id) for row in rows), problems)
    for row in rows:
        if row.value.area not in areas:
            problems.add("agencies.csv", row.line, f'unknown area "{row.value.area}"', "use a code of areas.csv")
    return {row.value.id: row.value for row in rows}


def read_services(folder: Path, agencies: Mapping[str, Agency], problems: Problems) -> dict[str, EService]:
    """Read services.csv, where the city has one."""
    if not (folder / "services.csv").exists():
        return {}
    rows = _table(folder, "services.csv", EService, problems)
    _no_doubles("services.csv", ((row.line, row.value.id) for row in rows), problems)
    for row in rows:
        if row.value.agency not in agencies:
            message = f'unknown agency "{row.value.agency}"'
            problems.add("services.csv", row.line, message, "use an id of agencies.csv")
        if row.value.url and not row.value.url.startswith(("https://", "http://", "tel:")):
            message = f'"{row.value.url}" is no address'
            problems.add("services.csv", row.line, message, "write https://... or tel:...")
    return {row.value.id: row.value for row in rows}


def read_categories(folder: Path, groups: Mapping[str, Group], problems: Problems) -> dict[str, Category]:
    """Read categories.csv."""
    rows = _table(folder, "categories.csv", Category, problems)
    _no_doubles("categories.csv", ((row.line, row.value.id) for row in rows), problems)
    for row in rows:
        category = row.value
        if category.group not in groups:
            problems.add(
                "categories.csv", row.line, f'unknown group "{category.group}"', "use one of [groups] in profile.toml"
            )
        if category.class_ == "aspiration" and category.handling_days:
            problems.add("categories.csv", row.line, "an aspiration has no deadline", "leave handling_days empty")
    if WASTE not in {row.value.group for row in rows}:
        remedy = f"give the group of what is about waste this id, in profile.toml too: {WASTE} opens clean-ups"
        problems.add("categories.csv", 1, f'no category is of the group "{WASTE}"', remedy)
    if FALLBACK not in {row.value.id for row in rows}:
        problems.add("categories.csv", 1, f'no category "{FALLBACK}"', "add one for what fits no other category")
    return {row.value.id: row.value for row in rows}


def read_holidays(folder: Path, problems: Problems) -> dict[date, Holiday]:
    """Read holidays.csv."""
    rows = _table(folder, "holidays.csv", Holiday, problems)
    _no_doubles("holidays.csv", ((row.line, row.value.date.isoformat()) for row in rows), problems)
    return {row.value.date: row.value for row in rows}


def read_landmarks(folder: Path, areas: Mapping[str, Area], problems: Problems) -> tuple[Landmark, ...]:
    """Read landmarks.csv and, where the city has one, landmarks_osm.csv (kept apart for its licence)."""
    first: dict[str, str] = {}
    marks: list[Landmark] = []
    for name in _landmark_files(folder):
        rows = _table(folder, name, Landmark, problems)
        _no_doubles(name, ((row.line, row.value.id) for row in rows), problems)
        for row in rows:
            mark = row.value
            if first.setdefault(mark.id, name) != name:
                problems.add(name, row.line, f'"{mark.id}" is in {first[mark.id]} too', "remove or rename one")
            if mark.area not in areas or not areas[mark.area].is_lowest:
                problems.add(name, row.line, f'"{mark.area}" is no kelurahan or desa', "use a code of areas.csv")
            if bool(mark.osm_id) != (name == "landmarks_osm.csv"):
                problems.add(
                    name,
                    row.line,
                    f'landmark "{mark.id}" is in the wrong file',
                    "rows with an osm_id belong in landmarks_osm.csv, all others in landmarks.csv",
                )
            marks.append(mark)
    return tuple(marks)


def check_points(folder: Path, locate: Callable[[float, float], Area | None], problems: Problems) -> None:
    """Note the points of areas and landmarks that lie outside the city: apart, since no start needs all polygons."""
    points: list[tuple[str, int, str, AreaRow | Landmark]] = [
        ("areas.csv", row.line, row.value.code, row.value) for row in _table(folder, "areas.csv", AreaRow, problems)
    ]
    for name in _landmark_files(folder):
        rows = _table(folder, name, Landmark, problems)
        points += [(name, row.line, row.value.id, row.value) for row in rows]
    for name, line, key, point in points:
        if locate(point.lon, point.lat) is None:
            problems.add(name, line, f'"{key}" lies outside the city', "correct lon and lat")


def _landmark_files(folder: Path) -> list[str]:
    return ["landmarks.csv", *(path.name for path in folder.glob("landmarks_osm.csv"))]


def _table(folder: Path, name: str, of: type[T], problems: Problems) -> list[Row[T]]:
    text = read_text(folder / name, problems)
    return [] if text is None else parse_table(name, text, of, problems)


def _no_doubles(file: str, keys: Iterable[tuple[int, str]], problems: Problems) -> None:
    first: dict[str, int] = {}
    for line, key in keys:
        if first.setdefault(key, line) != line:
            problems.add(file, line, f'"{key}" is there twice (first on line {first[key]})', "remove or rename one")
