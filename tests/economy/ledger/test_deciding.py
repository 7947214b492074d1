"""The rules of transfers, for any history."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.economy.ledger.deciding import Decision, decide
from services.economy.ledger.model import Account, Hold, Transfer, derived
from services.kit.ids import uuid7

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
IDS = [UUID(int=number) for number in range(1, 7)]

accounts_of = st.builds(
    Account,
    id=st.none(),
    kind=st.just("wallet"),
    owner=st.just(""),
    currency=st.sampled_from(["IDR", "IDR", "IDR", "USD"]),
    overdraft=st.booleans(),
    most=st.none() | st.integers(0, 200),
    status=st.sampled_from(["open", "open", "open", "frozen", "closed"]),
    version=st.just(1),
    balance=st.integers(0, 100),
    held=st.just(0),
    entries=st.integers(0, 9),
    created_at=st.just(NOW),
)
transfers = st.builds(
    Transfer,
    id=st.sampled_from([UUID(int=number) for number in range(100, 112)]),
    kind=st.just("move"),
    debit=st.sampled_from(IDS),
    credit=st.sampled_from(IDS),
    amount=st.integers(-2, 90),
    currency=st.sampled_from(["IDR", "IDR", "IDR", "USD"]),
    hold=st.none() | st.sampled_from([UUID(int=200), UUID(int=201), UUID(int=202)]),
)
groups_of = st.lists(st.lists(transfers, min_size=1, max_size=3), max_size=12)


@st.composite
def books(draw: st.DrawFn) -> tuple[dict[UUID, Account], dict[UUID, Hold]]:
    """Accounts, some of them with holds; not all that is named exists."""
    made = {id_: draw(accounts_of)._replace(id=id_) for id_ in draw(st.sets(st.sampled_from(IDS), min_size=2))}
    holds = {}
    for number in draw(st.sets(st.integers(200, 201))):
        account = made[draw(st.sampled_from(sorted(made)))]
        if account.available > 0:
            state, expiry = draw(st.sampled_from(["reserved", "released"])), draw(st.sampled_from([None, -1, 1]))
            expires = None if expiry is None else NOW + timedelta(seconds=expiry)
            amount = draw(st.integers(1, account.available))
            hold = Hold(UUID(int=number), account.id, amount, state, "", expires, NOW, NOW)
            holds[hold.id] = hold
            if state == "reserved":
                made[account.id] = account._replace(held=account.held + amount)
    return made, holds


def after(accounts: Mapping[UUID, Account], decision: Decision) -> dict[UUID, Account]:
    """The accounts when a decision is written."""
    found = dict(accounts)
    for id_, change in decision.changes.items():
        old = accounts[id_]
        found[id_] = old._replace(
            balance=old.balance + change.balance,
            held=old.held + change.held,
            entries=old.entries + change.entries,
        )
    return found


@given(books(), groups_of)
def test_whatever_is_asked_no_money_is_made_and_none_is_spent_twice(
    made: tuple[dict[UUID, Account], dict[UUID, Hold]], groups: Sequence[Sequence[Transfer]]
) -> None:
    accounts, holds = made
    decision = decide(accounts, {}, holds, groups, NOW)
    then = after(accounts, decision)
    assert sum(each.balance for each in then.values()) == sum(each.balance for each in accounts.values())
    for id_, account in then.items():
        before = accounts[id_]
        assert account.overdraft or account.balance >= account.held >= 0
        assert account.most is None or account.balance <= max(account.most, before.balance)
        assert account.status == "open" or account == before
        standing = [
            hold.amount
            for hold in holds.values()
            if hold.account == id_ and hold.state == "reserved" and hold.id not in decision.captured
        ]
        assert account.held == sum(standing)


@given(books(), groups_of)
def test_each_account_s_entries_follow_on_one_from_the_other(
    made: tuple[dict[UUID, Account], dict[UUID, Hold]], groups: Sequence[Sequence[Transfer]]
) -> None:
    accounts, holds = made
    decision = decide(accounts, {}, holds, groups, NOW)
    at = {id_: (account.entries, account.balance) for id_, account in accounts.items()}
    for posting in decision.postings:
        moved = posting.transfer
        for side, change, number, balance in (
            (moved.debit, -moved.amount, posting.debit_number, posting.debit_balance),
            (moved.credit, moved.amount, posting.credit_number, posting.credit_balance),
        ):
            assert (number, balance) == (at[side][0] + 1, at[side][1] + change)
            at[side] = (number, balance)
    assert at == {id_: (each.entries, each.balance) for id_, each in after(accounts, decision).items()}


@given(books(), groups_of)
def test_a_group_is_posted_as_a_whole_or_not_at_all_and_once(
    made: tuple[dict[UUID, Account], dict[UUID, Hold]], groups: Sequence[Sequence[Transfer]]
) -> None:
    accounts, holds = made
    decision = decide(accounts, {}, holds, groups, NOW)
    expected = [
        transfer
        for group, verdict in zip(groups, decision.verdicts, strict=True)
        if verdict.refusal is None and not verdict.repeated
        for transfer in group
    ]
    assert [posting.transfer for posting in decision.postings] == expected
    assert len({transfer.id for transfer in expected}) == len(expected)


@given(books(), groups_of)
def test_one_batch_decides_as_one_batch_per_group_would(
    made: tuple[dict[UUID, Account], dict[UUID, Hold]], groups: Sequence[Sequence[Transfer]]
) -> None:
    accounts, holds = made
    together = decide(accounts, {}, holds, groups, NOW)
    then, known, left, verdicts = accounts, dict[UUID, Transfer](), holds, []
    for group in groups:
        alone = decide(then, known, left, [group], NOW)
        verdicts += alone.verdicts
        then = after(then, alone)
        known |= {posting.transfer.id: posting.transfer for posting in alone.postings}
        left = {id_: replace(hold, state="captured") if id_ in alone.captured else hold for id_, hold in left.items()}
    assert verdicts == together.verdicts
    assert then == after(accounts, together)


@given(books(), groups_of)
def test_the_same_groups_again_change_nothing(
    made: tuple[dict[UUID, Account], dict[UUID, Hold]], groups: Sequence[Sequence[Transfer]]
) -> None:
    accounts, holds = made
    first = decide(accounts, {}, holds, groups, NOW)
    known = {posting.transfer.id: posting.transfer for posting in first.postings}
    posted = [
        group
        for group, verdict in zip(groups, first.verdicts, strict=True)
        if verdict.refusal is None and not verdict.repeated
    ]
    again = decide(after(accounts, first), known, holds, posted, NOW)
    assert not again.postings
    assert not again.changes
    assert all(verdict.repeated for verdict in again.verdicts)


def test_what_is_derived_of_one_parent_lies_beside_it_and_differs_by_its_word() -> None:
    parent = uuid7()
    capture, fee = derived(parent, "capture"), derived(parent, "fee")
    assert len({parent, capture, fee, derived(uuid7(), "capture")}) == 4
    assert capture == derived(parent, "capture")
    assert capture.bytes[:6] == parent.bytes[:6]
