"""The rules of fields: what the contract says is taken, checked alike at the edge and in the pillar.

The terms are protovalidate's (``Rules`` of ``smartcity/types/v1/edge.proto``). A field is cleaned first and measured
then; what is not given is not checked, unless it is required.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from services.kit.errors import invalid
from services.kit.rpc.contract import enum_names
from services.kit.rpc.text import clean, piled, unreadable
from smartcity.types.v1 import edge_pb2

REASON = "INVALID_REQUEST"
"""Of a refusal whose rule names none."""
_NUMBERS = {
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
    FieldDescriptor.CPPTYPE_DOUBLE,
    FieldDescriptor.CPPTYPE_FLOAT,
}
_FRACTIONS = {FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT}
_FAR = 1e15
"""Where a fraction is no longer written out."""
_MOST = 2**63 - 1
"""The last whole number that the fields of our contracts hold."""


class Fault(NamedTuple):
    """A field that is not taken."""

    path: str
    """Where, as JSON has it: ``contact.email``, ``photos.2``."""
    message: str
    """What is wrong and how to mend it, to follow the path: "has 3 characters; give at least 10"."""
    reason: str = REASON


@dataclass(frozen=True)
class Field:
    """A field of a request with its rules."""

    descriptor: FieldDescriptor

    @cached_property
    def rules(self) -> edge_pb2.Rules:
        """What the contract says of it."""
        return self.descriptor.GetOptions().Extensions[edge_pb2.rules]

    @cached_property
    def name(self) -> str:
        """Its name over HTTP."""
        return self.rules.name or self.descriptor.name

    @cached_property
    def path(self) -> str:
        """Where it stands in a body: its name, inside the object that it stands in."""
        return f"{self.rules.inside}.{self.name}" if self.rules.inside else self.name

    @cached_property
    def reason(self) -> str:
        """Reason of the pillar's refusal."""
        return self.rules.reason or REASON

    @cached_property
    def is_text(self) -> bool:
        """Whether its values are texts."""
        return self.descriptor.type == FieldDescriptor.TYPE_STRING

    @cached_property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return self.descriptor.cpp_type in _NUMBERS

    @cached_property
    def is_whole(self) -> bool:
        """Whether they are whole numbers."""
        return self.descriptor.cpp_type in _NUMBERS - _FRACTIONS

    @cached_property
    def names(self) -> Mapping[str, int]:
        """Values of its enum by their JSON names; the one for "not given" has none."""
        return enum_names(self.descriptor.enum_type) if self.descriptor.enum_type is not None else {}

    @cached_property
    def numbers(self) -> frozenset[int]:
        """Values of its enum that are taken."""
        only = getattr(self.rules, "in")
        return frozenset(number for name, number in self.names.items() if not only or name in only)

    def wrong(self, value: Any) -> str:
        """What is wrong with one given value, that of a list included; empty when nothing is."""
        if self.is_text:
            return self._text(value)
        if self.is_number:
            return self._number(value)
        if self.names and value not in self.numbers:
            return f"is none of: {', '.join(name for name, number in self.names.items() if number in self.numbers)}"
        return ""

    def miscounted(self, count: int) -> str:
        """What is wrong with the number of items of a list; one that is empty is not given."""
        if not count and not self.rules.required:
            return ""
        return _miscounted("item", count, max(self.rules.min_items, int(self.rules.required)), self.rules.max_items)

    def _text(self, text: str) -> str:
        rules = self.rules
        # Free text was cleaned before, and is empty if nothing of it is seen.
        if not (rules.words or rules.verbatim) and (wrong := unreadable(text)):
            return wrong
        if wrong := _miscounted("character", len(text), max(rules.min_len, int(rules.required)), rules.max_len):
            return wrong
        if not rules.verbatim and (wrong := piled(text)):
            return wrong
        if rules.pattern and text and not self._pattern.fullmatch(text):
            return f"is not of the form {rules.pattern}"
        only = getattr(rules, "in")
        if only and text not in only:
            return f"is none of: {', '.join(only)}"
        return ""

    def _number(self, value: float) -> str:
        rules = self.rules
        # Said so that NaN, which is neither, is out of every range.
        if (rules.HasField("gte") and not value >= rules.gte) or (rules.HasField("lte") and not value <= rules.lte):
            least = _shown(rules.gte) if rules.HasField("gte") else ""
            most = _shown(rules.lte) if rules.HasField("lte") else ""
            span = f"{least} to {most}" if least and most else f"at least {least}" if least else f"at most {most}"
            return f"is {_shown(value)}; give {span}"
        return ""

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.rules.pattern)


def _miscounted(what: str, count: int, least: int, most: int) -> str:
    """What is wrong with the number of characters or items; empty when nothing is."""
    if count >= least and (not most or count <= most):
        return ""
    wanted = f"at least {least:,}" if not most else f"{least:,} to {most:,}" if least else f"at most {most:,}"
    if count:
        return f"has {count:,} {what}{'s' if count > 1 else ''}; give {wanted}"
    if least == 1 and not most:
        return "is empty; give some text" if what == "character" else "is empty; give at least one"
    return f"is empty; give {wanted} {what}s"


def _shown(number: float) -> str:
    """As people write it. Example: 4,611,686,018,427,387,904"""
    if isinstance(number, int) or (number.is_integer() and abs(number) <= 2.0**63):
        return f"{min(int(number), _MOST):,}"  # the contract has limits as doubles, which round the last of them up
    if abs(number) < _FAR:
        return f"{number:,}"
    return f"{number:g}" if number == number else "no number"  # NaN alone is not what it is


@cache
def fields_of(message: Descriptor) -> tuple[Field, ...]:
    """The fields of a message with their rules."""
    return tuple(Field(field) for field in message.fields)


def checked(request: Message) -> Message:
    """The request as the pillar acts on it: its free text cleaned, if there is any; the request itself stays.

    Raises INVALID with the reason of the first rule that does not hold.
    """
    plan = _plan(request.DESCRIPTOR)
    if plan.cleans:
        fresh = type(request)()
        fresh.CopyFrom(request)
        request = fresh
        for cleaning in plan.cleans:
            cleaning(request)
    for fault in plan.faults(request):
        raise invalid(fault.reason, f"{fault.path} {fault.message}.", field=fault.path)
    return request


def faults(request: Message) -> list[Fault]:
    """All that would not be taken of a request whose free text is clean, in the order of its fields."""
    return list(_plan(request.DESCRIPTOR).faults(request))


class _Plan:
    """What is done with the messages of a kind, decided once."""

    def __init__(self, message: Descriptor) -> None:
        self.cleans: list[Callable[[Any], None]] = []
        self.checks: list[Callable[[Any], Iterator[Fault]]] = []
        for field in fields_of(message):
            inner = field.descriptor.message_type
            if inner is not None:
                self._nest(field, _plan(inner))
                continue
            if field.rules.words:
                self.cleans.append(_cleaner(field))
            # Of a key its own room says what is wrong (``database/idempotency.py``).
            named = field.is_text and field.name != "request_id"
            if field.rules.ByteSize() or field.names or named:
                self.checks.append(_list_checker(field) if field.descriptor.is_repeated else _checker(field))

    def faults(self, message: Message) -> Iterator[Fault]:
        """What is not taken, field by field."""
        for check in self.checks:
            yield from check(message)

    def _nest(self, field: Field, plan: "_Plan") -> None:
        if plan.cleans:
            self.cleans.append(_inner_cleaner(field, plan))
        if field.descriptor.is_repeated and (plan.checks or field.rules.ByteSize()):
            self.checks.append(_list_checker(field, plan))
        elif plan.checks or field.rules.required:
            self.checks.append(_inner_checker(field, plan))


@cache
def _plan(message: Descriptor) -> _Plan:
    return _Plan(message)


def _cleaner(field: Field) -> Callable[[Any], None]:
    name, many = field.descriptor.name, field.descriptor.is_repeated

    def clean_field(message: Any) -> None:
        given = getattr(message, name)
        if many:
            given[:] = [clean(text) for text in given]
        elif given:
            setattr(message, name, clean(given))

    return clean_field


def _inner_cleaner(field: Field, plan: _Plan) -> Callable[[Any], None]:
    name, many = field.descriptor.name, field.descriptor.is_repeated

    def clean_inner(message: Any) -> None:
        given = getattr(message, name) if many else [getattr(message, name)] if message.HasField(name) else []
        for one in given:
            for cleaning in plan.cleans:
                cleaning(one)

    return clean_inner


def _checker(field: Field) -> Callable[[Any], Iterator[Fault]]:
    name = field.descriptor.name
    # Zero may be meant where a number is required or has a value of its own for being left out; of an enum it never is.
    always = field.rules.required or (field.is_number and bool(field.rules.otherwise))
    told = field.is_number and field.descriptor.has_presence

    def check(message: Any) -> Iterator[Fault]:
        value = getattr(message, name)
        given = value or always or (told and message.HasField(name))
        if given and (text := field.wrong(value)):
            yield Fault(field.path, text, field.reason)

    return check


def _inner_checker(field: Field, plan: _Plan) -> Callable[[Any], Iterator[Fault]]:
    name = field.descriptor.name

    def check(message: Any) -> Iterator[Fault]:
        if message.HasField(name):
            for fault in plan.faults(getattr(message, name)):
                yield fault._replace(path=f"{field.path}.{fault.path}")
        elif field.rules.required:
            yield Fault(field.path, "is missing", field.reason)

    return check


def _list_checker(field: Field, plan: _Plan | None = None) -> Callable[[Any], Iterator[Fault]]:
    name = field.descriptor.name

    def check(message: Any) -> Iterator[Fault]:
        items = getattr(message, name)
        if text := field.miscounted(len(items)):
            yield Fault(field.path, text, field.reason)
        for place, one in enumerate(items):
            if plan is not None:
                for fault in plan.faults(one):
                    yield fault._replace(path=f"{field.path}.{place}.{fault.path}")
            elif text := field.wrong(one):
                yield Fault(f"{field.path}.{place}", text, field.reason)

    return check
