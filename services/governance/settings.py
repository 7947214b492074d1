"""Settings of governance beside those of every pillar (prefix ``SMARTCITY_``)."""

from pydantic import Field, SecretStr

from services.kit.mail.settings import MailSettings


class GovernanceSettings(MailSettings):
    """What governance needs to know more."""

    keystore_url: SecretStr = Field(description="Database of its own for the wrapped keys of contacts")
    data_key: SecretStr = Field(description="Base64 of 32 bytes that wrap the keys of contacts")
    data_keys_old: SecretStr = Field(SecretStr(""), description="Earlier data keys, comma-separated, while keys rotate")
    data_key_next: SecretStr = Field(SecretStr(""), description="The data key that is announced, while keys rotate")
    link_secret: SecretStr = Field(description="Base64 of at least 32 bytes from which link keys are derived")
    mail_keys: SecretStr = Field(
        SecretStr(""),
        description="Base64 of 32 bytes each, comma-separated, that sign the links in mails: the first signs, all are"
        " known while keys rotate; derived from the link secret when empty",
    )
    receipt_key: SecretStr = Field(description="Ed25519 private JWK (JSON, with kid) that signs the daily seals")
    mail_bounces: str = Field(
        "",
        pattern=r"^([A-Za-z0-9._-]{1,11}@[A-Za-z0-9.-]+)?$",  # with +token a local part has 64 characters at most
        description="Where mails come back to: +token is put behind its name; the sender when empty",
    )
