"""What the gateway is told by its environment (prefix SMARTCITY_)."""

from importlib import metadata
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway.visitors.addresses import networks

MEBIBYTE = 1 << 20


class GatewaySettings(BaseSettings):
    """Settings of the gateway. No secret has a default; the supervisor and the chart give each of them."""

    model_config = SettingsConfigDict(env_prefix="SMARTCITY_", frozen=True, extra="ignore")

    mode: Literal["local", "production"] = "production"
    city: str = "semarang"
    host: str = "127.0.0.1"
    """Address to listen on; the container sets 0.0.0.0."""
    port: int = 8080
    public_url: str = "http://127.0.0.1:8080"
    """Where people reach the portal; https makes cookies Secure and sends HSTS in production."""
    security_contact: str = Field("", pattern=r"^((mailto:|https://|tel:)\S+)?$")
    """Where weaknesses are reported, told at ``/.well-known/security.txt``; empty: nowhere."""
    viewer_url: str = ""
    """Base of the trace viewer, for links; empty hides them."""
    bank_url: str = ""
    """Base of the simulated bank's pages, for a link beside a QRIS in local mode; empty hides it."""

    postgres_url: SecretStr
    postgres_pool: int = Field(8, ge=1, le=64)
    nats_url: str = ""
    """NATS server whose events nudge the sections; empty: sections are fetched each second only."""
    nats_seed: SecretStr = SecretStr("")
    nats_ca_file: str = ""
    """Authority of the NATS server's certificate; empty: no TLS."""
    targets: dict[str, str] = Field(default_factory=dict)
    """gRPC target of each pillar, such as ``ipv4:127.0.0.1:5001,127.0.0.1:5002`` or ``dns:///governance:5000``."""
    assertion_key: SecretStr
    """Ed25519 private JWK (JSON, with ``kid``) that signs who calls."""
    grpc_tls: bool = False
    """Whether to speak TLS to the pillars, with the three files below."""
    grpc_ca_file: str = ""
    grpc_certificate_file: str = ""
    grpc_key_file: str = ""

    oidc_issuer: str = ""
    """Issuer of the identity provider; empty switches login off."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_audience: str = ""
    """Audience that bearer tokens must name; the client id when empty."""
    oidc_api_scope: str = ""
    """Scope that bearer tokens must have; empty: none. It keeps out clients that are not meant for this API."""
    oidc_scope: str = "openid profile email groups"
    """What a login asks for; some providers give a refresh token only with ``offline_access``."""
    oidc_nik_claim: str = ""
    """Claim with the number of the identity card, of a provider that has seen it; empty: nobody is verified by it."""
    oidc_area_claim: str = ""
    """Claim with the Kemendagri code of the kelurahan where somebody lives, beside it."""
    session_secret: SecretStr
    """Keys cookies and form tokens; at least 32 characters."""
    session_hours: float = Field(12, gt=0, le=168)
    staff_hours: float = Field(1, gt=0, le=1)
    """The longest that roles of staff are believed without the identity provider's word."""
    staff_recheck_minutes: float = Field(5, gt=0, le=60)
    """After how long the provider is asked again what somebody of the staff may do."""

    files_url: str
    """obstore URL of the photo store: ``file:///...`` or ``s3://bucket/prefix``."""
    photo_sweep: bool = True
    """Whether files that no pillar knows are deleted after a day. Not while a restore is tried: it knows none of those
    that came since, and the store may be that of the live platform.
    """

    read_seconds: float = Field(2.0, gt=0)
    """Deadline of a reading call to a pillar."""
    write_seconds: float = Field(5.0, gt=0)
    """Deadline of a writing call; also the longest an idempotency key stays in flight."""
    request_seconds: float = Field(30.0, gt=0)
    """The longest a whole request may take, besides what its bytes take at the rate below."""
    steady_rate: float = Field(32_000.0, gt=0)
    """Bytes a second at which a large body or answer has to get on as a whole, once ``request_seconds`` are over."""
    head_seconds: float = Field(10.0, gt=0)
    """The longest that the headers of a request may take to come."""
    idle_seconds: float = Field(20.0, gt=0)
    """How long a connection is kept without a request."""
    stall_seconds: float = Field(15.0, gt=0)
    """Span over which bodies and answers have to get on at the slowest rate."""
    slowest_rate: float = Field(2_000.0, gt=0)
    """Bytes a second at which a body has to come and an answer has to be taken."""
    drain_seconds: float = Field(0.0, ge=0)
    """How long after SIGTERM to go on accepting, at least 1, so that load balancers notice; 5 in the cluster."""

    connections: int = Field(4_096, ge=1)
    """Connections at the same time; those at rest give way to new ones."""
    connections_per_address: int = Field(256, ge=1)
    """Those of one address (IPv6: one /64); many people may share one. Trusted proxies have no such bound."""
    streams: int = Field(2_000, ge=1)
    """Streams of events of one kind at the same time: payments, vehicles, desks of the control room."""
    streams_per_address: int = Field(20, ge=1)
    """Those of one address, or one /64."""
    health_port: int = Field(0, ge=0, le=65_535)
    """Port of its own for ``/livez`` and ``/readyz``; 0: none."""

    body_bytes: int = Field(256 * 1024, gt=0)
    """Largest body that is no upload."""
    photo_bytes: int = Field(10 * MEBIBYTE, gt=0)
    """Largest photo."""
    photo_pixels: int = Field(50_000_000, gt=0)
    """Largest photo in pixels; bounds the memory of decoding."""
    photo_workers: int = Field(2, ge=1, le=16)
    """Photos decoded at the same time, in a process each of at most 320 MB; with two, one address never has both."""
    upload_bytes: int = Field(96 * MEBIBYTE, gt=0)
    """Bytes of uploads that may lie in this process at once; half of them from one address."""
    small_body_bytes: int = Field(32 * MEBIBYTE, gt=0)
    """The same of all other bodies; a quarter of them from one address."""

    read_rate: float = Field(50.0, gt=0)
    """Reads a second that one caller may make for long."""
    write_rate: float = Field(2.0, gt=0)
    """Writes a second that one logged-in caller may make for long."""
    anonymous_write_rate: float = Field(0.5, gt=0)
    """Writes a second from one address without login, for long; burst below."""
    correction_rate: float = Field(20 / 3600, gt=0)
    """Corrections of places a second from one address without login, for long; an hour's worth at once."""
    sensor_rate: float = Field(5.0, gt=0)
    """Questions to the SensorThings read side a second that one caller may ask for long: each may be a whole report."""
    journey_rate: float = Field(2.0, gt=0)
    """Searches for journeys a second that one caller may make for long: each is a good part of a second's work."""
    bank_rate: float = Field(50.0, gt=0)
    """SNAP requests a second from one address, for long."""
    provider_rate: float = Field(2.0, gt=0)
    """Questions to the identity provider a second that one address may cause, for long: logins, opaque tokens."""
    burst_seconds: float = Field(60.0, ge=1)
    """How many seconds' worth of a rate may be used at once."""
    trusted_proxies: str = ""
    """Addresses whose X-Forwarded-For is believed (comma-separated, networks allowed); empty believes nobody.

    Behind a proxy it has to name it: else all visitors are one, the proxy, and share its rates.
    """

    instance: str = ""
    """Name of this process among its replicas; the host's name when empty."""
    otlp_endpoint: str = ""
    trace_ratio: float = Field(1.0, ge=0, le=1)
    log_format: Literal["json", "text"] = "json"
    log_level: str = "INFO"
    version: str = Field(default_factory=lambda: metadata.version("smartcity"))
    """Version shown in telemetry."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(self.session_secret.get_secret_value()) < 32:
            raise ValueError("SMARTCITY_SESSION_SECRET needs at least 32 characters: use 32 random bytes in base64")
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_client_secret.get_secret_value()):
            raise ValueError("SMARTCITY_OIDC_ISSUER needs SMARTCITY_OIDC_CLIENT_ID and SMARTCITY_OIDC_CLIENT_SECRET")
        if self.mode == "production" and self.oidc_issuer.startswith("http://"):
            raise ValueError("SMARTCITY_OIDC_ISSUER must be https in production")
        if self.mode == "production" and not self.secure:
            raise ValueError("SMARTCITY_PUBLIC_URL must be https in production: cookies go over https only")
        try:
            networks(self.trusted_proxies)
        except ValueError as error:
            raise ValueError(f"SMARTCITY_TRUSTED_PROXIES: {error}; write 10.244.0.0/16,192.0.2.7") from error
        return self

    @property
    def secure(self) -> bool:
        """Whether people come over https."""
        return self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Scheme, host and port of the portal, as browsers send it in ``Origin``."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    def cookie(self, name: str) -> str:
        """The name of a cookie. Over plain http it carries the port: cookies do not tell ports apart."""
        return f"__Host-{name}" if self.secure else f"{name}-{urlsplit(self.public_url).port or 80}"

    def path_cookie(self, name: str) -> str:
        """The name of a cookie of some pages alone: the prefix of the others would forbid the path."""
        return f"__Secure-{name}" if self.secure else self.cookie(name)
