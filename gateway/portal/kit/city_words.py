"""What the pages need of the city profile, in one language, made once: names, groups, districts, the drawing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from gateway.city.participation import participates
from gateway.city.terms import Terms, terms_of
from gateway.portal.kit.city_map import Drawing, draw
from services.kit.city import Area, Channel, City
from services.kit.city.routing import cleaners


@dataclass(frozen=True)
class NamedId:
    """Something to choose from a list."""

    id: str
    name: str


@dataclass(frozen=True)
class CategoryGroup:
    """A group of categories."""

    name: str
    categories: tuple[NamedId, ...]


@dataclass(frozen=True)
class District:
    """A kecamatan and its kelurahan or desa."""

    code: str
    name: str
    areas: tuple[Area, ...]


@dataclass(frozen=True)
class CityWords:
    """The city in one language."""

    name: str
    example_code: str
    """Of a complaint."""
    example_bill: str
    example_payment: str
    example_receipt: str
    example_area: str
    """Code of a kelurahan or desa."""
    example_point: str
    """In the city, as people type it."""
    category_groups: tuple[CategoryGroup, ...]
    districts: tuple[District, ...]
    agencies: tuple[NamedId, ...]
    category_names: dict[str, str]
    agency_names: dict[str, str]
    cleaning_agencies: frozenset[str]
    """Agencies that waste complaints go to, and whose crews clean up."""
    terms: Terms
    """Of payments."""
    sector_names: dict[str, str]
    participates: bool
    """Whether the city has processes that residents take part in; the society pillar checks the file."""
    city: City

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The official channels by today's names."""
        return self.city.channels(datetime.now(self.city.timezone).date())

    @property
    def emergency_phone(self) -> str:
        """Whom to call when there is danger; empty where the city names no number."""
        return next((each.phone for each in self.channels if each.kind == "emergency" and each.phone), "")

    def told_apart(self, areas: Iterable[Any]) -> list[str]:
        """The names of areas of a message, with the kecamatan where another has the same name."""
        return [self.city.told_apart(each.code) or each.name for each in areas]

    @cached_property
    def dispatches(self) -> bool:
        """Whether the city's emergency number is run here: its profile has a protocol."""
        return (self.city.folder / "emergency_protocol.toml").exists()


@lru_cache(maxsize=16)
def words_of(city: City, language: str) -> CityWords:
    """The city's words in ``language``."""
    groups: dict[str, list[NamedId]] = defaultdict(list)
    for category in city.categories.values():
        groups[category.group].append(NamedId(category.id, category.name(language)))
    agencies = sorted((NamedId(each.id, each.name(language)) for each in city.agencies.values()), key=lambda a: a.name)
    return CityWords(
        name=city.name(language),
        example_code=f"{city.code_prefix}-7K4P-92",
        example_bill=f"{city.code_prefix}T-7K4P2M8-92",
        example_payment=f"{city.code_prefix}P-7K4P2M8-92",
        example_receipt=f"{city.code_prefix}-2026-0000123-K",
        example_area=next(code for code, area in city.areas.items() if area.is_lowest),
        example_point=f"{city.areas[city.code].lat:.4f},{city.areas[city.code].lon:.4f}",
        category_groups=tuple(
            CategoryGroup(group.name(language), tuple(groups[group.id]))
            for group in city.groups.values()
            if groups[group.id]
        ),
        districts=tuple(District(each.code, each.name, city.children(each.code)) for each in city.children(city.code)),
        agencies=tuple(agencies),
        category_names={each.id: each.name(language) for each in city.categories.values()},
        agency_names={each.id: each.name for each in agencies},
        cleaning_agencies=cleaners(city.rules, city.categories),
        terms=terms_of(city),
        sector_names={each.id: each.name(language) for each in terms_of(city).sectors},
        participates=participates(city),
        city=city,
    )


@lru_cache(maxsize=4)
def drawing_of(city: City) -> Drawing:
    """The drawing of the city's map."""
    return draw(city.geojson())
