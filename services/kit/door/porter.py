"""At the door: answers NATS about each device that wants to come in, and shows out those that may not stay."""

import asyncio
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import nats.errors
import nkeys
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from services.kit.door import model
from services.kit.door.door import CALLOUT, Door
from services.kit.door.gauges import Refused
from services.kit.door.known import AwayError, Known
from services.kit.door.model import Asked, Connection, Refusal
from services.kit.errors import is_transient

QUESTION = "$SYS.REQ.USER.AUTH"
MOST_AT_ONCE = 2_000
"""Questions under way; NATS refuses by itself who is not answered."""
HELD_BACK_S = 1.0
"""How long a wrong guess waits for its answer, so that it costs the guesser and nobody else: a device whose name is
guessed at comes in as ever."""
MOST_HELD_BACK = 500
LOOK_S = 1.0
AGAIN_S = 2.0
"""After a change it is looked twice: somebody may have been on the way in, past a process that had not heard of it."""
ANYHOW_S = 60.0
"""How often it is looked without any change: a server may have been away, or its answer lost."""
LISTED_S = 0.5
"""How long the servers of a cluster may take to list their connections."""
PAGE = 1_024
MOST_KICKED = 100
"""Connections that are ended at a time."""
ANSWER_S = 2.0

_log = structlog.get_logger()


async def open_doors(bus: Client, porters: Sequence["Porter"]) -> None:
    """Answers from now on, each question by the porter whose door the name begins with; else by the one of plain names.

    One subscription hears for all of them: to a question that a connection is asked twice NATS takes no answer.
    """
    closest_first = sorted(porters, key=lambda one: -len(one.door.prefix))

    async def hear(message: Msg) -> None:
        try:
            one = model.asked(message.data)
        except ValueError:
            _log.warning("a question that is none", bytes=len(message.data))
            return
        found = next((porter for porter in closest_first if one.name.startswith(porter.door.prefix)), None)
        if found is not None:
            found.answer(one, message.reply)

    await bus.subscribe(QUESTION, queue=CALLOUT, cb=hear)
    await bus.flush()


@dataclass
class Porter:
    """Lets in by one door with the word of ``issuer``, and watches that those inside still may be there."""

    bus: Client
    door: Door
    known: Known
    secret: bytes
    issuer: nkeys.KeyPair
    refused: Refused = field(default_factory=Refused)
    _answering: set[asyncio.Task[None]] = field(default_factory=set)
    _held_back: int = 0
    _read_since: int = -1
    """Which of our connections to NATS it was that somebody was seen to read devices on; -1: none."""
    _looking: asyncio.Task[bool] | None = None

    async def watch(self) -> None:
        """Shows out whose password changed or who was revoked, at most a few seconds later; runs until cancelled.

        Nothing that goes wrong ends it: it is told once, and tried again.
        """
        told, due = "", [0.0]
        while True:
            try:
                if await self.known.refresh():
                    due = [time.monotonic(), time.monotonic() + AGAIN_S]
                if due[0] <= time.monotonic():
                    await self._show_out()
                    due = due[1:] or [time.monotonic() + ANYHOW_S]
                told = ""
            except Exception as error:
                if repr(error) != told:
                    told = repr(error)
                    foreseen = is_transient(error) or isinstance(error, nats.errors.Error)
                    _log.warning("cannot look after devices", error=told, exc_info=not foreseen)
            await asyncio.sleep(LOOK_S)

    def answer(self, one: Asked, reply: str) -> None:
        """Answers beside others: the database may be slow for one of them."""
        if len(self._answering) >= MOST_AT_ONCE:
            return
        task = asyncio.create_task(self._answer(one, reply))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, one: Asked, reply: str) -> None:
        try:
            await self.bus.publish(reply, (await self._decide(one)).encode())
        except Exception as error:
            _log.warning("a device got no answer", error=repr(error))

    async def _decide(self, one: Asked) -> str:
        now = int(time.time())
        why = model.stranger(self.door, one)
        generation = None
        if why is None:
            try:
                generation = await self.known.generation(self.door.bare(one.name))
                why = model.doubt(self.door, one, generation, self.secret)
            except AwayError:
                why = Refusal.REGISTRY_AWAY
        if why is None:
            why = await self._unread()
        issuer = self.issuer.public_key.decode()
        if generation is not None or why is Refusal.REGISTRY_AWAY:  # else it says to be one, and is none
            self.refused.note(one.name, why)
        if why is None and generation is not None:
            until = now + random.randint(*model.LIFETIME_S)  # noqa: S311 - spreads load, hides nothing
            return model.admission(self.door, one, generation, issuer, now, until, self.issuer.sign)
        if why in (Refusal.DEVICE_UNKNOWN, Refusal.PASSWORD_WRONG):
            await self._hold_back()
        _log.info("not let in", reason=str(why), device=one.name if why is not Refusal.NO_DEVICE else "")
        return model.refused(one, why or Refusal.DEVICE_UNKNOWN, issuer, now, self.issuer.sign)

    async def _hold_back(self) -> None:
        if self._held_back < MOST_HELD_BACK:
            self._held_back += 1
            try:
                await asyncio.sleep(HELD_BACK_S)
            finally:
                self._held_back -= 1

    async def _unread(self) -> Refusal | None:
        """Why what devices publish would be kept for nobody: it would be acknowledged, and be gone.

        Once there is a session it stays; only a broker that lost its store has none. All who come while it is looked
        have the same answer.
        """
        if self._read_since == self.bus.stats["reconnects"]:
            return None
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            return None if await asyncio.shield(self._looking) else Refusal.NOBODY_READS
        except nats.errors.Error:
            return Refusal.READER_UNKNOWN

    async def _look(self) -> bool:
        """Whether there is a session that reads devices. Errors: those of NATS."""
        connection = self.bus.stats["reconnects"]
        said = await self._ask("JSZ", {"streams": True, "consumer": True, "config": True})
        found = any(model.is_read(self.door, each) for each in said)
        if found:
            self._read_since = connection
        return found

    async def _show_out(self) -> None:
        """Ends connections that were made with a password that counts no more. Errors: those of NATS, after all."""
        inside = await self._inside()
        right = await self.known.now({each.device for each in inside})
        gone = [each for each in inside if right.get(each.device) != each.generation]
        failed: list[BaseException] = []
        for begin in range(0, len(gone), MOST_KICKED):
            ended = await asyncio.gather(*map(self._kick, gone[begin : begin + MOST_KICKED]), return_exceptions=True)
            failed += [each for each in ended if each is not None]
        if failed:
            raise failed[0]

    async def _kick(self, one: Connection) -> None:
        """Ends a connection. The server does nothing for who wants no answer."""
        body = json.dumps({"cid": one.number}).encode()
        await self.bus.request(f"$SYS.REQ.SERVER.{one.server}.KICK", body, timeout=ANSWER_S)
        _log.info("shown out", device=one.device)

    async def _inside(self) -> list[Connection]:
        """Devices that are connected, at all servers. Errors: TimeoutError."""
        found: list[Connection] = []
        offset, servers, more = 0, 0, True
        while more:
            request = {"auth": True, "limit": PAGE, "offset": offset}
            pages = await self._ask("CONNZ", request, servers)
            servers = len(pages)
            listed = [(page["server"]["id"], page.get("data", {}).get("connections") or []) for page in pages]
            for server, connections in listed:
                found += model.connections(self.door, server, connections)
            more = any(len(connections) == PAGE for _, connections in listed)
            offset += PAGE
        return found

    async def _ask(self, what: str, request: Mapping[str, object], servers: int = 0) -> list[dict[str, Any]]:
        """What servers say of the door's account: so many, or all that answer soon. Errors: TimeoutError."""
        inbox = self.bus.new_inbox()
        answers = await self.bus.subscribe(inbox)
        subject = f"$SYS.REQ.ACCOUNT.{self.door.topics.account}.{what}"
        await self.bus.publish(subject, json.dumps(request).encode(), reply=inbox)
        found: list[dict[str, Any]] = []
        try:
            while not servers or len(found) < servers:
                found.append(json.loads((await answers.next_msg(timeout=LISTED_S)).data))
        except nats.errors.TimeoutError:
            if not found:
                raise
        finally:
            await answers.unsubscribe()
        return found
