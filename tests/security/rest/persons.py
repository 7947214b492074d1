"""What requests tell of persons, by their contracts, and what idempotency keeps of the answers."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor

from deploy.pillars import NAMES
from gateway.rest.routes import routes
from services.kit.rpc.rules import fields_of
from tests.fixtures.house import House
from tests.security.rest.api import Call

_ROUTES = {route.operation: route for route in routes()}
_KEPT = " UNION ALL ".join(f"SELECT rpc, answer FROM {name}.idempotency_key" for name in NAMES)


def told(call: Call) -> set[str]:
    """Names, addresses and numbers in the body of a request."""
    route = _ROUTES.get(call.operation)
    if route is None or not route.body:
        return set()
    return set(_personal(route.rpc.method.input_type, call.body if route.body == "*" else {route.body: call.body}))


async def kept(house: House, values: set[str]) -> set[tuple[str, str]]:
    """Which of the values stand in an answer that is kept, and of what."""
    database = await house.database()
    try:
        answers = await database.fetch(_KEPT)
    finally:
        await database.close()
    return {(row["rpc"], each) for row in answers for each in values if each.encode() in (row["answer"] or b"")}


def _personal(message: Descriptor, body: Any) -> Iterator[str]:
    for field in fields_of(message):
        for value in _values(body, field.descriptor.name):
            if field.descriptor.message_type is not None:
                yield from _personal(field.descriptor.message_type, value)
            elif field.rules.personal and value:
                yield str(value)


def _values(body: Any, name: str) -> list[Any]:
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, list) else [] if value is None else [value]
