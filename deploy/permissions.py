"""Who may publish and subscribe what on NATS, derived from what the pillars declare. Everything else is refused.

Streams and consumers are made by the administrator (``smartcity migrate``): a user who may create consumers could read
what it did not declare.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.kit.bus import inbox_prefix
from services.kit.pillar import Pillar
from services.kit.runtime import nudge_subject

ADMIN = "admin"
GATEWAY = "gateway"


@dataclass(frozen=True)
class Permissions:
    """Subjects a user may publish and subscribe."""

    publish: list[str]
    subscribe: list[str]


def of_pillar(pillar: Pillar) -> Permissions:
    """A pillar publishes its own events, and reads the streams it reacts to through consumers made for it."""
    publish: list[str] = []
    subscribe = [f"{inbox_prefix(pillar.name)}.>"]
    if pillar.publishes:
        publish += pillar.subjects_out()
        publish += [nudge_subject(pillar.name)]
        publish += [f"$JS.API.STREAM.INFO.{pillar.name}", f"$JS.API.DIRECT.GET.{pillar.name}"]
        subscribe += [nudge_subject(pillar.name)]
    for stream in pillar.subjects_in():
        publish += [f"$JS.API.CONSUMER.{verb}.{stream}.{pillar.name}" for verb in ("INFO", "MSG.NEXT")]
        publish += [f"$JS.ACK.{stream}.{pillar.name}.>"]
    return Permissions(publish, subscribe)


def of_gateway() -> Permissions:
    """The gateway only hears that something changed."""
    return Permissions([], [nudge_subject("*"), f"{inbox_prefix(GATEWAY)}.>"])


def of_admin() -> Permissions:
    """The administrator makes streams and consumers, and reads everything."""
    return Permissions([">"], [">"])


def of_all(pillars: Mapping[str, Pillar]) -> dict[str, Permissions]:
    """Permissions by user."""
    return {ADMIN: of_admin(), GATEWAY: of_gateway(), **{name: of_pillar(pillar) for name, pillar in pillars.items()}}
