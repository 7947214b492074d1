"""The event catalogue: an AsyncAPI 3.0 document of every event of every pillar.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from collections.abc import Iterable
from typing import Any

from google.protobuf.descriptor import Descriptor, FileDescriptor

from proto.codegen import names, schemas
from proto.codegen.contracts import Catalogue, ContractError

Document = dict[str, Any]

# CloudEvents 1.0, binary mode of the NATS protocol binding; the body is the event message itself.
_HEADERS: dict[str, Document] = {
    "ce-specversion": {"type": "string", "const": "1.0", "description": "Version of CloudEvents."},
    "ce-id": {"type": "string", "format": "uuid", "description": "Id of the event (UUIDv7); also Nats-Msg-Id."},
    "ce-source": {"type": "string", "format": "uri-reference", "description": "The pillar that published it."},
    "ce-type": {"type": "string", "description": "Full name of the proto message."},
    "ce-time": {"type": "string", "format": "date-time", "description": "When it happened, UTC."},
    "ce-subject": {"type": "string", "description": "Id of the aggregate it happened to."},
    "ce-sequence": {
        "type": "string",
        "pattern": "^[0-9]+$",
        "description": "Version of the aggregate after the event, in 19 digits: of one subject, texts are in the order "
        "of versions. No zeros lead what 0.1.0 published; beside it, compare them as numbers. Gaps are normal where a "
        "consumer filters.",
    },
    "ce-correlationid": {"type": "string", "description": "The story it belongs to, across pillars."},
    "ce-causationid": {"type": "string", "format": "uuid", "description": "Id of the event that it follows, if any."},
    "ce-exercise": {
        "type": "string",
        "enum": ["true", "false"],
        "description": "Whether it belongs to a drill; drills never count in statistics.",
    },
    "traceparent": {
        "type": "string",
        "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
        "description": "W3C trace context of the action that published it.",
    },
}
_SHARED = "types"  # package of what no pillar has for itself: smartcity.types.v1
_OPTIONAL = {"ce-causationid", "ce-exercise", "traceparent"}
_REQUIRED = [name for name in _HEADERS if name not in _OPTIONAL]


def events_of(files: Iterable[FileDescriptor], catalogue: Catalogue) -> list[Descriptor]:
    """The events of the contracts, by full name.

    Raises ContractError for a message in an `events.proto` that does not say whether it is public.
    """
    events = []
    for file in files:
        for message in file.message_types_by_name.values():
            if catalogue.event_is_public(message) is not None:
                events.append(message)
            elif file.name.endswith("/events.proto"):
                raise ContractError(
                    f"{file.name}: {message.full_name} does not say who may see it; add "
                    "`option (smartcity.types.v1.event).public = true;` (or false)"
                )
    return sorted(events, key=lambda event: event.full_name)


def document(events: list[Descriptor], catalogue: Catalogue, *, version: str) -> Document:
    """The AsyncAPI document of the events."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Events of the city platform",
            "version": version,
            "description": "What the pillars publish. The subject of an event is the full name of its message; that of "
            "a shared one, which every pillar may publish, ends in the name of the pillar that does.",
        },
        "defaultContentType": "application/protobuf",
        "channels": {event.full_name: _channel(event, catalogue) for event in events},
        "operations": {f"publish.{event.full_name}": _operation(event) for event in events},
        "components": {
            "messages": {event.full_name: _message(event, catalogue) for event in events},
            "messageTraits": {"cloudEvent": _cloud_event()},
            "schemas": schemas.with_references(events, catalogue),
        },
    }


def _channel(event: Descriptor, catalogue: Catalogue) -> Document:
    shared = names.pillar(event) == _SHARED
    parameters = {"parameters": {"pillar": {"description": "The pillar that publishes it."}}}
    return {
        "address": f"{event.full_name}.{{pillar}}" if shared else event.full_name,
        **(parameters if shared else {}),
        "title": event.name,
        "description": catalogue.comment(event),
        "messages": {event.name: {"$ref": f"#/components/messages/{event.full_name}"}},
        "tags": [{"name": names.pillar(event)}],
        "x-public": bool(catalogue.event_is_public(event)),
    }


def _operation(event: Descriptor) -> Document:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{event.full_name}"},
        "messages": [{"$ref": f"#/channels/{event.full_name}/messages/{event.name}"}],
        "tags": [{"name": names.pillar(event)}],
    }


def _message(event: Descriptor, catalogue: Catalogue) -> Document:
    return {
        "name": event.full_name,
        "title": event.name,
        "summary": catalogue.comment(event),
        "contentType": "application/protobuf",
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {"$ref": schemas.reference(event, catalogue)},
        "x-public": bool(catalogue.event_is_public(event)),
        "x-proto": {"message": event.full_name, "file": event.file.name},
    }


def _cloud_event() -> Document:
    return {"headers": {"type": "object", "properties": _HEADERS, "required": _REQUIRED}}
