"""Who is asked about, what is answered, and what who comes in may do. Pure.

The wire is NATS's own (docs.nats.io, "Auth Callout"; claims of nats-io/jwt version 2): requests and answers are JWTs
signed with NKeys.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct, field

from services.kit.door.door import Door
from services.kit.mqtt import passwords
from services.kit.signing import decode, encode

MOST_BYTES = 16 * 1024
"""Of one request."""
LONGEST_PASSWORD = 64
LIFETIME_S = (1800, 3600)
"""How long somebody is let in, between these two: they connect anew then, and not all at once."""
_MOST_SUBSCRIPTIONS = 4
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME = 40
_HEADER = encode(b'{"typ":"JWT","alg":"ed25519-nkey"}')

Sign = Callable[[bytes], bytes]


class Refusal(StrEnum):
    """Why nobody comes in; said in the log of NATS and in ours. MQTT itself says no more than "not authorized"."""

    NO_DEVICE = "NO_DEVICE"
    """It does not come over MQTT, or its name is none that devices have."""
    CLIENT_ID_WRONG = "CLIENT_ID_WRONG"
    """A session belongs to whoever names its client id: it must be one's own name, so that nobody takes another's."""
    DEVICE_UNKNOWN = "DEVICE_UNKNOWN"
    PASSWORD_WRONG = "PASSWORD_WRONG"  # noqa: S105 - a reason
    REGISTRY_AWAY = "REGISTRY_AWAY"
    """The database does not answer."""
    NOBODY_READS = "NOBODY_READS"
    """The pillar has never read what is published here."""
    READER_UNKNOWN = "READER_UNKNOWN"
    """NATS does not say whether it has."""


class _Server(Struct):
    id: str


class _Client(Struct):
    type: str = ""
    mqtt_id: str = ""


class _Given(Struct):
    user: str = ""
    password: str = field(default="", name="pass")


class _Request(Struct):
    server_id: _Server
    user_nkey: str
    client_info: _Client
    connect_opts: _Given


class _Claims(Struct):
    nats: _Request


_decoder = msgspec.json.Decoder(_Claims)


@dataclass(frozen=True)
class Asked:
    """Somebody who wants to come in: a key that the server has made for them, and what they say of themselves."""

    server: str
    user_key: str
    over: str
    client: str
    name: str
    password: str


class Connection(NamedTuple):
    """Somebody's open connection: at which server, its number there, and the generation of the password used."""

    server: str
    number: int
    device: str
    generation: int


def asked(token: bytes) -> Asked:
    """What a request says; who may send one is the server's alone to say. Errors: ValueError."""
    if len(token) > MOST_BYTES:
        raise ValueError("too large")
    try:
        claims = _decoder.decode(decode(token.decode("ascii").split(".")[1]))
    except (msgspec.DecodeError, IndexError) as error:
        raise ValueError("not a request") from error
    request = claims.nats
    given, client = request.connect_opts, request.client_info
    return Asked(request.server_id.id, request.user_nkey, client.type, client.mqtt_id, given.user, given.password)


def stranger(door: Door, one: Asked) -> Refusal | None:
    """Why it can be nobody of a door's, before anything is looked up."""
    bare = door.bare(one.name)
    if (
        one.over != "mqtt"
        or not one.name.startswith(door.prefix)
        or len(bare) > _LONGEST_NAME
        or not _NAME.fullmatch(bare)
    ):
        return Refusal.NO_DEVICE
    if one.client != one.name:
        return Refusal.CLIENT_ID_WRONG
    return Refusal.PASSWORD_WRONG if len(one.password) > LONGEST_PASSWORD else None


def doubt(door: Door, one: Asked, generation: int | None, secret: bytes) -> Refusal | None:
    """Why it may not come in, by the generation of its password; None where nobody of that name may."""
    if generation is None:
        return Refusal.DEVICE_UNKNOWN
    known = passwords.proves(secret, door.kind, door.bare(one.name), generation, one.password)
    return None if known else Refusal.PASSWORD_WRONG


def admission(door: Door, one: Asked, generation: int, issuer: str, now: int, until: int, sign: Sign) -> str:
    """Lets somebody in until a moment (seconds since 1970): what they say and hear lies below their own topic."""
    topics, name = door.topics, door.bare(one.name)
    user = {
        "sub": one.user_key,
        "aud": topics.account,
        "name": f"{one.name}#{generation}",
        "exp": until,
        "nats": {
            "type": "user",
            "version": 2,
            "allowed_connection_types": ["MQTT"],
            "pub": {"allow": [topics.subject(name, what) for what in topics.says]},
            "sub": _only([topics.subject(name, what) for what in topics.hears]),
            "subs": _MOST_SUBSCRIPTIONS,
            "data": -1,
            "payload": -1,
        },
    }
    return _answer(one, {"jwt": _signed(user, issuer, now, sign)}, issuer, now, sign)


def refused(one: Asked, why: Refusal, issuer: str, now: int, sign: Sign) -> str:
    """Refuses somebody."""
    return _answer(one, {"error": str(why)}, issuer, now, sign)


def connections(door: Door, server: str, listed: list[dict[str, Any]]) -> list[Connection]:
    """Who came in by a door, among the connections that a server lists."""
    found = []
    for each in listed:
        user, _, generation = str(each.get("authorized_user", "")).partition("#")
        if each.get("type") == "mqtt" and generation.isdecimal():
            found.append(Connection(server, each["cid"], door.bare(user), int(generation)))
    return found


def is_read(door: Door, answer: dict[str, Any]) -> bool:
    """Whether a server's account of its streams (JSZ) has a session that reads what is said by who comes in."""
    wanted = f"$MQTT.msgs.{door.topics.subject('*', door.listens)}"
    streams = (answer.get("data") or {}).get("stream_detail") or []
    readers = [reader for stream in streams for reader in stream.get("consumer_detail") or []]
    return any(reader.get("config", {}).get("filter_subject") == wanted for reader in readers)


def _only(subjects: list[str]) -> dict[str, list[str]]:
    """Those subjects: an empty list would allow all of them."""
    return {"allow": subjects} if subjects else {"deny": [">"]}


def _answer(one: Asked, what: dict[str, str], issuer: str, now: int, sign: Sign) -> str:
    claims = {"type": "authorization_response", "version": 2, **what}
    return _signed({"sub": one.user_key, "aud": one.server, "nats": claims}, issuer, now, sign)


def _signed(claims: dict[str, Any], issuer: str, now: int, sign: Sign) -> str:
    whole = {**claims, "iss": issuer, "iat": now}
    whole["jti"] = sha256(msgspec.json.encode(whole)).hexdigest()[:32]
    text = f"{_HEADER}.{encode(msgspec.json.encode(whole))}"
    return f"{text}.{encode(sign(text.encode()))}"
