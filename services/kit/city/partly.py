"""As much of a city as can be read while files of it are wrong: for those who check all other files all the same."""

from dataclasses import dataclass, fields
from pathlib import Path

from services.kit.city.files import Problems
from services.kit.city.model import Area
from services.kit.city.profile import City, folder_of, read_city

_ANYWHERE = Area(code="", name="", level="kelurahan", parent="", district="", lon=0, lat=0)
_OUTLINES = frozenset({"areas.csv", "areas.geojson"})


@dataclass(frozen=True, eq=False, repr=False)
class PartOfCity(City):
    """A city of which some is missing, or a stand-in. Nobody serves anything with it."""

    outlined: bool
    """Whether its outlines are known."""

    def locate(self, lon: float, lat: float) -> Area | None:
        """As that of a city; where nobody knows its outlines, nothing lies outside."""
        return super().locate(lon, lat) if self.outlined else _ANYWHERE

    def invalid_polygons(self) -> list[str]:
        """As that of a city; none while its outlines are not known."""
        return super().invalid_polygons() if self.outlined else []


def part_of_city(name: str, root: Path | None = None) -> PartOfCity | None:
    """Read what can be read of a profile; None where there is no such folder. `load_city` says what is wrong."""
    folder = folder_of(name, root)
    if folder is None:
        return None
    problems = Problems()
    city = read_city(folder, problems)
    read = {field.name: getattr(city, field.name) for field in fields(City)}
    return PartOfCity(**read, outlined=not problems.files & _OUTLINES)
