"""Settings of society beside those of every pillar (prefix ``SMARTCITY_``)."""

from pydantic import Field, SecretStr

from services.kit.mail.settings import MailSettings


class SocietySettings(MailSettings):
    """What society needs to know more."""

    resident_secret: SecretStr = Field(
        SecretStr(""),
        description="Base64 of at least 32 bytes that seal residents, ballots and followers; empty: there are none",
    )
