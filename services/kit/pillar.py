"""A pillar: its whole wiring as one value."""

import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from google.protobuf.descriptor import FileDescriptor, ServiceDescriptor
from google.protobuf.message import Message

from services.kit.caller import Access
from services.kit.events.consumer import Before, Handler, Together
from services.kit.gauges import Gauges
from services.kit.rpc import contract
from services.kit.rpc import serving as rpc
from services.kit.runtime import Runtime
from services.kit.settings import Settings
from services.kit.subjects import event_subject, publisher


@dataclass(frozen=True)
class Reaction:
    """What this pillar does when an event arrives: another pillar's, a shared one (``kit/subjects.py``), or its own.

    Several for one event run in the order declared, in one transaction.
    """

    event: type[Message]
    handle: Handler
    before: Before | None = None
    """What is done first for all such events of a batch (see ``kit/events/consumer.py``); one for each event."""
    together: Together | None = None
    """What takes the place of ``handle`` for events of a batch that follow one another, of whatever types share it: one
    statement for all instead of one for each. It is told of no causation: what emits events is done one by one. Only
    for the one reaction to an event.
    """


@dataclass(frozen=True)
class Timer:
    """What falls due by itself: ``run`` every so often, by one process at a time."""

    name: str
    every: timedelta
    run: Callable[[Runtime], Awaitable[None]]


@dataclass(frozen=True)
class Job:
    """What goes on for as long as one process at a time owns it: ``run`` is cancelled when the lease is lost.

    The runtime that it is given is fenced: what it writes commits only while this process owns it.
    """

    name: str
    run: Callable[[Runtime], Awaitable[None]]
    wanted: Callable[[Any], bool] = lambda _: True
    """Asks the pillar's settings whether there is anything to do here."""


@dataclass(frozen=True)
class Pillar:
    """All that a pillar is to the platform."""

    name: str
    migrations: Path
    publishes: Sequence[FileDescriptor] = ()
    serves: Sequence[ModuleType] = ()
    """The modules whose functions serve RPCs (``kit/rpc/serving.py``)."""
    reactions: Sequence[Reaction] = ()
    timers: Sequence[Timer] = ()
    jobs: Sequence[Job] = ()
    subjects: Sequence[str] = ()
    """What it publishes beside its events: subjects of no stream, such as what devices are told."""
    readers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Roles of processes beside the pillar's own, which read some of its tables and do nothing else there."""
    gauges: Sequence[Gauges] = ()
    settings: type[Settings] = Settings
    prepare: Callable[[Runtime], contextlib.AbstractAsyncContextManager[Any]] | None = None
    """Opens the pillar's own resources; what it yields becomes ``runtime.extra``."""

    def types_out(self) -> list[str]:
        """Full names of the events this pillar publishes."""
        return sorted(m.full_name for file in self.publishes for m in file.message_types_by_name.values())

    def stream_subjects(self) -> list[str]:
        """What this pillar's stream holds: all events of its own, and the shared ones that it publishes."""
        shared = [event_subject(name, self.name) for name in self.types_out() if publisher(name) is None]
        return [f"smartcity.{self.name}.v1.>", *shared]

    def types_in(self) -> list[str]:
        """Full names of the events this pillar reacts to."""
        return sorted({reaction.event.DESCRIPTOR.full_name for reaction in self.reactions})

    def subjects_in(self, pillars: "Collection[Pillar]") -> Mapping[str, list[str]]:
        """Subjects of the events this pillar reacts to, by the stream (pillar) they come from.

        ``pillars`` are all there are: a shared event comes from each of them that publishes it.
        """
        found: dict[str, list[str]] = defaultdict(list)
        for name in self.types_in():
            only = publisher(name)
            for stream in [one.name for one in pillars if name in one.types_out()] if only is None else [only]:
                found[stream].append(event_subject(name, stream))
        return found

    def served(self) -> Mapping[ServiceDescriptor, list[rpc.Served]]:
        """The services of this pillar and what serves each of their RPCs."""
        return rpc.served(self.serves)

    def access(self) -> Mapping[str, Access]:
        """Tables of permissions by the service's full name."""
        return contract.access(self.served())
