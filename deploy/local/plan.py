"""The parts of one local platform: which processes, in which environment, on which ports."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

from deploy.local import devices, forkserver
from deploy.local.component import Component
from deploy.local.demo import terms
from deploy.local.nats import Nats, User
from deploy.local.postgres import Postgres, in_database, with_user
from deploy.local.process import Command, free_ports
from deploy.local.ready import Ready, from_sync, grpc_serving, http_ok
from deploy.local.secrets import Secrets, public_jwks
from deploy.local.settings import LocalSettings
from deploy.permissions import ADMIN
from deploy.pillars import NAMES
from services.kit.door.door import CALLOUT

GATEWAY = "gateway"
DATABASE, KEYSTORE = "smartcity", "smartcity_keys"
OIDC_CLIENT = "gateway"
BANK, BANK_CLIENT = "bank-contoh", "kota"
"""How the simulated bank and the city know each other."""
_PORTS_OF_A_PILLAR = 2


def replicas(name: str, count: int) -> list[str]:
    """Names of the processes of one service: `governance`, `governance-2` ..."""
    return [name, *(f"{name}-{number}" for number in range(2, count + 1))]


@dataclass(frozen=True)
class Ports:
    """Where everything but the gateway listens on 127.0.0.1; free ones at the time of choosing."""

    postgres: int
    nats: int
    nats_monitor: int
    mqtt: int
    callout: int
    oidc: int
    smtp: int
    mailbox: int
    bank: int
    viewer: int
    pillars: Mapping[str, tuple[int, int]]
    gateways: Mapping[str, int]

    @classmethod
    def choose(cls, settings: LocalSettings) -> Ports:
        """Distinct free ports for all."""
        processes = [each for name in NAMES for each in replicas(name, settings.processes)]
        gateways = replicas(GATEWAY, settings.gateways)
        fixed = ("postgres", "nats", "nats_monitor", "mqtt", "callout", "oidc", "smtp", "mailbox", "bank", "viewer")
        wanted = len(fixed) + _PORTS_OF_A_PILLAR * len(processes) + len(gateways) - 1
        free = iter(free_ports(wanted, but=(settings.port,)))
        return cls(
            **{name: next(free) for name in fixed},
            pillars={name: (next(free), next(free)) for name in processes},
            gateways={name: settings.port if name == GATEWAY else next(free) for name in gateways},
        )


class Plan:
    """The components of one platform, from its settings, ports and secrets."""

    def __init__(self, settings: LocalSettings, ports: Ports) -> None:
        """Makes the secrets that do not exist yet."""
        self.settings = settings
        self.ports = ports
        self.secrets = Secrets(settings.home)
        self.postgres = Postgres(settings.home, self.secrets.text("postgres-admin"), ports.postgres)
        admin_seed, admin_key = self.secrets.seed("nats-admin")
        admin = {ADMIN: User(admin_key)}
        self.nats = Nats(
            settings.home, admin, ports.nats, ports.nats_monitor, devices=devices.of(self.secrets, ports.mqtt)
        )
        self._admin_seed = admin_seed
        self.admin_url = settings.postgres_url or self.postgres.url

    def components(self) -> list[Component]:
        """All processes, in the order in which they are shown."""
        servers = [] if self.settings.postgres_url else [self._postgres()]
        pillars = [self._pillar(pillar, name) for pillar in NAMES for name in self._replicas(pillar)]
        simulated = [self._simulator()] if self.settings.simulator else []
        after = [*pillars, self._callout(), *self._gateways(), *simulated]
        return [*servers, self._nats(), self._migrate(), *self._helpers(), *after]

    def urls(self) -> dict[str, str]:
        """What a visitor opens."""
        portal = self.settings.public_url
        return {
            "portal": f"{portal}/",
            "report": f"{portal}/lapor",
            "officer_desk": f"{portal}/petugas",
            "pay": f"{portal}/bayar",
            "business": f"{portal}/usaha",
            "api_docs": f"{portal}/docs",
            "traces": self._local(self.ports.viewer),
            "mailbox": self._local(self.ports.mailbox),
            "bank": self._local(self.ports.bank),
            "login": self._issuer,
        }

    def _postgres(self) -> Component:
        server = self.postgres
        ready = from_sync(server.ready)
        ports = {"sql": self.ports.postgres}
        return Component("postgres", server.command, ready, (), server.prepare, stop_order=2, ports=ports)

    def _nats(self) -> Component:
        server = self.nats
        ready = http_ok(self.ports.nats_monitor, "/healthz?js-enabled-only=true")
        ports = {"nats": self.ports.nats, "monitor": self.ports.nats_monitor, "mqtt": self.ports.mqtt}
        return Component("nats", server.command, ready, (), server.prepare, stop_order=1, ports=ports)

    def _migrate(self) -> Component:
        """Roles, databases, NATS users, schemas, streams."""
        env = {
            "SMARTCITY_POSTGRES_ADMIN_URL": in_database(self.admin_url, DATABASE),
            "SMARTCITY_ROLE_PASSWORDS": json.dumps({name: self._password(name) for name in (*NAMES, GATEWAY, CALLOUT)}),
            "SMARTCITY_NATS_URL": self.nats.url,
            "SMARTCITY_NATS_SEED": self._admin_seed,
            "SMARTCITY_HOME": str(self.settings.home),
        }
        needs = ("nats",) if self.settings.postgres_url else ("postgres", "nats")
        return self._python("migrate", "deploy.local.prepare", env, from_sync(lambda: False), needs, once=True)

    def _helpers(self) -> list[Component]:
        ports, settings = self.ports, self.settings
        oidc = {
            "SMARTCITY_OIDC_SESSION_SECRET": self.secrets.text("oidc-session"),
            "SMARTCITY_OIDC_SIGNING_KEY": json.dumps(self.secrets.signing_key("oidc-signing", "RSA")),
            "SMARTCITY_DEMO_PASSWORD": self.secrets.text("demo-password", 9),
            **self._oidc_client(),
        }
        mailbox = {"SMARTCITY_SMTP_PORT": str(ports.smtp), "SMARTCITY_MAILBOX_PORT": str(ports.mailbox)}
        viewer = {
            "SMARTCITY_VIEWER_PORT": str(ports.viewer),
            "SMARTCITY_HOME": str(settings.home),
            "SMARTCITY_CODES_URL": f"{settings.public_url}/lapor/",
            "SMARTCITY_VIEWER_TOKEN": self.secrets.text("telemetry"),
        }
        discovery = http_ok(ports.oidc, "/.well-known/openid-configuration")
        return [
            self._python("oidc", "deploy.local.oidc", oidc, discovery, ports={"http": ports.oidc}, stop_order=1),
            self._python(
                "mailbox", "deploy.local.mailbox", mailbox, http_ok(ports.mailbox, "/"),
                ports={"smtp": ports.smtp, "http": ports.mailbox}, stop_order=1,
            ),
            self._bank(),
            self._python(
                "viewer", "observability.viewer", viewer, http_ok(ports.viewer, "/readyz"),
                ports={"http": ports.viewer}, stop_order=1,
            ),
        ]  # fmt: skip

    def _bank(self) -> Component:
        """The simulated bank, which lives by the city's clock; it tells the first gateway of payments."""
        port = self.ports.bank
        env = {
            "SMARTCITY_HOME": str(self.settings.home),
            "SMARTCITY_BANK_PORT": str(port),
            "SMARTCITY_BANK_ZONE": str(terms(self.settings.city, "profile.toml")["timezone"]),
            "SMARTCITY_BANK_ID": BANK,
            "SMARTCITY_BANK_CLIENT_ID": BANK_CLIENT,
            "SMARTCITY_BANK_CLIENT_SECRET": self.secrets.text("bank-client"),
            "SMARTCITY_BANK_PRIVATE_KEY": self.secrets.rsa("bank-signing")[0],
            "SMARTCITY_BANK_CLIENT_PUBLIC_KEY": self.secrets.rsa("snap-signing")[1],
            "SMARTCITY_BANK_NOTIFY_URL": f"{self._local(self.ports.gateways[GATEWAY])}/v1/snap",
        }
        return self._python("bank", "deploy.local.bank", env, http_ok(port, "/"), ports={"http": port}, stop_order=1)

    def _pillar(self, pillar: str, name: str) -> Component:
        grpc, health = self.ports.pillars[name]
        env = {
            **self._service(pillar, name),
            "SMARTCITY_GRPC_PORT": str(grpc),
            "SMARTCITY_HEALTH_PORT": str(health),
            "SMARTCITY_ASSERTION_KEYS": public_jwks(self.secrets.signing_key("assertion")),
            **(self._governance() if pillar == "governance" else {}),
            **(self._economy() if pillar == "economy" else {}),
            **(self._environment() if pillar == "environment" else {}),
            **(self._society() if pillar == "society" else {}),
            **(devices.vehicles(self.secrets, self.ports.mqtt) if pillar == "living" else {}),
            **(self._branding() if pillar == "branding" else {}),
        }
        ports = {"grpc": grpc, "health": health}
        return self._python(name, f"services.{pillar}", env, grpc_serving(health), ("migrate",), ports=ports)

    def _environment(self) -> dict[str, str]:
        return {
            **devices.reader(self.secrets, self.ports.mqtt),
            "SMARTCITY_WARNING_KEY": self.secrets.certified("warning-signing"),
            "SMARTCITY_SUBSCRIPTION_SECRET": self.secrets.key("subscriptions"),
            "SMARTCITY_SMTP_URL": f"smtp://127.0.0.1:{self.ports.smtp}",
        }

    def _governance(self) -> dict[str, str]:
        return {
            "SMARTCITY_KEYSTORE_URL": self.settings.keystore_url or self._database("governance", KEYSTORE),
            "SMARTCITY_DATA_KEY": self.secrets.key("data-key"),
            "SMARTCITY_LINK_SECRET": self.secrets.key("link-secret"),
            "SMARTCITY_RECEIPT_KEY": json.dumps(self.secrets.signing_key("receipt")),
            "SMARTCITY_SMTP_URL": f"smtp://127.0.0.1:{self.ports.smtp}",
        }

    def _society(self) -> dict[str, str]:
        return {
            "SMARTCITY_RESIDENT_SECRET": self.secrets.key("residents"),
            "SMARTCITY_SMTP_URL": f"smtp://127.0.0.1:{self.ports.smtp}",
        }

    def _branding(self) -> dict[str, str]:
        return {
            "SMARTCITY_TICKET_KEY": json.dumps(self.secrets.signing_key("tickets")),
            "SMARTCITY_TICKET_SECRET": self.secrets.key("ticket-secret"),
        }

    def _callout(self) -> Component:
        port = self.ports.callout
        env = {**self._service(CALLOUT, CALLOUT), **devices.callout(self.secrets, port)}
        module = "deploy.callout"
        return self._python(CALLOUT, module, env, grpc_serving(port), ("migrate",), ports={"health": port})

    def _simulator(self) -> Component:
        """Devices that are none, unless somebody wants only real ones."""
        env, needs = {"SMARTCITY_HOME": str(self.settings.home)}, ("environment", CALLOUT, "living")
        return self._python(devices.SIMULATOR, "deploy.simulator", env, from_sync(lambda: True), needs)

    def _economy(self) -> dict[str, str]:
        bank = self._local(self.ports.bank)
        return {
            "SMARTCITY_RECEIPT_KEY": json.dumps(self.secrets.signing_key("payment-receipt")),
            "SMARTCITY_PERMIT_SECRET": self.secrets.key("permits"),
            "SMARTCITY_SMTP_URL": f"smtp://127.0.0.1:{self.ports.smtp}",
            "SMARTCITY_SNAP_URL": bank,
            "SMARTCITY_SNAP_REPORT_URL": f"{bank}/v1.0/reports/{{day}}",
            "SMARTCITY_SNAP_CLIENT_ID": BANK_CLIENT,
            "SMARTCITY_SNAP_CLIENT_SECRET": self.secrets.text("bank-client"),
            "SMARTCITY_SNAP_PRIVATE_KEY": self.secrets.rsa("snap-signing")[0],
            "SMARTCITY_SNAP_PUBLIC_KEY": self.secrets.rsa("bank-signing")[1],
            "SMARTCITY_SNAP_PARTNER_ID": BANK,
        }

    def _gateways(self) -> list[Component]:
        targets = {
            pillar: "ipv4:" + ",".join(f"127.0.0.1:{self.ports.pillars[name][0]}" for name in self._replicas(pillar))
            for pillar in NAMES
        }
        env = {
            "SMARTCITY_TARGETS": json.dumps(targets),
            "SMARTCITY_ASSERTION_KEY": json.dumps(self.secrets.signing_key("assertion")),
            "SMARTCITY_SESSION_SECRET": self.secrets.key("session"),
            "SMARTCITY_FILES_URL": (self.settings.home / "files").as_uri(),
            "SMARTCITY_VIEWER_URL": self._local(self.ports.viewer),
            "SMARTCITY_BANK_URL": self._local(self.ports.bank),
            **self._oidc_client(),
        }
        return [
            self._python(
                name, "gateway", {**self._service(GATEWAY, name), **env, "SMARTCITY_PORT": str(port)},
                http_ok(port, "/readyz"), ("migrate",), ports={"http": port},
            )
            for name, port in self.ports.gateways.items()
        ]  # fmt: skip

    def _service(self, service: str, name: str) -> dict[str, str]:
        """What a pillar and the gateway both need: their role, their NATS user, telemetry."""
        return {
            "SMARTCITY_INSTANCE": name,
            "SMARTCITY_POSTGRES_URL": self._database(service, DATABASE),
            "SMARTCITY_NATS_URL": self.nats.url,
            "SMARTCITY_NATS_SEED": self.secrets.seed(f"nats-{service}")[0],
            "SMARTCITY_OTLP_ENDPOINT": self._local(self.ports.viewer),
            # OpenTelemetry's own variable, which its exporters read: without it anybody local could make spans up.
            "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{self.secrets.text('telemetry')}",
            "SMARTCITY_FLAGS": str(self.settings.home / "flags"),
        }

    def _python(
        self, name: str, module: str, env: Mapping[str, str], ready: Ready, needs: tuple[str, ...] = (), *,
        once: bool = False, stop_order: int = 0, ports: Mapping[str, int] | None = None,
    ) -> Component:  # fmt: skip
        shared = {
            "SMARTCITY_MODE": "local",
            "SMARTCITY_CITY": self.settings.city,
            "SMARTCITY_PUBLIC_URL": self.settings.public_url,
            "SMARTCITY_VERSION": version("smartcity"),
        }
        command = Command((sys.executable, "-m", module), {**shared, **env}, forked=True)
        return Component(
            name, lambda: command, ready, needs, forkserver.load, once=once, stop_order=stop_order, ports=ports or {}
        )

    def _oidc_client(self) -> dict[str, str]:
        return {
            "SMARTCITY_OIDC_ISSUER": self._issuer,
            "SMARTCITY_OIDC_CLIENT_ID": OIDC_CLIENT,
            "SMARTCITY_OIDC_CLIENT_SECRET": self.secrets.text("oidc-client"),
        }

    @property
    def _issuer(self) -> str:
        return self._local(self.ports.oidc)

    def _replicas(self, pillar: str) -> list[str]:
        return replicas(pillar, self.settings.processes)

    def _database(self, role: str, database: str) -> str:
        return with_user(self.admin_url, role, self._password(role), database)

    def _password(self, role: str) -> str:
        return self.secrets.text(f"postgres-{role}")

    @staticmethod
    def _local(port: int) -> str:
        return f"http://127.0.0.1:{port}"
