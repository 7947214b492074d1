"""Backups as an operator of PostgreSQL makes them: a base backup, archived WAL, and recovery to a moment."""

import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy.local.postgres import Postgres, binaries
from deploy.local.process import Account
from tests.fixtures.house import until

ROLE = "governance"


@dataclass(frozen=True)
class Backups:
    """A folder that the account of PostgreSQL writes to: base backup, archived WAL, dumps."""

    folder: Path
    account: Account | None

    @classmethod
    def of(cls, server: Postgres, folder: Path) -> "Backups":
        """Has a server that is prepared and does not run yet archive its WAL here."""
        folder.mkdir()
        folder.chmod(0o777)
        owner = (server.data / "PG_VERSION").stat()
        made = cls(folder, Account(owner.st_uid, owner.st_gid) if server.command().account else None)
        with (server.data / "postgresql.conf").open("a") as settings:
            settings.write(f"\narchive_mode = on\narchive_command = 'test ! -f {folder}/%f && cp %p {folder}/%f'\n")
        return made

    def base(self, url: str) -> None:
        """A base backup of a running server."""
        self._run("pg_basebackup", f"--dbname={url}", f"--pgdata={self.folder / 'base'}", "--checkpoint=fast")

    def dump(self, url: str, name: str) -> None:
        """A small database in one file."""
        self._run("pg_dump", "--format=custom", f"--file={self.folder / name}", url)

    def load(self, name: str, url: str) -> None:
        """A dump into an empty database."""
        self._run("pg_restore", "--exit-on-error", f"--dbname={url}", str(self.folder / name))

    async def archived(self, admin: Any) -> None:
        """Waits until everything that is committed by now is in the archive."""
        last = await admin.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
        name = "SELECT last_archived_wal >= $1 FROM pg_stat_archiver"
        await until(lambda: admin.fetchval(name, last), 30, "the last WAL is archived")

    def restore(self, home: Path, moment: datetime) -> None:
        """Lays the base backup into another home; its server goes on to that moment when it starts, then takes over."""
        data = home / "postgres"
        self._run("/bin/cp", "--archive", str(self.folder / "base"), str(self.folder / home.name))
        (self.folder / home.name).rename(data)
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"\narchive_mode = off\nrestore_command = 'cp {self.folder}/%f %p'\n"
                f"recovery_target_time = '{moment.isoformat()}'\nrecovery_target_action = promote\n"
            )
        (data / "recovery.signal").touch()

    def _run(self, program: str, *arguments: str) -> None:
        identity = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []} if self.account else {}
        path = str(binaries(self.account) / program)
        done = subprocess.run([path, *arguments], capture_output=True, text=True, cwd="/", check=False, **identity)  # type: ignore[call-overload]
        assert done.returncode == 0, f"{program}: {done.stderr}"
