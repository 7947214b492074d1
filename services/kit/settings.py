"""Settings of a pillar's process, from the environment (prefix ``SMARTCITY_``).

There is no default for a secret; what is missing is named at start. A pillar that needs more subclasses ``Settings``.
"""

from importlib import metadata
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What every pillar needs to know."""

    # What is wrong is named, never shown: a URL may hold a password.
    model_config = SettingsConfigDict(env_prefix="SMARTCITY_", extra="ignore", frozen=True, hide_input_in_errors=True)

    mode: Literal["local", "production"] = Field("production", description="local: one machine, demo users")
    city: str = Field("semarang", description="Folder under cities/")
    version: str = Field(
        default_factory=lambda: metadata.version("smartcity"), description="Version shown in telemetry and status"
    )
    instance: str = Field("", description="Name of this process among its replicas; the host's name when empty")

    postgres_url: SecretStr = Field(description="Database, as the pillar's own role")
    postgres_pool: int = Field(8, ge=2, le=16, description="Most connections; more than 16 make PostgreSQL slower")
    nats_url: str = Field(description="NATS servers, comma-separated")
    nats_seed: SecretStr = Field(description="NKey seed of the pillar's NATS user")
    nats_ca_file: str = Field("", description="Authority of the NATS server's certificate; empty: no TLS")
    grpc_host: str = Field("127.0.0.1", description="Address that gRPC and health listen on")
    grpc_port: int = Field(description="Port of the pillar's services")
    grpc_ca_file: str = Field("", description="Authority of the certificates inside; with the two below: mutual TLS")
    grpc_certificate_file: str = Field("", description="Our certificate; empty: no TLS")
    grpc_key_file: str = Field("", description="Its key")
    health_port: int = Field(description="Port of gRPC health, for probes")
    assertion_keys: str = Field(description="JWK set of the gateway's public assertion keys")
    drain_seconds: float = Field(0.0, ge=0, description="Wait between NOT_SERVING and refusing calls, for endpoints")

    otlp_endpoint: str = Field("", description="Base URL of OTLP/HTTP; empty: no export")
    trace_ratio: float = Field(1.0, ge=0, le=1, description="Share of traces begun here that are recorded")
    log_format: Literal["json", "text"] = "json"
    log_level: str = "INFO"
