"""The people who can log in to a local platform."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

CITIES = Path(__file__).parents[2] / "cities"


@dataclass(frozen=True)
class DemoUser:
    """Somebody with a login name and groups; a group is a role, or `agency:` and the agency's id."""

    login: str
    name: str
    groups: tuple[str, ...]


def demo_users(city: str) -> list[DemoUser]:
    """A citizen, a verifier, an administrator, and an officer for every agency of the city."""
    with (CITIES / city / "agencies.csv").open(newline="", encoding="utf-8") as file:
        agencies = list(csv.DictReader(file))
    officers = [
        DemoUser(f"petugas-{row['id']}", f"Petugas {row['short']}", ("officer", f"agency:{row['id']}"))
        for row in agencies
    ]
    return [
        DemoUser("warga", "Warga Contoh", ("citizen",)),
        DemoUser("verifikator", "Verifikator Contoh", ("verifier",)),
        DemoUser("admin", "Admin Contoh", ("admin",)),
        *officers,
    ]


def busiest_agencies(city: str, count: int = 3) -> list[str]:
    """Ids of the agencies that most routing rules name, without the district offices: whom a visitor tries first."""
    with (CITIES / city / "routing.csv").open(newline="", encoding="utf-8") as file:
        named = [row["agency"] for row in csv.DictReader(file) if not row["agency"].startswith("kec-")]
    return sorted(set(named), key=lambda agency: (-named.count(agency), agency))[:count]
