"""The people who can log in to a local platform."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path

MERCHANT = "pedagang"
"""Login of the demo user who has a business."""
CITIES = Path(__file__).parents[2] / "cities"


@dataclass(frozen=True)
class DemoUser:
    """Somebody with a login name and groups; a group is a role, or `agency:` and the agency's id."""

    login: str
    name: str
    groups: tuple[str, ...]


def demo_users(city: str) -> list[DemoUser]:
    """Citizens, a verifier, an administrator, an officer for every agency of the city, and a second one where what one
    proposes another approves: money, warnings, and events.
    """
    with (CITIES / city / "agencies.csv").open(newline="", encoding="utf-8") as file:
        agencies = list(csv.DictReader(file))
    officers = [
        DemoUser(f"petugas-{row['id']}", f"Petugas {row['short']}", ("officer", f"agency:{row['id']}"))
        for row in agencies
    ]
    return [
        DemoUser("warga", "Warga Contoh", ("citizen",)),
        DemoUser(MERCHANT, "Pedagang Contoh", ("citizen",)),
        DemoUser("verifikator", "Verifikator Contoh", ("verifier",)),
        DemoUser("admin", "Admin Contoh", ("admin",)),
        *officers,
        DemoUser("bendahara", "Bendahara Contoh", ("officer", f"agency:{treasury_agency(city)}")),
        *(DemoUser("wisata", "Wisata Contoh", ("officer", f"agency:{agency}")) for agency in event_agencies(city)),
        *(DemoUser("piket", "Piket Contoh", ("officer", f"agency:{agency}")) for agency in warning_agencies(city)[:1]),
    ]


def treasury_agency(city: str) -> str:
    """Id of the agency that keeps the city's money; what it approves needs two of its people."""
    terms = tomllib.loads((CITIES / city / "economy.toml").read_text(encoding="utf-8"))
    return str(terms["treasury_agency"])


def warning_agencies(city: str) -> list[str]:
    """Ids of the agencies whose officers act on flood warnings; none where the city has published no criteria."""
    path = CITIES / city / "warnings.toml"
    return list(tomllib.loads(path.read_text(encoding="utf-8"))["agencies"]) if path.exists() else []


def event_agencies(city: str) -> list[str]:
    """The id of the agency whose officers publish events, alone; none where the city has named none."""
    path = CITIES / city / "events.toml"
    return [str(tomllib.loads(path.read_text(encoding="utf-8"))["agency"])] if path.exists() else []


def busiest_agencies(city: str, count: int = 3) -> list[str]:
    """Ids of the agencies that most routing rules name, without the district offices: whom a visitor tries first."""
    with (CITIES / city / "routing.csv").open(newline="", encoding="utf-8") as file:
        named = [row["agency"] for row in csv.DictReader(file) if not row["agency"].startswith("kec-")]
    return sorted(set(named), key=lambda agency: (-named.count(agency), agency))[:count]
