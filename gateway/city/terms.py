"""What the pages need of a city's terms of payments: which agency does what, whether there are wallets, the sectors.

The economy pillar checks ``economy.toml`` and ``levies.csv`` when it starts; here they are only read. What somebody may
do is decided there too: this is for showing and hiding.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import lru_cache

from services.kit.city import City

GOVERNMENT = "government"


@dataclass(frozen=True)
class Sector:
    """A sector that payments are counted in."""

    id: str
    name_id: str
    name_en: str

    def name(self, language: str) -> str:
        """The English name for "en", the Indonesian one for anything else."""
        return self.name_en if language == "en" else self.name_id


@dataclass(frozen=True)
class Terms:
    """The terms; a city without the files has none of all this."""

    treasury_agency: str = ""
    business_agency: str = ""
    counters: frozenset[str] = frozenset()
    """Agencies that take money at a counter."""
    qris: bool = False
    """Whether any counter can be paid by QRIS; otherwise there is cash, and a wallet perhaps."""
    levying: frozenset[str] = frozenset()
    """Agencies that issue bills."""
    wallets: bool = False
    wallet_most: int = 0
    """Most that may be on a wallet, whole units."""
    sectors: tuple[Sector, ...] = ()
    """All of them; GOVERNMENT is the city's own, which no business is in."""

    @property
    def fills_in_cash(self) -> bool:
        """Whether wallets are filled with cash: at the treasury, where it has a counter."""
        return self.treasury_agency in self.counters


@lru_cache(maxsize=4)
def terms_of(city: City) -> Terms:
    """What the files of a city say of its payments; read once."""
    path = city.folder / "economy.toml"
    if not path.exists():
        return Terms()
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    wallets = found.get("wallets", {})
    return Terms(
        treasury_agency=found.get("treasury_agency", ""),
        business_agency=found.get("business_agency", ""),
        counters=frozenset(each["agency"] for each in found.get("counters", ())),
        qris=any(each.get("nmid") for each in found.get("counters", ())),
        levying=_levying(city),
        wallets=wallets.get("on", False),
        wallet_most=wallets.get("most", 0),
        sectors=tuple(Sector(each["id"], each["name_id"], each["name_en"]) for each in found.get("sectors", ())),
    )


def _levying(city: City) -> frozenset[str]:
    path = city.folder / "levies.csv"
    if not path.exists():
        return frozenset()
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(row["agency"] for row in csv.DictReader(line for line in lines if not line.startswith("#")))
