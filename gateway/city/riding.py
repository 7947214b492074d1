"""What the pages need of a city's terms of rides: whose officers decide, and the classes of passengers in words.

The living pillar checks ``rides.toml`` and ``transit_fares.csv`` when it starts; here they are only read.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import lru_cache

from services.kit.city import City


@dataclass(frozen=True)
class RiderClass:
    """A class of passengers, and what is to be shown for it (empty for the usual one)."""

    id: str
    name_id: str
    name_en: str
    proof_id: str = ""
    proof_en: str = ""
    days: int = 0
    """The longest that it is granted for at once."""

    def name(self, language: str) -> str:
        """The English name for "en", the Indonesian one for anything else."""
        return self.name_en if language == "en" else self.name_id

    def proof(self, language: str) -> str:
        """What is to be shown, in a language."""
        return self.proof_en if language == "en" else self.proof_id


@dataclass(frozen=True)
class Riding:
    """The terms; a city that takes no taps has none of all this."""

    agency: str = ""
    classes: tuple[RiderClass, ...] = ()
    """The usual one first."""

    def name(self, rider: str, language: str) -> str:
        """A class in words; its id where it is none of them any more."""
        return next((one.name(language) for one in self.classes if one.id == rider), rider)

    def days(self, rider: str) -> int:
        """For how long a class is granted at once; 0 where it is none of them any more."""
        return next((one.days for one in self.classes if one.id == rider), 0)


@lru_cache(maxsize=4)
def riding_of(city: City) -> Riding:
    """What the files of a city say of rides; read once."""
    path = city.folder / "rides.toml"
    if not path.exists():
        return Riding()
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    lines = (city.folder / "transit_fares.csv").read_text(encoding="utf-8").splitlines()
    names = {row["rider"]: row["name"] for row in csv.DictReader(line for line in lines if not line.startswith("#"))}
    usual = next(iter(names))
    granted = (
        RiderClass(one["rider"], names[one["rider"]], one["name_en"], one["proof_id"], one["proof_en"], one["days"])
        for one in found.get("concessions", ())
    )
    return Riding(found["agency"], (RiderClass(usual, names[usual], found["usual_en"]), *granted))
