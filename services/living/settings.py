"""Settings of living beside those of every pillar (prefix ``SMARTCITY_``)."""

from typing import Self

from pydantic import Field, SecretStr, model_validator

from services.kit.settings import Settings
from services.living.operators.model import Source, sources


class LivingSettings(Settings):
    """What living needs to know more."""

    operator_feeds: str = Field(
        "",
        description="GTFS Realtime feeds of other operators, as name=agency@url with blanks between; empty: none",
    )

    vehicle_secret: SecretStr = Field(
        SecretStr(""),
        description="Base64 of at least 32 bytes from which vehicles' passwords are derived; empty: none is issued",
    )
    mqtt_url: str = Field(
        "",
        pattern=r"^(mqtts?://([^/:@\[\]]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?)?$",
        description="Where vehicles publish, mqtt:// or mqtts:// host[:port]; empty: none is read",
    )
    mqtt_password: SecretStr = Field(SecretStr(""), description="Password of who reads there")

    @property
    def operators(self) -> tuple[Source, ...]:
        """The feeds that are read."""
        return sources(self.operator_feeds)

    @model_validator(mode="after")
    def _reads_over_tls(self) -> Self:
        found = self.operators  # raises ValueError that says what is wrong
        if self.mode != "local" and any(one.url.startswith("http://") for one in found):
            raise ValueError(
                "SMARTCITY_OPERATOR_FEEDS must begin with https:// outside local mode: passengers rely on them"
            )
        return self
