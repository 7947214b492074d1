"""Who may publish and subscribe what on NATS, derived from what the pillars declare. Everything else is refused.

Streams and consumers are made by the administrator (``smartcity migrate``): a user who may create consumers could read
what it did not declare.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deploy.doors import DOORS
from services.kit.door.door import CALLOUT, Door
from services.kit.subjects import inbox_prefix, nudge_subject, publisher

if TYPE_CHECKING:  # the supervisor reads this module too, and stays small
    from services.kit.pillar import Pillar

ADMIN = "admin"
GATEWAY = "gateway"


@dataclass(frozen=True)
class Permissions:
    """Subjects a user may publish and subscribe to; all others are refused. `*` matches one whole token.

    Who ``answers`` may also publish to where a request it got wants its answer, once and soon.
    """

    publish: Sequence[str]
    subscribe: Sequence[str]
    answers: bool = False


def of_pillar(pillar: Pillar, pillars: Collection[Pillar]) -> Permissions:
    """A pillar publishes what its stream holds, and reads the streams it reacts to through consumers made for it.

    That is more than it declares: after a rollback its outbox holds events that only the later version knows, and one
    that is refused would hold up all that come after it.

    ``pillars`` are all there are; who reacts to a shared event may ask which streams hold it (their names, no more).
    """
    publish: list[str] = []
    subscribe = [f"{inbox_prefix(pillar.name)}.>"]
    if pillar.publishes:
        publish += pillar.stream_subjects()
        publish += [nudge_subject(pillar.name)]
        publish += [f"$JS.API.STREAM.INFO.{pillar.name}", f"$JS.API.DIRECT.GET.{pillar.name}"]
        subscribe += [nudge_subject(pillar.name)]
    publish += pillar.subjects
    if any(publisher(name) is None for name in pillar.types_in()):
        publish += ["$JS.API.STREAM.NAMES"]
    for stream in pillar.subjects_in(pillars):
        publish += [f"$JS.API.CONSUMER.{verb}.{stream}.{pillar.name}" for verb in ("INFO", "MSG.NEXT")]
        publish += [f"$JS.ACK.{stream}.{pillar.name}.>"]
    return Permissions(publish, subscribe)


def of_gateway() -> Permissions:
    """The gateway only hears that something changed."""
    return Permissions([], [nudge_subject("*"), f"{inbox_prefix(GATEWAY)}.>"])


def of_admin() -> Permissions:
    """The administrator makes streams and consumers, and reads everything."""
    return Permissions([">"], [">"])


def of_callout() -> Permissions:
    """Who lets in is asked about everybody who comes over MQTT, looks who is connected and reads, and ends connections.

    A user of the system account, which is where both is asked for.
    """
    accounts = [door.topics.account for door in DOORS]
    ask = [f"$SYS.REQ.ACCOUNT.{account}.{what}" for account in accounts for what in ("CONNZ", "JSZ")]
    return Permissions(
        [*ask, "$SYS.REQ.SERVER.*.KICK"], ["$SYS.REQ.USER.AUTH", f"{inbox_prefix(CALLOUT)}.>"], answers=True
    )


def of_reader(door: Door) -> Permissions:
    """Who reads what is sent by a door says nothing. What its session is sent at QoS 1 comes under ``$MQTT.sub``."""
    return Permissions([], [*door.topics.said, "$MQTT.sub.>"])


def of_all(pillars: Mapping[str, Pillar]) -> dict[str, Permissions]:
    """Permissions by user."""
    of_each = {name: of_pillar(pillar, pillars.values()) for name, pillar in pillars.items()}
    return {ADMIN: of_admin(), GATEWAY: of_gateway(), **of_each}
