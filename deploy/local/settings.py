"""What the supervisor is told by the environment.

A plain dataclass: the supervisor stays in memory beside thirteen other processes, and pydantic alone is 20 MB.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.demo import CITIES
from deploy.local.process import StartError

CITY = "semarang"
"""Whose platform starts where no city is named."""


@dataclass(frozen=True)
class LocalSettings:
    """One local platform. `postgres_url` is a superuser's on a server of one's own; empty: we start one.

    `keystore_url` is the database of contacts' keys, as its owner; empty: one beside the pillars'. `simulator`: devices
    that are none measure for all gauges of the city.
    """

    home: Path
    port: int
    city: str
    postgres_url: str = ""
    keystore_url: str = ""
    processes: int = 1
    gateways: int = 1
    simulator: bool = True

    @property
    def public_url(self) -> str:
        """Base URL of the portal and the API."""
        return f"http://localhost:{self.port}"


def read_settings(env: Mapping[str, str] | None = None, processes: int = 1, gateways: int = 1) -> LocalSettings:
    """Settings from SMARTCITY_PORT, _HOME, _CITY, _POSTGRES_URL and _KEYSTORE_URL; StartError names what is wrong."""
    env = os.environ if env is None else env
    port = env.get("SMARTCITY_PORT", "8080")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise StartError(f"SMARTCITY_PORT={port}: a number from 1 to 65535, please")
    city = city_of(env)
    if not (CITIES / city / "profile.toml").is_file():
        known = ", ".join(sorted(each.parent.name for each in CITIES.glob("*/profile.toml")))
        raise StartError(f"SMARTCITY_CITY={city}: there is no cities/{city}. Known: {known}")
    return LocalSettings(
        home=home_of(env),
        port=int(port),
        city=city,
        postgres_url=env.get("SMARTCITY_POSTGRES_URL", ""),
        keystore_url=env.get("SMARTCITY_KEYSTORE_URL", ""),
        processes=processes,
        gateways=gateways,
        simulator="off" not in (env.get("SMARTCITY_SIMULATOR", ""), env.get("SMARTCITY_DEMO", "")),
    )


def city_of(env: Mapping[str, str] | None = None) -> str:
    """The city: SMARTCITY_CITY, or Semarang."""
    return (os.environ if env is None else env).get("SMARTCITY_CITY", CITY)


def home_of(env: Mapping[str, str] | None = None) -> Path:
    """The data folder: SMARTCITY_HOME, or `.smartcity` in the working folder."""
    return Path((os.environ if env is None else env).get("SMARTCITY_HOME", ".smartcity")).resolve()
