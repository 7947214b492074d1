"""Settings of economy beside those of every pillar (prefix ``SMARTCITY_``)."""

from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator, model_validator

from services.kit.mail.settings import MailSettings


class EconomySettings(MailSettings):
    """What economy needs to know more: its keys, and how the acquirer is reached (SNAP BI)."""

    receipt_key: SecretStr = Field(description="Ed25519 private JWK (JSON, with kid) that signs receipts")
    permit_secret: SecretStr = Field(
        SecretStr(""),
        description="Base64 of at least 32 bytes that seal names and addresses of applicants; empty: nobody applies",
    )
    permit_signatory: Literal["simulated"] = Field(
        "simulated", description="Who signs papers of permits for officials; simulated stands in for BSrE and says so"
    )
    snap_url: str = Field("", description="Base URL of the acquirer's SNAP API; empty: no QRIS, cash and wallets only")
    snap_report_url: str = Field("", description="Where the acquirer's daily report is, with {day}; empty: none")
    snap_zone: str = Field("", description="Time zone of the days of that report (IANA name); empty: the city's")
    snap_client_id: str = Field("", description="X-CLIENT-KEY and X-PARTNER-ID by which the acquirer knows us")
    snap_client_secret: SecretStr = Field(SecretStr(""), description="Shared secret of symmetric signatures")
    snap_private_key: SecretStr = Field(SecretStr(""), description="Our RSA private key (PEM), signs token requests")
    snap_public_key: str = Field("", description="The acquirer's RSA public key (PEM), checks its token requests")
    snap_partner_id: str = Field("", description="The acquirer's X-CLIENT-KEY when it calls us")
    snap_channel_id: str = Field("95221", description="CHANNEL-ID of our calls")
    snap_signature_encoding: Literal["base64", "hex"] = Field("base64", description="How signatures are written")
    snap_clock_skew_seconds: float = Field(300, gt=0, description="Age from which a signed request is stale")
    snap_timeout_seconds: float = Field(4, gt=0, description="Patience with one call to the acquirer")

    @field_validator("snap_zone")
    @classmethod
    def _a_zone(cls, value: str) -> str:
        if value:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError):
                raise ValueError("SMARTCITY_SNAP_ZONE must be an IANA time zone, such as Asia/Jakarta") from None
        return value

    @model_validator(mode="after")
    def _speaks_in_secret(self) -> Self:
        for name in ("snap_url", "snap_report_url"):
            url: str = getattr(self, name)
            if self.mode != "local" and url and not url.startswith("https://"):
                raise ValueError(
                    f"SMARTCITY_{name.upper()} must begin with https:// outside local mode: money follows it"
                )
        return self
