"""Settings of society beside those of every pillar (prefix ``SMARTCITY_``)."""

from pydantic import Field, SecretStr

from services.kit.settings import Settings


class SocietySettings(Settings):
    """What society needs to know more."""

    resident_secret: SecretStr = Field(
        SecretStr(""),
        description="Base64 of at least 32 bytes that seal residents' numbers and ballots; empty: neither are taken",
    )
