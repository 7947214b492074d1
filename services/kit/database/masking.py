"""What idempotency may know of a request: all that is asked, and nothing of a person.

A digest of each write is kept, for a week or for ever, and there are few enough numbers, names and addresses to try all
of them. In the place of each value that the contract calls ``personal`` comes a digest under a key that is not in the
database.
"""

import hmac
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from smartcity.types.v1 import edge_pb2
from smartcity.types.v1.origin_pb2 import Origin

M = TypeVar("M", bound=Message)
_Step = Callable[[Any, bytes | None], None]


def key_of(secret: bytes, purpose: str) -> bytes:
    """The key of a pillar's requests, made of its secret; ``purpose`` tells it from others of that secret."""
    return hmac.digest(secret, purpose.encode(), "sha256")


def masked(request: M, key: bytes | None) -> M:
    """The request without where it comes from: who asks again may be in another network by then. Personal data in it is
    masked; left as it is where there is no key. One that holds neither is given back itself.
    """
    steps = _steps(request.DESCRIPTOR)
    if not steps:
        return request
    shown = type(request)()
    shown.CopyFrom(request)
    for step in steps:
        step(shown, key)
    return shown


@cache
def _steps(message: Descriptor) -> tuple[_Step, ...]:
    """What is done with the messages of a kind, decided once."""
    found: list[_Step] = []
    for field in message.fields:
        if field.message_type is Origin.DESCRIPTOR:
            found.append(_leaving_out(field))
        elif field.message_type is not None:
            if inner := _steps(field.message_type):
                found.append(_within(field, inner))
        elif field.GetOptions().Extensions[edge_pb2.rules].personal:
            found.append(_masking(field))
    return tuple(found)


def _leaving_out(field: FieldDescriptor) -> _Step:
    return lambda message, _: message.ClearField(field.name)


def _within(field: FieldDescriptor, steps: tuple[_Step, ...]) -> _Step:
    name, many = field.name, field.is_repeated

    def go_on(message: Any, key: bytes | None) -> None:
        given = getattr(message, name) if many else [getattr(message, name)] if message.HasField(name) else []
        for one in given:
            for step in steps:
                step(one, key)

    return go_on


def _masking(field: FieldDescriptor) -> _Step:
    name, many = field.name, field.is_repeated

    def mask(message: Any, key: bytes | None) -> None:
        given = getattr(message, name)
        if key is None or not given:  # that nothing was given tells of nobody, and is the same under every key
            return
        if many:
            given[:] = [_digest(key, text) for text in given]
        else:
            setattr(message, name, _digest(key, given))

    return mask


def _digest(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()
