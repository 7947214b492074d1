"""A process that moves money with the ledger's actions until it is told to stop, or killed.

Run as ``python -m tests.economy.ledger.worker URL LOG SEED ACCOUNT...``. Into LOG it writes what it is about to ask for
and what it was answered, a line of JSON each, so that whoever kills it knows what is in doubt.
"""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import Sequence
from uuid import UUID

from services.economy.ledger import actions
from services.economy.ledger.model import Transfer, Verdict
from services.kit.database import Transaction
from services.kit.database.group_commit import GroupCommit
from services.kit.errors import DomainError
from services.kit.ids import uuid7
from tests.economy.ledger.cases import move
from tests.economy.ledger.processes import open_runtime

CALLERS = 16


async def flush(tx: Transaction, items: Sequence[Transfer]) -> Sequence[Verdict]:
    """All transfers that wait, each for itself."""
    return await actions.post(tx, [[item] for item in items])


async def main(url: str, log: str, seed: int, accounts: Sequence[UUID]) -> None:
    """Moves money between the accounts until SIGTERM."""
    chance, stop = random.Random(seed), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    runtime = await open_runtime(url)
    group: GroupCommit[Transfer, Verdict] = GroupCommit(runtime, flush)
    group.start()

    def tell(what: str, transfer: Transfer) -> None:
        line = [what, *map(str, (transfer.id, transfer.debit, transfer.credit, transfer.amount))]
        os.write(file, json.dumps(line).encode() + b"\n")

    async def pay(transfer: Transfer) -> None:
        tell("asked", transfer)
        verdict = await group.submit(transfer)
        tell("refused" if verdict.refusal else "posted", transfer)

    async def hold(transfer: Transfer) -> None:
        """Reserves, then captures or releases."""
        id_ = uuid7()
        try:
            async with runtime.transaction() as tx:
                await actions.reserve(tx, id_, transfer.debit, transfer.amount, "load")
        except DomainError:
            return
        if chance.random() < 0.5:
            await pay(transfer._replace(amount=max(1, transfer.amount - 1), hold=id_))
        else:
            async with runtime.transaction() as tx:
                await actions.release(tx, id_)

    async def call() -> None:
        while not stop.is_set():
            debit, credit = chance.sample(accounts, 2)
            transfer = move(debit, credit, chance.randint(1, 200))
            await (hold(transfer) if chance.random() < 0.2 else pay(transfer))

    await asyncio.gather(*(call() for _ in range(CALLERS)))
    await group.stop()
    await runtime.pool.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), [UUID(each) for each in sys.argv[4:]]))
