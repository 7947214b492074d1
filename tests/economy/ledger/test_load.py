"""Three processes move money at once, one is killed; all the while, and after, the books are right."""

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from services.economy.audit import timers
from services.economy.ledger import actions
from tests.economy.conftest import Economy
from tests.economy.ledger.cases import CASH, adds_up, books, move, opened, post
from tests.economy.ledger.processes import role_url

EVERY_S = 0.1
EACH = 10_000


@dataclass
class Workers:
    """The processes, and the files in which they tell what they do."""

    url: str
    folder: Path
    accounts: Sequence[UUID]
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start(self) -> asyncio.subprocess.Process:
        """One more, at work already."""
        number = len(self.processes)
        arguments = [role_url(self.url), str(self.folder / f"{number}.log"), str(number), *map(str, self.accounts)]
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.economy.ledger.worker", *arguments)
        self.processes.append(process)
        async with asyncio.timeout(60):
            while not (self.folder / f"{number}.log").exists():
                await asyncio.sleep(0.05)
        return process

    async def answers(self, least: int) -> None:
        """Waits until so many more transfers were answered."""
        before = len(self.told())
        async with asyncio.timeout(60):
            while len(self.told()) - before < 2 * least:
                await asyncio.sleep(0.05)

    async def stop(self) -> list[int]:
        """Lets all end what they began; the codes with which they ended."""
        for process in self.processes:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            return [await process.wait() for process in self.processes]

    def told(self) -> list[list[str]]:
        """All that they told, in each process's order; a line cut short by a kill is left out."""
        lines = [line for file in self.folder.glob("*.log") for line in file.read_bytes().split(b"\n")]
        return [json.loads(line) for line in lines if line.endswith(b"]")]


async def watch(url: str, seen: list[int]) -> None:
    """Looks at the books every 100 ms over a connection of its own, until cancelled."""
    connection = await asyncpg.connect(url)
    try:
        while True:
            rows = await books(connection)
            assert adds_up(rows), [dict(row) for row in rows]
            seen.append(sum(row["entries"] for row in rows))
            await asyncio.sleep(EVERY_S)
    finally:
        await connection.close()


@pytest.mark.timeout(240)
async def test_books_are_right_while_three_processes_move_money_and_one_is_killed(
    economy: Economy, tmp_path: Path
) -> None:
    url = economy.runtime.settings.postgres_url.get_secret_value()
    accounts = [await opened(economy.runtime, EACH) for _ in range(8)]
    workers, seen = Workers(url, tmp_path, accounts), list[int]()
    watching = asyncio.create_task(watch(url, seen))
    victim, *_ = [await workers.start() for _ in range(3)]
    await workers.answers(1_000)
    victim.kill()
    await workers.answers(500)
    await workers.start()
    await workers.answers(1_000)
    codes = await workers.stop()
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching
    assert sorted(codes) == [-signal.SIGKILL, 0, 0, 0]
    assert len(set(seen)) > 10, "the books moved while they were watched"

    balance = dict.fromkeys(accounts, EACH)
    told = workers.told()
    outcomes = {line[1]: line[0] for line in told if line[0] != "asked"}
    doubtful = [line for line in told if line[0] == "asked" and line[1] not in outcomes]
    for _, id_, debit, credit, amount in doubtful:  # whoever got no answer asks again
        verdict = await post(economy.runtime, move(UUID(debit), UUID(credit), int(amount), id=UUID(id_)))
        outcomes[id_] = "refused" if verdict.refusal else "posted"
    for _, id_, debit, credit, amount in [line for line in told if line[0] == "asked"]:
        if outcomes[id_] == "posted":
            balance[UUID(debit)] -= int(amount)
            balance[UUID(credit)] += int(amount)
    rows = await books(economy.served.admin)
    assert {row["id"]: row["balance"] for row in rows if row["id"] in balance} == balance
    assert {row["balance"] for row in rows if row["id"] == CASH} == {-EACH * len(accounts)}

    for row in await economy.runtime.pool.fetch("SELECT id FROM hold WHERE state = 'reserved'"):
        async with economy.runtime.transaction() as tx:
            await actions.release(tx, row["id"])
    rows = await books(economy.served.admin)
    assert adds_up(rows)
    assert not any(row["held"] for row in rows)
    await timers.look(economy.runtime)
    assert not await economy.runtime.pool.fetchval("SELECT count(*) FROM ledger_fault")
