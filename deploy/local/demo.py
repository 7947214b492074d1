"""The people who can log in to a local platform, as its city's profile has them.

The supervisor stays in memory, so the files are read without the pillars' own readers.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CITIZEN, MERCHANT = "warga", "pedagang"
"""Login of the demo user who has a business."""
CITIES = Path(__file__).parents[2] / "cities"


@dataclass(frozen=True)
class DemoUser:
    """Somebody with a login name and groups; a group is a role, or `agency:` and the agency's id."""

    login: str
    name: str
    groups: tuple[str, ...]


def demo_users(city: str) -> list[DemoUser]:
    """Citizens, a verifier, an administrator, an officer for every agency of the city, a second one where what one
    proposes another approves (money, warnings, permits, events), and who works for the emergency number.
    """
    officers = [
        DemoUser(f"petugas-{row['id']}", f"Petugas {row['short']}", ("officer", f"agency:{row['id']}"))
        for row in rows(city, "agencies.csv")
    ]
    return [
        DemoUser(CITIZEN, "Warga Contoh", ("citizen",)),
        DemoUser(MERCHANT, "Pedagang Contoh", ("citizen",)),
        DemoUser("verifikator", "Verifikator Contoh", ("verifier",)),
        DemoUser("admin", "Admin Contoh", ("admin",)),
        *officers,
        DemoUser("bendahara", "Bendahara Contoh", ("officer", f"agency:{treasury_agency(city)}")),
        *emergency_users(city),
        *(DemoUser("camat", "Camat Contoh", ("officer", f"agency:{agency}")) for agency in permit_agencies(city)),
        *(DemoUser("wisata", "Wisata Contoh", ("officer", f"agency:{agency}")) for agency in event_agencies(city)),
        *(DemoUser("piket", "Piket Contoh", ("officer", f"agency:{agency}")) for agency in warning_agencies(city)[:1]),
    ]


def treasury_agency(city: str) -> str:
    """Id of the agency that keeps the city's money; what it approves needs two of its people."""
    return str(terms(city, "economy.toml")["treasury_agency"])


def warning_agencies(city: str) -> list[str]:
    """Ids of the agencies whose officers act on flood warnings; none where the city has published no criteria."""
    return list(terms(city, "warnings.toml").get("agencies", ()))


def emergency_services(city: str) -> list[dict[str, str]]:
    """Services of the city's emergency number, with their agencies; none where it runs none."""
    return list(terms(city, "emergency_protocol.toml").get("services", ()))


def emergency_users(city: str) -> list[DemoUser]:
    """Dispatchers, and a crew for each service."""
    crews = [
        DemoUser(f"kru-{one['agency']}", f"Kru {one['name_id']}", ("crew", f"agency:{one['agency']}"))
        for one in emergency_services(city)
    ]
    return [*(DemoUser(each, "Operator 112 Contoh", ("dispatcher",)) for each in dispatchers(city)), *crews]


def dispatchers(city: str) -> list[str]:
    """Logins of dispatchers; two, since nobody takes a shift over from themselves."""
    return ["operator112", "operator112-pengganti"] if emergency_services(city) else []


def event_agencies(city: str) -> list[str]:
    """The id of the agency whose officers publish events, alone; none where the city has named none."""
    named = terms(city, "events.toml")
    return [str(named["agency"])] if named else []


def permit_agencies(city: str) -> list[str]:
    """The id of a kecamatan that checks and decides on permits; none where the city grants none."""
    if not (CITIES / city / "permits.toml").exists():
        return []
    return [row["id"] for row in rows(city, "agencies.csv") if row["level"] == "kecamatan"][:1]


def busiest_agencies(city: str, count: int = 3) -> list[str]:
    """Ids of the agencies that most routing rules name, without the district offices: whom a visitor tries first."""
    named = [row["agency"] for row in rows(city, "routing.csv") if not row["agency"].startswith("kec-")]
    return sorted(set(named), key=lambda agency: (-named.count(agency), agency))[:count]


def has_business(city: str) -> bool:
    """Whether the demo merchant has a business: it is of the city's made-up history."""
    return (CITIES / city / "demo.toml").exists()


def terms(city: str, name: str) -> dict[str, Any]:
    """A file of the profile; empty where there is none."""
    path = CITIES / city / name
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def rows(city: str, name: str) -> list[dict[str, str]]:
    """A table of the profile without its comments; none where there is none."""
    path = CITIES / city / name
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))
