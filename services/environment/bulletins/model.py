"""What a bulletin tells of a step of a warning, and what is kept of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.environment.criteria.model import Hazard, Level, Step
from services.kit.city import City
from services.kit.city.model import Area

NAMED = 3
"""So many kelurahan are named in one line; of more the rest is counted."""


@dataclass(frozen=True)
class Told:
    """A step of a warning, as it is to be published."""

    warning: UUID
    number: int
    """The first of a warning is 1."""
    step: Step
    hazard: Hazard
    level: Level
    areas: tuple[str, ...]
    zone: str
    exercise: bool
    automatic: bool
    note: str
    note_en: str
    at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Published:
    """A message that was published, without its bytes."""

    warning: UUID
    number: int
    identifier: str
    type: str
    level: Level
    step: Step
    sent: datetime
    expires_at: datetime
    signed: bool
    headline: str
    headline_en: str

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/v1/warnings/{self.warning}/messages/{self.number}.cap"


@dataclass(frozen=True)
class Kept(Published):
    """A message with its bytes."""

    body: bytes


def replaced(earlier: Sequence[Published], at: datetime) -> list[Published]:
    """The messages that the next one replaces: the one before it, and those before that still hold."""
    return [one for one in earlier[:-1] if one.expires_at > at] + list(earlier[-1:])


def sent(told: Told, earlier: Sequence[Published]) -> datetime:
    """CAP's times have whole seconds; no message says that it was sent before the one that it replaces."""
    return max([told.at.replace(microsecond=0), *(one.sent for one in earlier)])


def areas_in_words(city: City, codes: Sequence[str], *, most: int = 0) -> str:
    """Kelurahan by name, by their kecamatan; in one line of ``most`` names and how many more where it is given."""
    found = [area for area in map(city.area, codes) if area is not None]
    if most:
        more = len(found) - most
        names = ", ".join(city.told_apart(area.code) for area in found[:most])
        return f"{names} +{more}" if more > 0 else names
    return "; ".join(f"{district}: {', '.join(names)}" for district, names in _by_district(found).items())


def _by_district(areas: Sequence[Area]) -> dict[str, list[str]]:
    districts: dict[str, list[str]] = {}
    for area in areas:
        districts.setdefault(area.district, []).append(area.name)
    return districts
