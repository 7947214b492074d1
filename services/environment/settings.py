"""Settings of environment beside those of every pillar (prefix ``SMARTCITY_``)."""

from typing import Self

from pydantic import Field, SecretStr, model_validator

from services.kit.mail.settings import MailSettings


class EnvironmentSettings(MailSettings):
    """What environment needs to know more."""

    device_secret: SecretStr = Field(
        SecretStr(""),
        description="Base64 of at least 32 bytes from which devices' passwords are derived; empty: no device is issued",
    )
    mqtt_url: str = Field(
        "",
        pattern=r"^(mqtts?://([^/:@\[\]]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?)?$",
        description="Where devices publish, mqtt:// or mqtts:// host[:port]; empty: none is read",
    )
    mqtt_password: SecretStr = Field(SecretStr(""), description="Password of who reads there")
    reading_weeks: int = Field(13, ge=4, le=520, description="Weeks for which readings are kept; sums by the hour stay")
    air_days: int = Field(1100, ge=31, le=36_500, description="Days for which the hourly air index is kept")
    warning_key: SecretStr = Field(
        SecretStr(""),
        description="Private key (RSA or EC) and its certificate as PEM, which sign warnings; empty: they go unsigned",
    )
    subscription_secret: SecretStr = Field(
        SecretStr(""),
        description="Base64 of at least 32 bytes that seal addresses of subscribers to warnings; empty: there are none",
    )
    nowcast_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+/\S*)?$",
        description="RSS feed of the national weather service's CAP nowcasts; empty: none are read",
    )
    round_seconds: float = Field(
        15.0, gt=0, le=300, description="Seconds for which the best collection rounds are searched"
    )

    @property
    def warnings_by_mail(self) -> bool:
        """Whether people may have warnings by mail: their addresses can be kept, and a server takes mails."""
        return bool(self.subscription_secret.get_secret_value() and self.smtp_url)

    @model_validator(mode="after")
    def _reads_over_tls(self) -> Self:
        if self.mode != "local" and self.nowcast_url.startswith("http://"):
            raise ValueError("SMARTCITY_NOWCAST_URL must begin with https:// outside local mode: people rely on it")
        return self
