"""NATS permissions on a real server: what a pillar declares works, everything else is refused.

The expected answer of each cell is derived from the pillars' declarations here once more, in other words.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nats as client
import pytest
from nats.aio.client import Client

from deploy import permissions, streams
from deploy.local.nats import Nats, User, new_seed, public_key
from deploy.permissions import ADMIN, Permissions
from deploy.pillars import NAMES, pillars
from services.kit.events import bus
from services.kit.events.consumers import carriers
from services.kit.pillar import Pillar, Reaction
from services.kit.subjects import event_subject, inbox_prefix
from smartcity.economy.v1 import events_pb2 as economy
from smartcity.types.v1 import payments_pb2
from smartcity.types.v1.payments_pb2 import PaymentRequested, PaymentRequestWithdrawn

ASKED = PaymentRequested.DESCRIPTOR.full_name
WITHDRAWN = PaymentRequestWithdrawn.DESCRIPTOR.full_name
GIVEN_BACK = "smartcity.types.v1.PaymentRefundRequested"


async def nothing(*_: Any) -> None:
    """A reaction that is never run here."""


def city() -> dict[str, Pillar]:
    """The pillars as they are, and for sure two that ask for money, and one that hears them and its own events."""
    made = pillars()
    for name in ("living", "society"):
        asking = {*made[name].publishes, payments_pb2.DESCRIPTOR}
        made[name] = replace(made[name], publishes=tuple(asking))
    reacting = made["economy"]
    more = (Reaction(PaymentRequested, nothing), Reaction(economy.PaymentCaptured, nothing))
    made["economy"] = replace(reacting, reactions=(*reacting.reactions, *more))
    return made


PILLARS = city()
STREAM_VERBS = ("INFO", "CREATE", "UPDATE", "DELETE", "PURGE", "MSG.GET", "MSG.DELETE", "SNAPSHOT", "RESTORE")
CONSUMER_VERBS = ("INFO", "MSG.NEXT", "CREATE", "DURABLE.CREATE", "DELETE", "PAUSE", "UNPIN")


@dataclass
class Server:
    """A NATS server with a user per pillar, as the platform starts it."""

    url: str
    seeds: dict[str, str]

    @asynccontextmanager
    async def user(self, name: str, refused: set[str]) -> AsyncIterator[Client]:
        """A connection of a user; what the server refuses is noted in ``refused``, lower-cased."""

        async def note(error: Exception) -> None:
            refused.add(str(error).lower())

        connection = await client.connect(
            self.url,
            nkeys_seed_str=self.seeds[name],
            inbox_prefix=inbox_prefix(name).encode(),
            error_cb=note,
            allow_reconnect=False,
        )
        yield connection
        await connection.close()


@pytest.fixture(scope="module")
def server(servers_home: Path) -> Iterator[Server]:
    """A server of its own: the matrix publishes nonsense."""
    granted = permissions.of_all(PILLARS)
    seeds = {name: new_seed() for name in granted}
    users = {
        name: User(public_key(seeds[name]), None if name == ADMIN else Permissions(one.publish, one.subscribe))
        for name, one in granted.items()
    }
    made = Nats(servers_home / "permissions", users, sync_interval="2m")
    try:
        yield Server(made.start(), seeds)
    finally:
        made.stop()


@pytest.fixture(scope="module", autouse=True)
async def made_streams(server: Server) -> None:
    """Streams and consumers, so that what is allowed has something to act on."""
    admin = await bus.connect(server.url, server.seeds[ADMIN], ADMIN)
    await streams.ensure(admin, PILLARS.values())
    await admin.close()


def told() -> set[str]:
    """Subjects of the events that the pillars publish."""
    return {event_subject(type_, name) for name, pillar in PILLARS.items() for type_ in pillar.types_out()}


def published() -> set[str]:
    """Subjects that somebody may want to publish: events, nudges, inboxes, and JetStream's own."""
    inboxes = {f"{inbox_prefix(name)}.x" for name in (*NAMES, "gateway", ADMIN)} | {"_INBOX.x"}
    wanted = told() | inboxes | {f"nudge.{name}" for name in NAMES}
    wanted |= {f"smartcity.{name}.v1.Undeclared" for name in NAMES} | {ASKED}
    wanted |= {f"{shared}.{name}" for name in (*NAMES, "x") for shared in (ASKED, "smartcity.types.v1.Undeclared")}
    wanted |= {"$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$SYS.REQ.SERVER.PING", "anything"}
    for stream in NAMES:
        wanted |= {f"$JS.API.STREAM.{verb}.{stream}" for verb in STREAM_VERBS}
        wanted |= {f"$JS.API.DIRECT.GET.{stream}", f"$JS.API.DIRECT.GET.{stream}.smartcity.{stream}.v1.X"}
        wanted |= {f"$JS.API.CONSUMER.{verb}.{stream}" for verb in ("CREATE", "NAMES", "LIST")}
        for reader in NAMES:
            consumer = f"{stream}.{reader}"
            wanted |= {f"$JS.API.CONSUMER.{verb}.{consumer}" for verb in CONSUMER_VERBS}
            wanted |= {f"$JS.API.CONSUMER.CREATE.{consumer}.smartcity.{stream}.v1.>", f"$JS.ACK.{consumer}.1.1.1.1.0"}
            wanted |= {f"$JS.API.CONSUMER.CREATE.{consumer}.{ASKED}.{stream}"}
    return wanted


def may_publish(user: str) -> set[str]:
    """What the declarations of a pillar amount to."""
    if user not in PILLARS:
        return set()
    pillar = PILLARS[user]
    declared = {message.full_name for file in pillar.publishes for message in file.message_types_by_name.values()}
    allowed = {f"{name}.{user}" if ".types." in name else name for name in declared}
    if allowed:
        allowed |= {f"smartcity.{user}.v1.Undeclared"}  # of a later version, which was rolled back
        allowed |= {f"nudge.{user}", f"$JS.API.STREAM.INFO.{user}", f"$JS.API.DIRECT.GET.{user}"}
    heard_types = {reaction.event.DESCRIPTOR.full_name for reaction in pillar.reactions}
    shared = {name for name in heard_types if ".types." in name}
    if shared:
        allowed |= {"$JS.API.STREAM.NAMES"}
    asking = {name for name in NAMES if shared.intersection(PILLARS[name].types_out())}
    for stream in asking | {name.split(".")[1] for name in heard_types - shared}:
        consumer = f"{stream}.{user}"
        allowed |= {f"$JS.API.CONSUMER.INFO.{consumer}", f"$JS.API.CONSUMER.MSG.NEXT.{consumer}"}
        allowed |= {f"$JS.ACK.{consumer}.1.1.1.1.0"}
    return allowed


def heard() -> set[str]:
    """Subjects that somebody may want to hear."""
    inboxes = {f"{inbox_prefix(name)}.>" for name in (*NAMES, "gateway", ADMIN)} | {"_INBOX.>"}
    events = told() | {ASKED, f"{ASKED}.*", f"{ASKED}.>", f"{ASKED}.x", "smartcity.types.v1.>"}
    wide = {">", "*", "smartcity.>", "nudge.>", "nudge.*", "$JS.>", "$JS.API.>", "$JS.ACK.>", "$JS.EVENT.>", "$SYS.>"}
    return events | inboxes | wide | {f"nudge.{name}" for name in NAMES} | {f"smartcity.{n}.v1.>" for n in NAMES}


def may_hear(user: str) -> set[str]:
    """The own inbox; the own nudge where there is a relay; the gateway all nudges."""
    allowed = {f"{inbox_prefix(user)}.>"}
    if user == "gateway":
        # The server takes ">" for one more token that "*" matches; nothing is published below a pillar's nudge.
        return allowed | {"nudge.*", "nudge.>"} | {f"nudge.{name}" for name in NAMES}
    return allowed | ({f"nudge.{user}"} if PILLARS[user].publishes else set())


async def refusals(server: Server, user: str, verb: str, subjects: set[str]) -> set[str]:
    """Which of the subjects the server refuses to this user; ``verb`` is ``publish`` or ``subscription``."""
    refused: set[str] = set()

    def told(subject: str) -> bool:
        return f'nats: permissions violation for {verb} to "{subject.lower()}"' in refused

    async with server.user(user, refused) as connection, asyncio.timeout(10):
        for subject in (*sorted(subjects), "the.last"):
            if verb == "publish":
                await connection.publish(subject, b"")
            else:
                await connection.subscribe(subject)
        while not told("the.last"):  # the server refuses in order
            await asyncio.sleep(0.01)
    return set(filter(told, subjects))


@pytest.mark.parametrize("user", [*NAMES, "gateway"])
async def test_a_user_publishes_what_it_declares_and_nothing_else(server: Server, user: str) -> None:
    assert may_publish(user) <= published()
    assert await refusals(server, user, "publish", published()) == published() - may_publish(user)


@pytest.mark.parametrize("user", [*NAMES, "gateway"])
async def test_a_user_hears_what_it_declares_and_nothing_else(server: Server, user: str) -> None:
    assert await refusals(server, user, "subscription", heard()) == heard() - may_hear(user)


@pytest.mark.parametrize("user", NAMES)
async def test_permissions_name_no_wildcard_beyond_the_users_own(user: str) -> None:
    granted = permissions.of_pillar(PILLARS[user], PILLARS.values())
    for subject in granted.publish:
        assert "*" not in subject or subject in PILLARS[user].subjects
        acknowledges = subject.startswith("$JS.ACK.") and subject.endswith(f".{user}.>")
        assert ">" not in subject or acknowledges or subject == f"smartcity.{user}.v1.>"
    assert [s for s in granted.subscribe if ">" in s] == [f"{inbox_prefix(user)}.>"]


async def test_an_event_goes_from_pillar_to_pillar_with_these_users(server: Server) -> None:
    publisher, reader = PILLARS["governance"], PILLARS["environment"]
    subject = reader.subjects_in(PILLARS.values())[publisher.name][0]
    refused: set[str] = set()
    async with server.user("governance", refused) as out, server.user("environment", refused) as back:
        answer = await out.request(subject, b"payload", timeout=5, headers={"Nats-Msg-Id": "one"})
        assert b'"stream":"governance"' in answer.data.replace(b" ", b"")
        await out.request(f"$JS.API.STREAM.INFO.{publisher.name}", b"", timeout=5)
        await out.request(f"$JS.API.DIRECT.GET.{publisher.name}", b'{"seq": 1}', timeout=5)
        await back.request("$JS.API.CONSUMER.INFO.governance.environment", b"", timeout=5)
        inbox = await back.subscribe(back.new_inbox())
        next_one = "$JS.API.CONSUMER.MSG.NEXT.governance.environment"
        await back.publish(next_one, b'{"batch": 100, "expires": 2000000000}', reply=inbox.subject)
        async with asyncio.timeout(5):
            message = await inbox.next_msg(timeout=5)
        assert message.subject in reader.types_in()
        await back.request(message.reply, b"+ACK", timeout=5)
    assert refused == set()


async def test_after_a_rollback_what_only_the_later_version_declares_goes_out(server: Server) -> None:
    """It waits in the outbox, and all that come after it wait behind it."""
    refused: set[str] = set()
    async with server.user("governance", refused) as out:
        answer = await out.request("smartcity.governance.v1.Later", b"", timeout=5, headers={"Nats-Msg-Id": "later"})
    assert json.loads(answer.data)["stream"] == "governance"
    assert refused == set()


async def filters(server: Server, consumer: str) -> set[str]:
    """What a consumer hands out."""
    async with server.user(ADMIN, set()) as admin:
        answer = await admin.request(f"$JS.API.CONSUMER.INFO.{consumer}", b"", timeout=5)
    config = json.loads(answer.data)["config"]
    return set(config.get("filter_subjects") or [config["filter_subject"]])


async def test_a_consumer_hands_out_only_the_events_its_pillar_declares(server: Server) -> None:
    reader = PILLARS["environment"]
    assert set(PILLARS["governance"].types_out()) - set(reader.types_in()), "the test needs an event that none hears"
    assert await filters(server, "governance.environment") == set(reader.subjects_in(PILLARS.values())["governance"])


async def test_who_hears_a_shared_event_and_its_own_gets_those_and_no_others(server: Server) -> None:
    own = {name for name in PILLARS["economy"].types_in() if name.startswith("smartcity.economy.")}
    assert await filters(server, "economy.economy") == own | {
        f"{ASKED}.economy", f"{WITHDRAWN}.economy", f"{GIVEN_BACK}.economy",
    }, "permits ask for their fees, and for what they do not wait for to be given back"  # fmt: skip
    assert f"{ASKED}.society" in await filters(server, "society.economy")
    assert f"{ASKED}.living" in await filters(server, "living.economy")


async def test_a_request_goes_from_who_asks_to_who_looks_for_it_with_these_users(server: Server) -> None:
    refused: set[str] = set()
    async with server.user("society", refused) as asking, server.user("economy", refused) as reader:
        await asking.request(f"{ASKED}.society", b"payload", timeout=5, headers={"Nats-Msg-Id": "request"})
        assert {"society", "living"} <= set(await carriers(reader, ASKED))
        await reader.request("$JS.API.CONSUMER.INFO.society.economy", b"", timeout=5)
        inbox = await reader.subscribe(reader.new_inbox())
        next_one = b'{"batch": 100, "expires": 2000000000}'
        await reader.publish("$JS.API.CONSUMER.MSG.NEXT.society.economy", next_one, reply=inbox.subject)
        message = await inbox.next_msg(timeout=5)
        while message.subject != f"{ASKED}.society":  # others that the matrix has published
            message = await inbox.next_msg(timeout=5)
        await reader.request(message.reply, b"+ACK", timeout=5)
    assert refused == set()


def test_a_pillar_that_declares_nothing_may_do_nothing() -> None:
    silent = replace(PILLARS["governance"], publishes=(), reactions=())
    granted = permissions.of_pillar(silent, PILLARS.values())
    assert granted.publish == []
    assert granted.subscribe == [f"{inbox_prefix('governance')}.>"]
