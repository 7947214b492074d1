"""At the door without a NATS: what is told when it does not answer, and that looking after devices never ends."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import nats.errors
import nkeys
import pytest

from deploy.local.nats import new_seed
from services.environment.devices.door import DOOR
from services.kit.door import porter as module
from services.kit.door.known import AwayError, Known
from services.kit.door.model import Asked, Connection, Refusal
from services.kit.door.porter import Porter
from services.kit.signing import decode

SECRET = b"s" * 32
READ = {"data": {"stream_detail": [{"consumer_detail": [
    {"config": {"filter_subject": "$MQTT.msgs.devices.*.observations"}},
]}]}}  # fmt: skip


class Inbox:
    """Answers that have come."""

    def __init__(self, answers: list[dict[str, Any]], seconds: float) -> None:
        """They come at once; then nothing does for so long."""
        self._answers, self._seconds = answers, seconds

    async def next_msg(self, timeout: float) -> Any:
        """The next, or TimeoutError."""
        if not self._answers:
            await asyncio.sleep(min(timeout, self._seconds))
            raise nats.errors.TimeoutError
        return type("Msg", (), {"data": json.dumps(self._answers.pop(0)).encode()})

    async def unsubscribe(self) -> None:
        """Nobody listens."""


class Bus:
    """A connection to NATS whose servers say ``answers``; who is ``deaf`` ends no connection."""

    def __init__(self, *answers: dict[str, Any], deaf: tuple[str, ...] = ()) -> None:
        """Nothing was asked."""
        self.answers, self.deaf = answers, deaf
        self.stats = {"reconnects": 0}
        self.asked: list[str] = []
        self.ended: list[int] = []

    def new_inbox(self) -> str:
        """Where answers come."""
        return "inbox"

    async def subscribe(self, _: str) -> Inbox:
        """Listens there."""
        return Inbox(list(self.answers), 0.1)

    async def publish(self, subject: str, *_: Any, **__: Any) -> None:
        """Asks."""
        self.asked.append(subject)

    async def request(self, subject: str, body: bytes, **_: Any) -> None:
        """Ends a connection."""
        if subject.split(".")[3] in self.deaf:
            raise nats.errors.TimeoutError
        self.ended.append(json.loads(body)["cid"])


class Devices:
    """What is known of them: one, with a password of the first generation."""

    def __init__(self, *looks: Exception | bool) -> None:
        """What the next looks for changes say; after them nothing changes."""
        self.looks = list(looks)
        self.looked = 0

    async def generation(self, name: str) -> int | None:
        """Of its password."""
        return 1 if name == "duga-1" else None

    async def refresh(self) -> bool:
        """Whether something changed."""
        self.looked += 1
        look = self.looks.pop(0) if self.looks else False
        if isinstance(look, Exception):
            raise look
        return look

    async def now(self, names: set[str]) -> dict[str, int]:
        """The same, as the database has it."""
        return {name: 1 for name in names if name == "duga-1"}


def at_door(bus: Bus, known: Devices | None = None) -> Porter:
    issuer = nkeys.from_seed(new_seed(account=True).encode())
    return Porter(cast(Any, bus), DOOR, cast(Known, known or Devices()), SECRET, issuer)


async def answer(porter: Porter, name: str = "duga-1", word: str | None = None) -> str:
    """Why it is not let in; empty where it is."""
    one = Asked("N", "U", "mqtt", name, name, DOOR.password(SECRET, name, 1) if word is None else word)
    claims = json.loads(decode((await porter._decide(one)).split(".")[1]))
    return str(claims["nats"].get("error", ""))


async def test_a_nats_that_does_not_say_who_reads_is_not_taken_for_a_registry_that_is_away() -> None:
    assert await answer(at_door(Bus(READ))) == ""
    assert await answer(at_door(Bus({"data": {}}))) == Refusal.NOBODY_READS
    assert await answer(at_door(Bus())) == Refusal.READER_UNKNOWN


async def test_a_registry_that_is_away_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise AwayError

    monkeypatch.setattr(Devices, "generation", away)
    assert await answer(at_door(Bus(READ))) == Refusal.REGISTRY_AWAY


@pytest.mark.parametrize("answers", [(), ({"data": {}},)])
async def test_all_who_come_while_it_is_looked_who_reads_wait_for_one_look(answers: tuple[dict[str, Any], ...]) -> None:
    bus = Bus(*answers)
    porter = at_door(bus)
    async with asyncio.timeout(1):  # one after the other they would take twenty
        said = await asyncio.gather(*(answer(porter) for _ in range(200)))
    assert len(set(said)) == 1
    assert len(bus.asked) == 1


async def test_nothing_ends_looking_after_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.0)
    known = Devices(KeyError("data"), json.JSONDecodeError("x", "", 0), OSError(), nats.errors.ConnectionClosedError())
    watching = asyncio.create_task(at_door(Bus(_page()), known).watch())
    await _until(lambda: known.looked > 5)
    assert not watching.done()
    watching.cancel()


async def test_connections_are_looked_at_anyhow_from_time_to_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that came after the kick, past a process that had not heard of it."""
    monkeypatch.setattr(module, "LOOK_S", 0.0)
    monkeypatch.setattr(module, "ANYHOW_S", 0.05)
    bus = Bus(_page())
    watching = asyncio.create_task(at_door(bus).watch())
    await _until(lambda: len(bus.asked) > 1)
    assert bus.ended == []
    bus.answers = (_page(Connection("N1", 7, "duga-9", 1)),)
    await _until(lambda: bus.ended)
    assert bus.ended[0] == 7
    watching.cancel()


async def test_a_kick_that_was_lost_is_tried_again_and_keeps_no_other_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.0)
    monkeypatch.setattr(module, "MOST_KICKED", 1)
    gone = [Connection("N1", 1, "duga-7", 1), Connection("N1", 2, "duga-8", 1), Connection("N1", 3, "duga-1", 2)]
    bus = Bus(_page(*gone), deaf=("N1",))
    watching = asyncio.create_task(at_door(bus).watch())
    await _until(lambda: len(bus.asked) > 2)
    assert bus.ended == []
    bus.deaf = ()
    await _until(lambda: set(bus.ended) == {1, 2, 3})
    watching.cancel()


async def test_a_server_that_does_not_answer_keeps_no_device_of_another_in() -> None:
    bus = Bus(_page(Connection("N1", 1, "duga-7", 1)), _page(Connection("N2", 2, "duga-8", 1)), deaf=("N1",))
    with pytest.raises(nats.errors.TimeoutError):
        await at_door(bus)._show_out()
    assert bus.ended == [2]


@pytest.mark.parametrize("why", Refusal)
def test_operators_are_told_what_each_reason_means(why: Refusal) -> None:
    assert f"| `{why}` |" in (Path(__file__).parents[3] / "docs" / "operate.md").read_text(encoding="utf-8")


def _page(*inside: Connection) -> dict[str, Any]:
    """What a server lists."""
    listed = [
        {"cid": one.number, "type": "mqtt", "authorized_user": f"{one.device}#{one.generation}"} for one in inside
    ]
    return {"server": {"id": inside[0].server if inside else "N1"}, "data": {"connections": listed}}


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)
