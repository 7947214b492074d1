"""The city as one value: everything of a profile that was read and found sound."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.kit.city.boundaries import Boundaries, check_features
from services.kit.city.clocks import read_clocks
from services.kit.city.demo import Demo, read_demo
from services.kit.city.emergency import Emergency, read_emergency
from services.kit.city.files import CityError, Problem, Problems, read_text
from services.kit.city.model import (
    Agency,
    Area,
    Category,
    Channel,
    Clocks,
    EService,
    Group,
    Landmark,
    Place,
    Route,
    Rule,
    Step,
)
from services.kit.city.places import Places
from services.kit.city.reading import (
    FALLBACK,
    check_points,
    groups_of,
    read_agencies,
    read_areas,
    read_categories,
    read_holidays,
    read_landmarks,
    read_profile,
    read_services,
    zone_of,
)
from services.kit.city.routing import first_match, read_rules
from services.kit.city.suggestion import Suggester
from services.kit.city.working_days import Calendar

CITIES = Path(__file__).resolve().parents[3] / "cities"


@dataclass(frozen=True, eq=False, repr=False)
class City:
    """A city's profile. What it holds is small and in memory; polygons and search indexes come on first use."""

    id: str
    """The folder's name."""
    code: str
    """Kemendagri code of the city itself."""
    name_id: str
    name_en: str
    timezone: ZoneInfo
    currency: str
    code_prefix: str
    """Three letters before the complaint codes."""
    languages: tuple[str, ...]
    """What the pages are offered in, of `LANGUAGES`; the first is the default."""
    groups: Mapping[str, Group]
    areas: Mapping[str, Area]
    agencies: Mapping[str, Agency]
    categories: Mapping[str, Category]
    rules: tuple[Rule, ...]
    landmarks: tuple[Landmark, ...]
    services: Mapping[str, EService]
    """Its e-services by id."""
    calendar: Calendar
    clocks: Clocks
    ladders: Mapping[str, tuple[Step, ...]]
    all_channels: tuple[Channel, ...]
    emergency: Emergency
    """Words and categories of danger to life."""
    folder: Path

    def name(self, language: str = "id") -> str:
        """Return the city's name in English for "en", in Indonesian for anything else."""
        return self.name_en if language == "en" else self.name_id

    def area(self, code: str) -> Area | None:
        """Return the area with that Kemendagri code."""
        return self.areas.get(code)

    def told_apart(self, code: str) -> str:
        """Return the name of an area, with its kecamatan where another has the same; empty for an unknown code.

        Example: Mangunharjo (Tugu)
        """
        area = self.areas.get(code)
        if area is None:
            return ""
        return f"{area.name} ({area.district})" if area.is_lowest and area.name in self._shared_names else area.name

    def children(self, code: str) -> tuple[Area, ...]:
        """Return the areas right below `code`, by code."""
        return tuple(area for area in self.areas.values() if area.parent == code)

    def agency(self, id: str) -> Agency | None:  # noqa: A002 - the field's own word, as everywhere
        """Return the agency with that id."""
        return self.agencies.get(id)

    def category(self, id: str) -> Category | None:  # noqa: A002
        """Return the category with that id."""
        return self.categories.get(id)

    @property
    def fallback(self) -> Category:
        """The category "lainnya" that every city has, for what fits no other."""
        return self.categories[FALLBACK]

    def locate(self, lon: float, lat: float) -> Area | None:
        """Return the kelurahan or desa at a WGS 84 point, or None outside the city.

        A point within about 55 m of the nearest polygon still counts: outlines have slivers. The first call reads the
        polygons (some 100 ms); a process that locates calls it once before it is ready.
        """
        code = self._boundaries.code_at(lon, lat)
        return None if code is None else self.areas[code]

    def covered(self, rings: Iterable[Sequence[tuple[float, float]]]) -> set[str]:
        """Return the codes of kelurahan of which closed lines of WGS 84 lon, lat cover a part.

        Takes up to a second for lines of many corners: call it in a thread.
        """
        return self._boundaries.covered(rings)

    def outlines(self, codes: Iterable[str]) -> dict[str, Any]:
        """Return the polygons of kelurahan by their codes, as geometries of shapely; unknown ones are left out."""
        return self._boundaries.outlines(codes)

    def place(self, text: str) -> Place | None:
        """Return the landmark, else the kelurahan, that a text names; None when there is none or several it may be."""
        return self._places.find(text)

    def places(self, text: str) -> list[Place]:
        """Return all places that a text may mean, such as kelurahan of one name in several districts."""
        return self._places.named(text)

    def like(self, text: str) -> list[Place]:
        """Return the places whose names are the most like a text that names none, the most alike first."""
        return self._places.like(text)

    def suggest(self, text: str, limit: int = 3) -> list[tuple[Category, float]]:
        """Return the categories whose keywords are in the text, best first, each with its share of all (0 to 1)."""
        return self._suggester.suggest(text, limit)

    def route(self, category: str, area_code: str | None, rules: tuple[Rule, ...] | None = None) -> Route:
        """Return the agency for a complaint of that category (id) in that area (None: not known), and the rule.

        `rules` is a draft from `parse_rules` that takes the place of the city's own.

        Raises:
            ValueError: the city has no such category or area.
        """
        if category not in self.categories:
            raise ValueError(f'unknown category "{category}"')
        if area_code is not None and area_code not in self.areas:
            raise ValueError(f'unknown area "{area_code}"')
        rule = first_match(self.rules if rules is None else rules, category, area_code)
        return Route(agency=self.agencies[rule.agency], rule=rule)

    def parse_rules(self, text: str) -> tuple[Rule, ...]:
        """Parse and check a draft of routing.csv (same header), for a simulation.

        Raises:
            CityError: the draft is not sound; its problems name the lines of "draft".
        """
        problems = Problems()
        rules = read_rules(
            "draft", text, categories=self.categories, areas=self.areas, agencies=self.agencies, problems=problems
        )
        problems.raise_if_any()
        return rules

    def resolution_days(self, category: Category) -> int | None:
        """Return the working days in which a complaint of that category is resolved; None: no deadline."""
        return category.handling_days or self.clocks.resolution.get(category.class_)

    def ladder(self, agency_id: str) -> tuple[Step, ...]:
        """Return the steps that an agency's breaches go up, first step first; empty for an unknown agency."""
        return self.ladders.get(agency_id, ())

    def channels(self, on: date) -> tuple[Channel, ...]:
        """Return the channels by the names they have on that day."""
        return tuple(channel for channel in self.all_channels if channel.is_open(on))

    def geojson(self) -> bytes:
        """Return the small map: simplified kelurahan with code, name and district, as GeoJSON (WGS 84)."""
        return self._map

    def demo(self) -> Demo | None:
        """Return the shares and texts of a made-up history, or None where the city has none.

        Raises:
            CityError: demo.toml is wrong.
        """
        problems = Problems(_label(self.folder))
        demo = read_demo(self.folder, self.areas, self.categories, problems)
        problems.raise_if_any()
        return demo

    def check_points(self) -> None:
        """Look where the points of areas and landmarks are: for a check, since it reads the polygons.

        Raises:
            CityError: some lie outside the city; all are listed.
        """
        problems = Problems(_label(self.folder))
        check_points(self.folder, self.locate, problems)
        problems.raise_if_any()

    def invalid_polygons(self) -> list[str]:
        """Return the codes of areas whose polygons cross themselves: for the full check, too slow for every start."""
        return self._boundaries.invalid()

    @cached_property
    def _shared_names(self) -> frozenset[str]:
        count = Counter(area.name for area in self.areas.values() if area.is_lowest)
        return frozenset(name for name, times in count.items() if times > 1)

    @cached_property
    def _map(self) -> bytes:
        return (self.folder / "map.geojson").read_bytes()

    @cached_property
    def _boundaries(self) -> Boundaries:
        return Boundaries(self.folder / "areas.geojson")

    @cached_property
    def _places(self) -> Places:
        return Places(self.areas, self.landmarks, (self.name_id, self.name_en))

    @cached_property
    def _suggester(self) -> Suggester:
        return Suggester(self.categories.values())


def load_city(name: str, root: Path | None = None) -> City:
    """Load and check the profile in the folder `name` below `root` (default: cities/); the same City every time.

    Raises:
        CityError: there is no such profile, or something in it is wrong; all problems are listed.
    """
    return _load(name, root or CITIES)


def folder_of(name: str, root: Path | None = None) -> Path | None:
    """Return the folder of a profile below `root` (default: cities/), None where there is none of that name."""
    root = root or CITIES
    return root / name if name in {path.name for path in root.glob("*/")} else None


@lru_cache(maxsize=8)
def _load(name: str, root: Path) -> City:
    folder = folder_of(name, root)
    if folder is None:
        known = ", ".join(sorted(path.parent.name for path in root.glob("*/profile.toml"))) or "none"
        raise CityError([Problem(f"{root.name}/{name}", 0, "there is no such profile", f"there are: {known}")])
    problems = Problems(_label(folder))
    city = read_city(folder, problems)
    problems.raise_if_any()
    return city


def _label(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


def read_city(folder: Path, problems: Problems) -> City:
    """Read what all pillars need, as far as it can be read; whoever goes on with it looks at `problems` first."""
    profile = read_profile(folder, problems)
    groups = groups_of(profile)
    areas = read_areas(folder, profile.code, problems)
    for name in ("areas.geojson", "map.geojson"):
        check_features(folder / name, areas, problems)
    agencies = read_agencies(folder, areas, problems)
    categories = read_categories(folder, groups, problems)
    routing = read_text(folder / "routing.csv", problems)
    rules = read_rules(
        "routing.csv", routing or "", categories=categories, areas=areas, agencies=agencies, problems=problems
    )
    holidays = read_holidays(folder, problems)
    landmarks = read_landmarks(folder, areas, problems)
    services = read_services(folder, agencies, problems)
    clocks = read_clocks(folder, agencies, problems)
    timezone = zone_of(profile) or ZoneInfo("UTC")
    emergency = read_emergency(folder, categories, profile.channels, timezone, problems)
    return City(
        id=profile.id,
        code=profile.code,
        name_id=profile.name_id,
        name_en=profile.name_en,
        timezone=timezone,
        currency=profile.currency,
        code_prefix=profile.code_prefix,
        languages=profile.languages,
        groups=groups,
        areas=areas,
        agencies=agencies,
        categories=categories,
        rules=rules,
        landmarks=landmarks,
        services=services,
        calendar=Calendar(timezone, holidays, frozenset(profile.working_weekdays)),
        clocks=clocks[0],
        ladders=clocks[1],
        all_channels=profile.channels,
        emergency=emergency,
        folder=folder,
    )
