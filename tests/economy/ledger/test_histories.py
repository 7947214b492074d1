"""Random histories of the real ledger beside a model that has one thread, dictionaries and nothing else."""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.economy.ledger import actions
from services.economy.ledger.model import Transfer, Verdict, derived
from services.kit.errors import TRANSIENT, DomainError
from services.kit.ids import uuid7
from services.kit.runtime import Runtime
from tests.economy.ledger.cases import CASH, TREASURY, adds_up, books, move
from tests.economy.ledger.processes import open_runtime, role_url

T = TypeVar("T")


@dataclass
class Plain:
    """What the ledger must be, in the plainest way."""

    balance: dict[UUID, int] = field(default_factory=dict)
    most: dict[UUID, int] = field(default_factory=dict)
    stopped: set[UUID] = field(default_factory=set)
    holds: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    done: dict[UUID, Transfer] = field(default_factory=dict)

    def held(self, account: UUID) -> int:
        return sum(amount for owner, amount in self.holds.values() if owner == account)

    def post(self, group: Sequence[Transfer]) -> str | None:
        """Does a group; answers with "refused" when it cannot be."""
        if any(one.id in self.done for one in group):
            return None if all(self.done.get(one.id) == one for one in group) else "refused"
        before = (dict(self.balance), dict(self.holds))
        for one in group:
            if not self._move(one):
                self.balance, self.holds = before
                return "refused"
        self.done |= {one.id: one for one in group}
        return None

    def reserve(self, id_: UUID, account: UUID, amount: int) -> str | None:
        if account in self.stopped or amount > self.balance[account] - self.held(account):
            return "refused"
        self.holds[id_] = (account, amount)
        return None

    def _move(self, one: Transfer) -> bool:
        if {one.debit, one.credit} & self.stopped or one.debit == one.credit:
            return False
        if one.hold is not None:
            owner, amount = self.holds.pop(one.hold, (None, 0))
            if owner != one.debit or one.amount > amount:
                return False
        self.balance[one.debit] -= one.amount
        self.balance[one.credit] += one.amount
        enough = one.debit == CASH or self.balance[one.debit] >= self.held(one.debit)
        return enough and self.balance[one.credit] <= self.most.get(one.credit, 10**18)


@dataclass
class Ground:
    """The real ledger, on a loop of its own, and a second connection that looks on."""

    loop: asyncio.AbstractEventLoop
    runtime: Runtime
    admin: Any

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)


@pytest.fixture(scope="module")
def ground(economy_database: str) -> Iterator[Ground]:
    loop = asyncio.new_event_loop()
    runtime = loop.run_until_complete(open_runtime(role_url(economy_database)))
    made = Ground(loop, runtime, loop.run_until_complete(asyncpg.connect(economy_database)))
    yield made
    loop.run_until_complete(made.admin.close())
    loop.run_until_complete(runtime.pool.close())
    loop.close()


class Histories(RuleBasedStateMachine):
    """Every step is done twice, in the database and in the model; then all must be the same."""

    wallets: Bundle[UUID] = Bundle("wallets")
    holds: Bundle[UUID] = Bundle("holds")
    posted: Bundle[list[Transfer]] = Bundle("posted")
    anywhere = st.one_of(wallets, wallets, st.just(TREASURY), st.just(CASH))
    amounts = st.integers(1, 400)
    larger = st.integers(1, 700)

    def __init__(self, ground: Ground) -> None:
        super().__init__()
        self.ground = ground
        self.plain = Plain()
        self.kills = 0

    @initialize(target=wallets, units=st.lists(st.integers(0, 1_000), min_size=3, max_size=3))
    def begin(self, units: list[int]) -> Any:
        async def cleared() -> None:
            await self.ground.admin.execute("TRUNCATE economy.account, economy.transfer, economy.hold CASCADE")
            async with self.ground.runtime.transaction() as tx:
                await actions.ensure_city_accounts(tx)

        self.ground.run(cleared())
        self.plain = Plain({CASH: 0, TREASURY: 0})
        return multiple(*(self.opened(each, 10**9) for each in units))

    @rule(target=wallets, units=st.integers(0, 1_000))
    def opens_one_that_holds_little(self, units: int) -> UUID:
        return self.opened(units, 500)

    @rule(
        target=posted,
        moves=st.lists(
            st.lists(st.tuples(anywhere, anywhere, amounts), min_size=1, max_size=2), min_size=1, max_size=4
        ),
    )
    def pays(self, moves: list[list[tuple[UUID, UUID, int]]]) -> Any:
        batch = [[move(*one) for one in group] for group in moves]
        self.same(self.ground.run(self.post(batch)), [self.plain.post(group) for group in batch])
        return multiple(*batch)

    @rule(group=posted)
    def repeats(self, group: list[Transfer]) -> None:
        self.both(group)

    @rule(group=posted, more=st.integers(1, 9))
    def are_asked_for_otherwise(self, group: list[Transfer], more: int) -> None:
        self.both([one._replace(amount=one.amount + more) for one in group])

    @rule(group=posted)
    def refunds(self, group: list[Transfer]) -> None:
        back = [move(one.credit, one.debit, one.amount, id=derived(one.id, "refund")) for one in group]
        self.both(back)

    @precondition(lambda self: self.kills < 2)
    @rule(moves=st.tuples(anywhere, anywhere, amounts), repeat=st.booleans())
    def is_killed_before_its_commit(self, moves: tuple[UUID, UUID, int], repeat: bool) -> None:
        group = [move(*moves)]
        self.kills += 1
        self.ground.run(self.killed(group))
        if repeat:
            self.both(group)

    @rule(target=holds, wallet=wallets, amount=larger)
    def reserves(self, wallet: UUID, amount: int) -> Any:
        async def work() -> str | None:
            try:
                async with self.ground.runtime.transaction() as tx:
                    await actions.reserve(tx, hold, wallet, amount, "R-1")
            except DomainError:
                return "refused"
            return None

        hold = uuid7()
        refused = self.plain.reserve(hold, wallet, amount)
        assert self.ground.run(work()) == refused
        return multiple() if refused else hold

    @rule(hold=holds, other=wallets, credit=anywhere, more=st.sampled_from([-3, -1, 0, 0, 1]))
    def captures(self, hold: UUID, other: UUID, credit: UUID, more: int) -> None:
        debit, amount = self.plain.holds.get(hold, (other, 1))
        self.both([move(debit, credit, max(1, amount + more), hold=hold)])

    @rule(hold=holds, debit=wallets, credit=wallets)
    def captures_from_anybody(self, hold: UUID, debit: UUID, credit: UUID) -> None:
        self.both([move(debit, credit, 1, hold=hold)])

    @rule(hold=holds)
    def releases(self, hold: UUID) -> None:
        async def work() -> None:
            with suppress(DomainError):  # never reserved
                async with self.ground.runtime.transaction() as tx:
                    await actions.release(tx, hold)

        self.ground.run(work())
        self.plain.holds.pop(hold, None)

    @rule(account=anywhere, status=st.sampled_from(["open", "open", "open", "frozen"]))
    def stops_or_opens(self, account: UUID, status: str) -> None:
        async def work() -> None:
            async with self.ground.runtime.transaction() as tx:
                found = await actions.account(tx, account)
                await actions.set_status(tx, account, str(found.version), status)

        self.ground.run(work())
        (self.plain.stopped.add if status == "frozen" else self.plain.stopped.discard)(account)

    @invariant()
    def the_ledger_is_the_model(self) -> None:
        rows = self.ground.run(books(self.ground.admin))
        found = {row["id"]: (row["balance"], row["held"]) for row in rows if row["id"] in self.plain.balance}
        assert found == {id_: (units, self.plain.held(id_)) for id_, units in self.plain.balance.items()}
        assert adds_up(rows)

    def opened(self, units: int, most: int) -> UUID:
        async def work() -> UUID:
            async with self.ground.runtime.transaction() as tx:
                return await actions.open_account(tx, "wallet", most=most)

        wallet = self.ground.run(work())
        self.plain.balance[wallet], self.plain.most[wallet] = 0, most
        if units:
            self.both([move(CASH, wallet, units)])
        return wallet

    def both(self, group: list[Transfer]) -> None:
        self.same(self.ground.run(self.post([group])), [self.plain.post(group)])

    def same(self, verdicts: list[Verdict], expected: list[str | None]) -> None:
        assert ["refused" if verdict.refusal else None for verdict in verdicts] == expected, verdicts

    async def post(self, groups: list[list[Transfer]]) -> list[Verdict]:
        async with self.ground.runtime.transaction() as tx:
            return await actions.post(tx, groups)

    async def killed(self, group: list[Transfer]) -> None:
        """Posts, and loses the server's process before the commit."""
        with suppress(*TRANSIENT):
            async with self.ground.runtime.transaction() as tx:
                await actions.post(tx, [group])
                await self.ground.admin.execute(f"SELECT pg_terminate_backend({tx.connection.get_server_pid()})")
                while True:  # until the signal has arrived
                    await tx.execute("SELECT 1")


@pytest.mark.timeout(300)
def test_the_ledger_is_what_a_plain_model_is_after_any_history(ground: Ground) -> None:
    run_state_machine_as_test(
        lambda: Histories(ground),  # type: ignore[arg-type]
        # Without shrinking, which against a real database outlasts the test: the history that fails is told as it is.
        settings=settings(
            max_examples=40,
            stateful_step_count=50,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
