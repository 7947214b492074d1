"""Settings of branding beside those of every pillar (prefix ``SMARTCITY_``)."""

from pydantic import Field, SecretStr

from services.kit.settings import Settings


class BrandingSettings(Settings):
    """What branding needs to know more."""

    ticket_key: SecretStr = Field(
        SecretStr(""), description="Ed25519 private JWK (JSON, with kid) that signs tickets; empty: none are sold"
    )
    ticket_keys_old: str = Field(
        "", description="JWK set of public keys that signed tickets before and are still good at the gates"
    )
    ticket_secret: SecretStr = Field(
        SecretStr(""),
        description="Base64 of at least 32 bytes that seal names and make link keys; empty: no tickets are sold",
    )
