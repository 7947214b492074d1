"""What the bank is told by the supervisor; nothing secret has a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class BankSettings:
    """One bank with one customer: the city. Keys are PEM, the URL is where the city takes SNAP requests."""

    file: Path
    """The book: what was paid, and what the city has yet to be told."""
    city: str
    """Name of the city as its QRIS say it, at most 15 characters."""
    zone: ZoneInfo
    """Of its clock, whose days it reports by."""
    bank_id: str
    client_id: str
    client_secret: str = field(repr=False)
    private_key: str = field(repr=False)
    client_public_key: str = field(repr=False)
    notify_url: str


def read(env: Mapping[str, str]) -> BankSettings:
    """Settings from the environment. KeyError names what is missing."""
    return BankSettings(
        file=Path(env["SMARTCITY_HOME"]) / "bank.sqlite3",
        city=env["SMARTCITY_CITY"].replace("-", " ").upper()[:15].strip(),
        zone=ZoneInfo(env["SMARTCITY_BANK_ZONE"]),
        bank_id=env["SMARTCITY_BANK_ID"],
        client_id=env["SMARTCITY_BANK_CLIENT_ID"],
        client_secret=env["SMARTCITY_BANK_CLIENT_SECRET"],
        private_key=env["SMARTCITY_BANK_PRIVATE_KEY"],
        client_public_key=env["SMARTCITY_BANK_CLIENT_PUBLIC_KEY"],
        notify_url=env["SMARTCITY_BANK_NOTIFY_URL"].rstrip("/"),
    )
