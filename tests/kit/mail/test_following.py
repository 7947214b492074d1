"""Who is mailed of something: asked, confirmed, erased and forgotten, in tables that no pillar knows."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from services.kit.context import Context
from services.kit.database import Transaction
from services.kit.errors import DomainError, not_found, precondition
from services.kit.ids import uuid7
from services.kit.mail import following, limits
from services.kit.mail.follower import KEPT, LINK_LIFE, Follower, State, Why
from services.kit.mail.followers import Followers
from services.kit.mail.following import Following
from services.kit.mail.keys import AddressKeys, Purpose
from services.kit.mail.queue import Queue
from services.kit.runtime import Runtime
from tests.kit.conftest import World

SITI = "siti@contoh.id"
KEYS = AddressKeys(b"s" * 32)
SCHEMA = """
CREATE TABLE bench_follower (
    id uuid PRIMARY KEY, bench integer NOT NULL, state text NOT NULL, language text NOT NULL, address bytea,
    sealed bytea NOT NULL, created_at timestamptz NOT NULL, confirmed_at timestamptz, ended_at timestamptz,
    why text NOT NULL, joined uuid
);
CREATE TABLE bench_asked (
    address bytea PRIMARY KEY, asked timestamptz[] NOT NULL, stopped_at timestamptz, forget_at timestamptz NOT NULL
);
CREATE TABLE bench_mail (
    id uuid PRIMARY KEY, follower uuid NOT NULL REFERENCES bench_follower ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'waiting', reason text NOT NULL DEFAULT '', attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL, next_at timestamptz NOT NULL, ended_at timestamptz
);
"""


@dataclass(frozen=True, kw_only=True)
class Sitter(Follower):
    """Who hears of a bench."""

    bench: int


@dataclass(frozen=True)
class Mail:
    """One of them."""

    id: UUID
    follower: UUID
    attempts: int
    created_at: datetime


SITTERS = Followers(Sitter, "bench_follower", asked="bench_asked", fixed=("bench",))
MAILS = Queue(Mail, "bench_mail")


def _keys(_: Context) -> AddressKeys:
    return KEYS


async def _queued(tx: Transaction, follower: UUID) -> None:
    sql = "INSERT INTO bench_mail (id, follower, created_at, next_at) VALUES ($1, $2, $3, $3)"
    await tx.execute(sql, uuid7(), follower, tx.now)


def _unknown() -> DomainError:
    return not_found("BENCH_LINK_UNKNOWN", "No such link.")


def _expired() -> DomainError:
    return precondition("BENCH_LINK_EXPIRED", "Too old.")


FOLLOWING = Following(SITTERS, _keys, _queued, _unknown, _expired)


class Benches:
    """A noun of the test's own, and its time."""

    def __init__(self, runtime: Runtime, world: World) -> None:
        self.runtime, self.world = runtime, world
        self.now = datetime(2026, 11, 28, 8, tzinfo=UTC)
        runtime.clock = lambda: self.now

    async def ask(self, bench: int = 1, email: str = SITI, language: str = "id") -> Sitter:
        """Somebody gives an address."""
        async with self.runtime.transaction() as tx:
            made = FOLLOWING.made(tx, email, language, partial(Sitter, bench=bench))
            if await FOLLOWING.may_ask(tx, made):
                await FOLLOWING.ask(tx, made)
        return made

    async def confirm(self, one: Sitter, before: Sitter | None = None) -> Sitter:
        """Its owner follows the link."""
        async with self.runtime.transaction() as tx:
            found = await FOLLOWING.linked(tx, Purpose.CONFIRM, KEYS.token(Purpose.CONFIRM, one.id))
            found, address = await FOLLOWING.to_confirm(tx, found)
            return found if address is None else await FOLLOWING.confirm(tx, found, before)

    async def stop(self, one: Sitter) -> Sitter:
        """Its owner follows the other link."""
        async with self.runtime.transaction() as tx:
            found = await FOLLOWING.linked(tx, Purpose.END, KEYS.token(Purpose.END, one.id))
            return await FOLLOWING.stop(tx, found, Why.UNSUBSCRIBED)

    async def prune(self) -> None:
        """What falls due by itself."""
        await following.prune(self.runtime, MAILS.prune, SITTERS.prune)

    async def rows(self, table: str) -> int:
        """How many there are."""
        return int(await self.world.admin.fetchval(f"SELECT count(*) FROM environment.{table}"))


@pytest.fixture
async def benches(world: World) -> Benches:
    await world.admin.execute(f"SET search_path TO environment; {SCHEMA}; RESET search_path")
    await world.admin.execute("GRANT ALL ON ALL TABLES IN SCHEMA environment TO environment")
    return Benches(await world.runtime("environment"), world)


async def test_an_address_is_its_owners_once_confirmed_and_is_erased_when_they_say_stop(benches: Benches) -> None:
    one = await benches.ask()
    assert (one.state, await benches.rows("bench_mail")) == (State.WAITING, 1)
    assert SITI.encode() not in one.sealed
    done = await benches.confirm(one)
    assert (done.state, done.confirmed_at, await benches.rows("bench_asked")) == (State.CONFIRMED, benches.now, 0)
    assert await benches.confirm(one) == done, "again is harmless"
    over = await benches.stop(one)
    assert (over.state, over.address, over.sealed, over.why) == (State.ENDED, None, b"", "unsubscribed")
    assert await benches.stop(one) == over, "again is harmless"
    benches.now += timedelta(minutes=1)
    await benches.ask()
    assert (await benches.rows("bench_follower"), await benches.rows("bench_mail")) == (2, 2), "a way back"
    await benches.ask()
    assert (await benches.rows("bench_follower"), await benches.rows("bench_mail")) == (2, 2), "who said stop"


@pytest.mark.parametrize(
    ("offered", "chosen", "kept"), [(("id", "en"), "en", "en"), (("id",), "en", "id"), (("en",), "id", "en")]
)
async def test_whoever_chooses_a_language_that_the_city_does_not_offer_is_mailed_in_its_first(
    benches: Benches, offered: tuple[str, ...], chosen: str, kept: str
) -> None:
    """Pages offer none but the city's: a form that was made by hand does, or a program."""
    benches.runtime.city = replace(benches.runtime.city, languages=offered)
    assert (await benches.ask(language=chosen)).language == kept


async def test_who_may_be_asked_no_more_is_answered_alike_and_kept_nowhere(benches: Benches) -> None:
    made = [await benches.ask(bench) for bench in range(limits.A_DAY + 1)]
    assert {one.state for one in made} == {State.WAITING}
    assert await benches.rows("bench_follower") == limits.A_DAY


async def test_a_link_is_refused_that_is_too_old_or_leads_nowhere(benches: Benches) -> None:
    one = await benches.ask()
    benches.now += LINK_LIFE + timedelta(seconds=1)
    with pytest.raises(DomainError, match="Too old"):
        await benches.confirm(one)
    await benches.prune()
    assert (await benches.rows("bench_follower"), await benches.rows("bench_mail")) == (0, 0)
    with pytest.raises(DomainError, match="No such link"):
        await benches.confirm(one)
    async with benches.runtime.transaction() as tx:
        with pytest.raises(DomainError, match="No such link"):
            await FOLLOWING.linked(tx, Purpose.CONFIRM, "a" * 52)


async def test_who_confirms_at_the_moment_when_the_unconfirmed_are_erased_stays(benches: Benches) -> None:
    one = await benches.ask()
    benches.now += LINK_LIFE
    async with asyncio.timeout(20), benches.runtime.transaction() as tx:
        found = await FOLLOWING.linked(tx, Purpose.CONFIRM, KEYS.token(Purpose.CONFIRM, one.id))
        found, address = await FOLLOWING.to_confirm(tx, found)
        assert address is not None
        await FOLLOWING.confirm(tx, found, None)
        benches.now += timedelta(seconds=1)
        await benches.prune()
    assert await benches.rows("bench_follower") == 1


async def test_what_ended_is_known_until_no_backup_has_it_and_what_is_confirmed_stays(benches: Benches) -> None:
    stays, ends = await benches.confirm(await benches.ask()), await benches.confirm(await benches.ask(2))
    await benches.stop(ends)
    benches.now += KEPT
    await benches.prune()
    assert await benches.rows("bench_follower") == 2
    benches.now += timedelta(seconds=1)
    await benches.prune()
    async with benches.runtime.transaction() as tx:
        assert await SITTERS.by_ids(tx, {stays.id, ends.id}) == {stays.id: stays}


async def test_links_of_an_address_that_had_another_already_lead_to_that_one(benches: Benches) -> None:
    first, second = await benches.confirm(await benches.ask()), await benches.ask()
    async with benches.runtime.transaction() as tx:
        await SITTERS.save(tx, second.join(first, tx.now))
    assert await benches.confirm(second) == first
    assert (await benches.stop(second)).id == first.id


async def test_links_of_one_that_gave_way_lead_to_what_goes_to_its_address(benches: Benches) -> None:
    first, moved = await benches.confirm(await benches.ask()), await benches.ask(email="budi@contoh.id")
    second = await benches.confirm(await benches.ask(), first)
    third = await benches.confirm(await benches.ask(), second)
    assert await benches.confirm(first) == third
    moved = await benches.confirm(moved, third)
    assert (await benches.stop(first)).id == third.id, "another address is another's to stop"
    assert (await benches.stop(moved)).why == "unsubscribed"


async def test_all_of_something_that_is_over_are_erased_at_once_and_an_address_nobody_has_alone(
    benches: Benches,
) -> None:
    one, other, third = [await benches.confirm(await benches.ask(bench)) for bench in (1, 2, 3)]
    async with benches.runtime.transaction() as tx:
        assert await SITTERS.erase(tx, Why.OVER, "bench = $3 AND state <> 'ended'", 1) == 1
        await FOLLOWING.undeliverable(tx, other.id)
        found = await SITTERS.by_ids(tx, {one.id, other.id, third.id})
    assert [found[each.id].why for each in (one, other, third)] == ["over", "undeliverable", ""]
    assert [found[each.id].sealed for each in (one, other)] == [b"", b""]
