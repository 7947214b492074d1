"""Contents and messages, the one out of the other: by the descriptor alone, without the decoder."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from google.protobuf.message import Message

from services.kit.rpc.rules import Field, fields_of
from services.kit.rpc.text import clean
from tests.gateway.rest.contents import Contents, every_value, is_time

NOTHING: tuple[Any, ...] = (None, "", 0, False, [])


def filled(message: Any, held: Contents) -> Any:
    """The message with these contents; a number may stand for an enum's value."""
    for field in fields_of(message.DESCRIPTOR):
        name = field.descriptor.name
        value = held.get(name)
        if value is None:
            continue
        if not field.descriptor.is_repeated:
            _set(message, field, value)
        elif field.descriptor.message_type is not None:
            for each in value:
                filled(getattr(message, name).add(), each)
        else:
            getattr(message, name).extend(_scalar(field, each) for each in value)
    return message


def _set(message: Any, field: Field, value: Any) -> None:
    name = field.descriptor.name
    if is_time(field):
        getattr(message, name).FromDatetime(datetime.fromisoformat(value))
    elif field.descriptor.message_type is not None:
        getattr(message, name).SetInParent()
        filled(getattr(message, name), value)
    else:
        setattr(message, name, _scalar(field, value))


def _scalar(field: Field, value: Any) -> Any:
    return every_value(field)[value] if field.descriptor.enum_type is not None and isinstance(value, str) else value


def shown(message: Message) -> Contents:
    """What a message holds, as contents; what is not set, or zero, is not there."""
    return {field.name: _shown(Field(field), value) for field, value in message.ListFields()}


def _shown(field: Field, value: Any) -> Any:
    if field.descriptor.is_repeated:
        return [_shown_one(field, each) for each in value]
    return _shown_one(field, value)


def _shown_one(field: Field, value: Any) -> Any:
    if is_time(field):
        return value.ToDatetime().isoformat() + "+00:00"
    if field.descriptor.message_type is not None:
        return shown(value)
    if field.descriptor.enum_type is not None:
        return next(name for name, number in every_value(field).items() if number == value)
    return value


def handed_on(fields: Iterable[Field], held: Contents, *, trimmed: bool) -> Contents:
    """What a message holds that came of these contents: texts of bodies trimmed, constants and defaults put in."""
    found: Contents = {}
    for field in fields:
        value = held.get(field.descriptor.name)
        if value is None:
            value = _constant(field, field.rules.fixed or field.rules.otherwise)
        else:
            value = _each(field, value, lambda one, f=field: _handed_on(f, one, trimmed))
        if field.rules.dropped:
            continue
        if (field.descriptor.has_presence and value is not None) or value not in NOTHING:
            found[field.descriptor.name] = value
    return found


def _constant(field: Field, text: str) -> Any:
    return int(text) if text and field.is_number else text or None


def _handed_on(field: Field, value: Any, trimmed: bool) -> Any:
    if isinstance(value, dict):
        kind = field.descriptor.message_type
        assert kind is not None
        return handed_on(fields_of(kind), value, trimmed=trimmed)
    return value.strip() if trimmed and isinstance(value, str) and not field.rules.verbatim else value


def cleaned(fields: Iterable[Field], held: Contents) -> Contents:
    """What the pillar acts on: free text as it can be stored and seen."""
    found: Contents = {}
    for field in fields:
        if field.descriptor.name in held:
            value = _each(field, held[field.descriptor.name], lambda one, f=field: _cleaned(f, one))
            if field.descriptor.has_presence or value not in NOTHING:
                found[field.descriptor.name] = value
    return found


def _cleaned(field: Field, value: Any) -> Any:
    if isinstance(value, dict):
        kind = field.descriptor.message_type
        assert kind is not None
        return cleaned(fields_of(kind), value)
    return cleaned_text(value) if field.rules.words else value


def cleaned_text(text: str) -> str:
    """Free text as the kit cleans it, which its own tests hold."""
    return clean(text)


def _each(field: Field, value: Any, act: Any) -> Any:
    return [act(one) for one in value] if field.descriptor.is_repeated else act(value)
