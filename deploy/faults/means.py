"""How faults are done and undone without a line in what serves: signals, SQL, JetStream's API, the bank's whims, flags.

`on` may be repeated, and `off` undoes what is left of it after any number of restarts, or after an `on` that failed
half-way. What `plan` answers is kept before `on` is done, and handed to both.
"""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from typing import Any, Protocol

from deploy.faults.place import Place
from deploy.operate.access import AccessError

Known = dict[str, Any]
OWNER = "smartcity fault"
"""Owner of leases and name of connections that belong to a fault."""
_BEGUN_WITHIN_S = 5.0


class Means(Protocol):
    """One way of doing something bad."""

    async def plan(self, place: Place) -> Known:
        """What `off` must know."""

    async def on(self, place: Place, known: Known) -> None:
        """Does it."""

    async def off(self, place: Place, known: Known) -> None:
        """Undoes it."""


@dataclass(frozen=True)
class Stopped:
    """Processes stand still (SIGSTOP): they accept connections, and never answer."""

    service: str

    async def plan(self, place: Place) -> Known:
        """The processes; later ones of that name were never stopped."""
        return {"pids": place.pids(self.service)}

    async def on(self, place: Place, known: Known) -> None:
        """Stops them."""
        place.signal(known["pids"], signal.SIGSTOP)

    async def off(self, place: Place, known: Known) -> None:
        """Lets those go on that still are this component's processes."""
        running = _running_pids(place, self.service)
        place.signal([pid for pid in known["pids"] if pid in running], signal.SIGCONT)


def _running_pids(place: Place, service: str) -> list[int]:
    try:
        return place.pids(service)
    except AccessError:  # nothing runs: what was stopped is gone
        return []


@dataclass(frozen=True)
class PostgresStopped(Stopped):
    """The server stands still: its postmaster is stopped and all sessions end. Its own jobs go on, harmlessly."""

    service: str = "postgres"

    async def on(self, place: Place, known: Known) -> None:
        """Ends every session once no new one can begin; a server that does not answer already is left as it is."""
        try:
            async with place.sql() as admin:
                await super().on(place, known)
                await admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user"
                )
        except AccessError:
            await super().on(place, known)


@dataclass(frozen=True)
class Flag:
    """A process of a pillar does it to itself: see services/kit/process/flags.py."""

    pillar: str
    flag: str
    value: float

    async def plan(self, place: Place) -> Known:
        """Nothing more."""
        return {}

    async def on(self, place: Place, known: Known) -> None:
        """Hoists the flag, for processes that are yet to start as well."""
        file = place.flag(f"{self.pillar}.{self.flag}")
        draft = file.with_name(f".{file.name}")
        draft.write_text(str(self.value))
        draft.rename(file)

    async def off(self, place: Place, known: Known) -> None:
        """Takes it in."""
        place.flag(f"{self.pillar}.{self.flag}").unlink(missing_ok=True)


@dataclass(frozen=True)
class Sql:
    """Statements as the administrator; `undo` must do no harm where nothing was done."""

    do: tuple[str, ...]
    undo: tuple[str, ...]
    database: str = "smartcity"

    async def plan(self, place: Place) -> Known:
        """Nothing more."""
        return {}

    async def on(self, place: Place, known: Known) -> None:
        """All of them in one transaction; what an earlier one left is undone first."""
        await self._run(place, (*self.undo, *self.do))

    async def off(self, place: Place, known: Known) -> None:
        """The same for the way back."""
        await self._run(place, self.undo)

    async def _run(self, place: Place, statements: tuple[str, ...]) -> None:
        async with place.sql(self.database) as admin, admin.transaction():
            for statement in statements:
                await admin.execute(statement)


@dataclass(frozen=True)
class Session:
    """A session that stays on the server after we have gone, and keeps what its statement took."""

    name: str
    statement: str

    async def plan(self, place: Place) -> Known:
        """Nothing more: the session carries its name."""
        return {}

    async def on(self, place: Place, known: Known) -> None:
        """Leaves a session behind that sleeps in its transaction."""
        await self.off(place, known)
        async with place.sql() as admin, place.sql() as left:
            await left.execute("SELECT set_config('application_name', $1, false)", self._title)
            asleep = asyncio.create_task(left.execute(f"BEGIN; {self.statement}; SELECT pg_sleep(86400)"))
            try:
                async with asyncio.timeout(_BEGUN_WITHIN_S):
                    while not await self._sleeps(admin):  # noqa: ASYNC110 - another process sleeps
                        await asyncio.sleep(0.05)
            finally:
                left.terminate()  # the server notices only when it wants to answer
                await asyncio.gather(asleep, return_exceptions=True)

    async def off(self, place: Place, known: Known) -> None:
        """Ends the session, whose transaction is rolled back."""
        async with place.sql() as admin:
            await admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1", self._title
            )

    @property
    def _title(self) -> str:
        return f"{OWNER} {self.name}"

    async def _sleeps(self, admin: Any) -> bool:
        return bool(
            await admin.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND wait_event = 'PgSleep'",
                self._title,
            )
        )


@dataclass(frozen=True)
class ShutOut:
    """A role loses something, and its sessions end, since those that are open would not notice."""

    role: str
    do: str
    undo: str

    async def plan(self, place: Place) -> Known:
        """Nothing more: what the role had follows from the migration."""
        return {}

    async def on(self, place: Place, known: Known) -> None:
        """Takes it away first, so that nobody slips in."""
        async with place.sql() as admin:
            await admin.execute(self.do)
            await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", self.role)

    async def off(self, place: Place, known: Known) -> None:
        """Gives it back."""
        async with place.sql() as admin:
            await admin.execute(self.undo)


@dataclass(frozen=True)
class LeaseTaken:
    """A job's lease belongs to somebody who does not do the job."""

    pillar: str
    lease: str

    async def plan(self, place: Place) -> Known:
        """Nothing more: the lease carries its owner."""
        return {}

    async def on(self, place: Place, known: Known) -> None:
        """Takes it, with the next fence, for ever."""
        async with place.sql() as admin:
            await admin.execute(
                f"UPDATE {self.pillar}.lease SET owner = $1, fence = fence + 1, expires_at = 'infinity'"  # noqa: S608
                " WHERE name = $2",
                OWNER, self.lease,
            )  # fmt: skip

    async def off(self, place: Place, known: Known) -> None:
        """Lets go of it."""
        async with place.sql() as admin:
            await admin.execute(
                f"UPDATE {self.pillar}.lease SET expires_at = clock_timestamp() - interval '1 s'"  # noqa: S608
                " WHERE owner = $1",
                OWNER,
            )


@dataclass(frozen=True)
class ConsumerPaused:
    """NATS delivers nothing to a consumer for a day."""

    stream: str
    pillar: str

    async def plan(self, place: Place) -> Known:
        """Nothing more."""
        return {}

    async def on(self, place: Place, known: Known) -> None:
        """Pauses it."""
        from datetime import UTC, datetime, timedelta

        until = datetime.now(UTC) + timedelta(days=1)
        await self._pause(place, {"pause_until": until.isoformat().replace("+00:00", "Z")})

    async def off(self, place: Place, known: Known) -> None:
        """Lets it go on."""
        await self._pause(place, {})

    async def _pause(self, place: Place, request: Known) -> None:
        await place.ask_nats(f"CONSUMER.PAUSE.{self.stream}.{self.pillar}", request)


@dataclass(frozen=True)
class ConsumerLost:
    """A durable consumer is deleted; it comes back as it was first made and sees old events again, done once all."""

    stream: str
    pillar: str

    async def plan(self, place: Place) -> Known:
        """Nothing more: what a consumer is follows from the declarations."""
        return {}

    async def on(self, place: Place, known: Known) -> None:
        """Deletes it."""
        try:
            await place.ask_nats(f"CONSUMER.DELETE.{self.stream}.{self.pillar}", {})
        except AccessError as error:
            if "not found" not in str(error):
                raise

    async def off(self, place: Place, known: Known) -> None:
        """Makes streams and consumers anew, as `smartcity migrate` does."""
        from deploy import streams
        from deploy.pillars import pillars

        async with place.nats() as client:
            await streams.ensure(client, pillars().values())


@dataclass(frozen=True)
class Whim:
    """The simulated bank misbehaves until it is told to behave."""

    kind: str
    value: float | None = None

    async def plan(self, place: Place) -> Known:
        """Nothing more."""
        return {}

    async def on(self, place: Place, known: Known) -> None:
        """Tells it to."""
        await place.whim(self.kind, self.value)

    async def off(self, place: Place, known: Known) -> None:
        """Tells it to behave, in everything."""
        await place.whim("", None)


@dataclass(frozen=True)
class Unwritable:
    """A file stands where a folder was: every write below it fails, as on a full disk."""

    folder: str

    async def plan(self, place: Place) -> Known:
        """Nothing more: the folder lies beside, under a name of its own."""
        return {}

    async def on(self, place: Place, known: Known) -> None:
        """Sets the folder aside."""
        path, aside = place.home / self.folder, place.home / f"{self.folder}.aside"
        if not aside.exists():
            path.mkdir(exist_ok=True)
            path.rename(aside)
        path.touch()

    async def off(self, place: Place, known: Known) -> None:
        """Puts it back."""
        path, aside = place.home / self.folder, place.home / f"{self.folder}.aside"
        if aside.exists():
            path.unlink(missing_ok=True)
            aside.rename(path)


@dataclass(frozen=True)
class Together:
    """Several ways at once."""

    means: tuple[Means, ...]

    async def plan(self, place: Place) -> Known:
        """What each must know."""
        return {"each": [await one.plan(place) for one in self.means]}

    async def on(self, place: Place, known: Known) -> None:
        """Does them in their order."""
        for one, its in zip(self.means, known["each"], strict=True):
            await one.on(place, its)

    async def off(self, place: Place, known: Known) -> None:
        """Undoes them the other way round."""
        for one, its in reversed(list(zip(self.means, known["each"], strict=True))):
            await one.off(place, its)
