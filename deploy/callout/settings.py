"""Settings of the process that lets devices in (prefix ``SMARTCITY_``)."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class CalloutSettings(BaseSettings):
    """What it needs to know."""

    model_config = SettingsConfigDict(env_prefix="SMARTCITY_", extra="ignore", frozen=True, hide_input_in_errors=True)

    postgres_url: SecretStr = Field(description="Database, as a role that reads what pillars let it")
    nats_url: str = Field(description="NATS servers, comma-separated")
    nats_seed: SecretStr = Field(description="NKey seed of its user of the system account")
    nats_ca_file: str = Field("", description="Authority of the NATS server's certificate; empty: no TLS")
    device_secret: SecretStr = Field(description="Base64 of at least 32 bytes from which passwords are derived")
    vehicle_secret: SecretStr = Field(
        SecretStr(""), description="The same of vehicles; empty: no vehicle comes in, whatever it was issued"
    )
    device_issuer: SecretStr = Field(description="NKey seed of the account key (SA...) whose word NATS takes")
    grpc_host: str = Field("127.0.0.1", description="Address that health listens on")
    health_port: int = Field(description="Port of gRPC health, for probes")
    otlp_endpoint: str = Field("", description="OpenTelemetry collector; empty: nothing is measured")
    instance: str = Field("", description="Name of this process among its replicas; the host's name when empty")
    version: str = "dev"
    log_format: Literal["json", "text"] = "json"
    log_level: str = "INFO"
