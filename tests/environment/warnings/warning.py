"""Warnings made for tests: officers of the agency that acts, gauges that speak, and messages as others read them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations, cycle
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree

from services.environment.alarms import actions as alarms
from services.environment.alarms import events as alarm_events
from services.environment.alarms.model import Alarm, End, Kind, cleared
from services.environment.pillar import PILLAR
from services.kit.caller import Caller
from services.kit.events import Event
from services.kit.ids import uuid7
from smartcity.environment.v1 import datastreams_pb2, rules_pb2, things_pb2
from smartcity.environment.v1 import warnings_pb2 as pb
from tests.environment.conftest import DPU
from tests.environment.sensing import Sensing
from tests.fixtures.pillars import Served
from tests.governance.conftest import officer, request_id

BPBD = officer("bpbd")
OTHER = Caller("another-of-bpbd", BPBD.roles, BPBD.agency)
SCHEMA = Path(__file__).parents[1] / "bulletins" / "CAP-v1.2.xsd"
NAMES = {"cap": "urn:oasis:names:tc:emergency:cap:1.2"}
TANJUNG_MAS = "33.74.02.1008"
DADAPSARI = "33.74.02.1009"
ELSEWHERE = cycle(combinations([f"33.74.02.{number}" for number in range(1001, 1010)], 3))
"""Other areas each time: the same ones are warned of once at a time."""
NOTE = "Tanggul Kali Sringin rembes."
LIMITS = {"waspada": 1.0, "siaga": 1.5, "awas": 2.0}
WASPADA, SIAGA, AWAS = pb.WARNING_LEVEL_WASPADA, pb.WARNING_LEVEL_SIAGA, pb.WARNING_LEVEL_AWAS


@cache
def key_and_certificate(days: int = 30) -> tuple[str, str]:
    """A key with its certificate, which ends in some days, as the setting has them, and the certificate alone."""
    key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "BPBD")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(Encoding.PEM).decode()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() + public, public


@cache
def schema() -> etree.XMLSchema:
    """The schema of CAP 1.2, as OASIS has published it."""
    return etree.XMLSchema(etree.parse(SCHEMA))


def texts(body: bytes, path: str) -> list[str]:
    """The texts of elements of a message: ``cap:info/cap:headline``."""
    return [one.text or "" for one in etree.fromstring(body).iterfind(path, NAMES)]


_GOOD: dict[str, dict[str, Any]] = {
    "Reject": {"reason": "Air di lapangan sudah surut."},
    "Update": {"level": AWAS, "hours": 6},
    "Cancel": {"note": "Sensor rusak; air normal."},
}


@dataclass
class Warnings:
    """The running pillar, as the agency that warns uses it."""

    served: Served
    streams: dict[str, datastreams_pb2.Datastream] = field(default_factory=dict)
    rules: dict[tuple[str, str], rules_pb2.Rule] = field(default_factory=dict)

    @property
    def sensing(self) -> Sensing:
        """The same pillar for those who measure."""
        return Sensing(self.served)

    async def call(self, request: Any, caller: Caller = BPBD) -> Any:
        """Calls the RPC that takes a request. Raises RefusedError."""
        return await self.sensing.call(request, caller)

    async def propose(self, caller: Caller = BPBD, **fields: Any) -> pb.Warning:
        """A warning of a tidal flood in Tanjung Mas, unless told otherwise."""
        given: dict[str, Any] = {"request_id": request_id(), "level": SIAGA, "hours": 6}
        if not fields.get("zone"):
            given |= {"areas": [TANJUNG_MAS], "hazard": pb.WARNING_HAZARD_ROB}
        request = pb.ProposeWarningRequest(**{**given, **fields})
        made: pb.Warning = (await self.call(request, caller)).warning
        return made

    async def act(self, verb: str, warning: pb.Warning, caller: Caller = BPBD, **fields: Any) -> pb.Warning:
        """Approve, Reject, Update, Clear or Cancel with the etag of the warning."""
        good = _GOOD.get(verb, {})
        request = getattr(pb, f"{verb}WarningRequest")(
            **{"request_id": request_id(), "id": warning.id, "etag": warning.etag, **good, **fields}
        )
        done: pb.Warning = (await self.call(request, caller)).warning
        return done

    async def in_force(self, **fields: Any) -> pb.Warning:
        """A warning that one officer proposed and another approved, unless it is night and one alone may."""
        made = await self.propose(**fields)
        return await self.act("Approve", made, OTHER) if made.HasField("proposal") else made

    async def ended(self, verb: str, warning: pb.Warning) -> pb.Warning:
        """The warning after two officers have cleared or cancelled it."""
        return await self.act("Approve", await self.act(verb, warning), OTHER)

    async def read(self, id_: str, caller: Caller = BPBD) -> pb.Warning:
        """A warning as somebody sees it."""
        found: pb.Warning = (await self.call(pb.GetWarningRequest(id=id_), caller)).warning
        return found

    async def listed(self, caller: Caller = BPBD, **fields: Any) -> list[pb.Warning]:
        """The published warnings."""
        return list((await self.call(pb.ListWarningsRequest(**fields), caller)).warnings)

    async def only(self) -> pb.Warning:
        """The one warning that there is, published or not."""
        row = await self.served.runtime.pool.fetchrow("SELECT id FROM warning")
        assert row is not None
        return await self.read(str(row["id"]))

    async def body(self, warning: pb.Warning, number: int) -> bytes:
        """A message as it was published."""
        request = pb.GetWarningMessageRequest(id=warning.id, number=str(number))
        body: bytes = (await self.call(request)).message.body
        return body

    async def bodies(self, warning: pb.Warning) -> list[bytes]:
        """All messages of a warning, the oldest first."""
        return [await self.body(warning, one.number) for one in (await self.read(warning.id)).messages]

    async def alarm(self, thing: str, rule: str) -> Alarm:
        """A gauge's rule opens an alarm."""
        stream, of = await self._stream(thing), (await self.rule(thing, rule)).id
        opened = Alarm(
            rule=UUID(of), rule_name=rule, kind=Kind.THRESHOLD, datastream=UUID(stream.id), unit="m",
            thing=UUID(stream.thing), thing_code=thing, thing_name=thing, area=TANJUNG_MAS, made_up=False, id=uuid7(),
            value=2.0, opened_at=self.served.now, created_at=self.served.now,
        )  # fmt: skip
        async with self.served.runtime.transaction() as tx:
            await alarms.record(tx, [opened], [])
        await self.opened(opened)
        return opened

    async def opened(self, alarm: Alarm) -> None:
        """The news of an alarm comes, for the first time or again."""
        await self._happens(alarm_events.opened(alarm, self.served.runtime.city), 1)

    async def over(self, alarm: Alarm, why: End = End.READINGS) -> None:
        """The alarm is over."""
        done = cleared(alarm, self.served.now, self.served.now, why)
        async with self.served.runtime.transaction() as tx:
            await alarms.record(tx, [], [done])
        await self._happens(alarm_events.cleared(done, self.served.runtime.city), 2)

    async def _happens(self, message: Any, version: int) -> None:
        """Runs the pillar's reactions to an event of its own, as the consumer does."""
        event: Event[Any] = Event(
            id=uuid7(),
            type=message.DESCRIPTOR.full_name,
            source="/smartcity/semarang/environment",
            time=self.served.now,
            aggregate=message.id,
            version=version,
            correlation=f"story of {message.id}",
            causation=None,
            exercise=False,
            traceparent=None,
            message=message,
        )
        async with self.served.runtime.transaction() as tx:
            for reaction in PILLAR.reactions:
                if isinstance(message, reaction.event):
                    await reaction.handle(tx, event)

    async def _stream(self, thing: str) -> datastreams_pb2.Datastream:
        if thing not in self.streams:
            made = await self.sensing.thing(thing)
            self.streams[thing] = await self.sensing.datastream(made)
        return self.streams[thing]

    async def rule(self, thing: str, name: str) -> rules_pb2.Rule:
        """A rule of a gauge, as it was made."""
        await self._stream(thing)
        if (thing, name) not in self.rules:
            request = rules_pb2.AddRuleRequest(
                request_id=request_id(), datastream=self.streams[thing].id, name=name, reason=NOTE,
                kind=rules_pb2.RULE_KIND_THRESHOLD,
                terms=rules_pb2.RuleTerms(clock=rules_pb2.RULE_CLOCK_PHENOMENON, limit=LIMITS.get(name, 1.0)),
            )  # fmt: skip
            self.rules[thing, name] = (await self.call(request, DPU)).rule
        return self.rules[thing, name]

    async def pause(self, thing: str, name: str) -> None:
        """The rule sleeps."""
        rule = await self.rule(thing, name)
        request = rules_pb2.ChangeRuleRequest(
            request_id=request_id(), id=rule.id, etag=rule.etag, terms=rule.terms, paused=True, reason=NOTE
        )
        await self.call(request, DPU)

    async def retire(self, thing: str) -> None:
        """The gauge measures no more."""
        found = (await self.call(things_pb2.GetThingRequest(id=self.streams[thing].thing), DPU)).thing
        request = things_pb2.RetireThingRequest(request_id=request_id(), id=found.id, etag=found.etag, reason=NOTE)
        await self.call(request, DPU)


def state(warning: pb.Warning) -> str:
    """The state's name in lower case."""
    return pb.WarningState.Name(warning.state).removeprefix("WARNING_STATE_").lower()


def level(warning: pb.Warning) -> str:
    """The level's name in lower case."""
    return pb.WarningLevel.Name(warning.level).removeprefix("WARNING_LEVEL_").lower()
