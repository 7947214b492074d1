"""Settings of the viewer, read from the environment (prefix ``SMARTCITY_``)."""

import tomllib
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

CITIES = Path(__file__).parents[2] / "cities"


class ViewerSettings(BaseSettings):
    """What the viewer can be told."""

    model_config = SettingsConfigDict(env_prefix="SMARTCITY_")

    viewer_port: int = Field(4318, description="Port for pages and for OTLP/HTTP; 4318 is the protocol's own.")
    viewer_host: str = Field("127.0.0.1", description="Address to listen on; the viewer has no login.")
    viewer_names: list[str] = Field(
        ["localhost", "127.0.0.1"], description="Host names that it is asked for by; others are refused."
    )
    viewer_token: SecretStr = Field(
        SecretStr(""), description="Bearer token of who may send telemetry; empty: whoever reaches the port."
    )
    viewer_spans: int = Field(50_000, ge=100, description="Spans to keep (about 1 KB of disk each).")
    home: Path | None = Field(None, description="Data folder; without it spans live in a temporary file.")
    codes_url: str = Field("", description="Portal page of a case; a story links to this URL followed by its code.")
    city: str = Field("", description="Whose time is shown, as the portal does; UTC where no city is named.")
    log_format: str = "json"

    @property
    def zone(self) -> tzinfo:
        """The city's clock. Read from its profile here: nothing of the services' is known below them."""
        if not self.city:
            return UTC
        profile = (CITIES / self.city / "profile.toml").read_text(encoding="utf-8")
        return ZoneInfo(tomllib.loads(profile)["timezone"])

    @property
    def database(self) -> str:
        """Path of the SQLite file; the empty path is SQLite's own temporary file."""
        if self.home is None:
            return ""
        folder = self.home / "viewer"
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder / "traces.sqlite3")
