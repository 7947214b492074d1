"""Objects of a JSON body: what is known in each, what is missing, and the message that it becomes."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.answers.problems import FieldError
from gateway.rest.route import is_message
from gateway.rest.values import MOST_LEN, Faults, Values, constant, instant, json_scalar
from services.kit.rpc.rules import Field, fields_of

_NOT_GIVEN = object()
_MOST_UNKNOWN = 20
"""Unknown fields of one object that are named: a refusal is not longer than what was sent."""


class Object:
    """Reads a JSON object into the fields of a message."""

    def __init__(self, fields: list[Field]) -> None:
        self._fixed = {each.descriptor.name: constant(each, each.rules.fixed) for each in fields if each.rules.fixed}
        self._members: dict[str, _Member | _Group] = {}
        groups = {each.rules.inside for each in fields if each.rules.inside}
        for each in fields:
            name = each.rules.inside or each.name
            if each.rules.fixed:
                continue
            if name in groups:
                self._members.setdefault(name, _Group(name, fields))
            else:
                self._members[name] = _Member(each)

    def read(self, given: Any, path: str, values: Values, faults: Faults) -> None:
        """Fills ``values`` with what the message is made of."""
        if not isinstance(given, dict):
            faults.append(FieldError(path.rstrip(".") or "body", "is not an object"))
            return
        values.update(self._fixed)
        for name, member in self._members.items():
            member.read(given.get(name), f"{path}{name}", values, faults)
        self.refuse_unknown(given, path, faults)

    def refuse_unknown(self, given: dict[str, Any], path: str, faults: Faults) -> None:
        """Notes what is no field, null or not."""
        if len(given) > len(self._members) or given.keys() - self._members.keys():
            for name in islice((each for each in given if each not in self._members), _MOST_UNKNOWN):
                where = f"{path}{name[:MOST_LEN]}"
                faults.append(FieldError(where, "is not known here; the fields are listed at /docs"))


class _Group:
    """An object of the body that gathers fields of the message: those inside it, and those of a message of its name."""

    def __init__(self, name: str, fields: list[Field]) -> None:
        self._inner = next(each for each in fields if each.name == name)
        kind = self._inner.descriptor.message_type
        assert kind is not None
        self._beside = {each.name: _Member(each) for each in fields if each.rules.inside == name}
        self._object = Object(list(fields_of(kind)))

    def read(self, given: Any, path: str, values: Values, faults: Faults) -> None:
        """Fills the fields beside, and the message if any of its own is given."""
        if given is None:
            given = {}
        if not isinstance(given, dict):
            faults.append(FieldError(path, "is not an object"))
            return
        for name, member in self._beside.items():
            member.read(given.get(name), f"{path}.{name}", values, faults)
        own = {name: value for name, value in given.items() if name not in self._beside}
        if any(value is not None for value in own.values()):
            inner: Values = {}
            values[self._inner.descriptor.name] = inner
            self._object.read(own, f"{path}.", inner, faults)
            return
        if self._inner.rules.required:
            faults.append(FieldError(path, "is missing"))
        self._object.refuse_unknown(own, f"{path}.", faults)


class _Member:
    """One field of an object."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._name = field.descriptor.name
        self._read = _json_list(field) if field.descriptor.is_repeated else _json_element(field)
        self._dropped = field.rules.dropped
        self._otherwise = constant(field, field.rules.otherwise) if field.rules.otherwise else _NOT_GIVEN

    def read(self, given: Any, path: str, values: Values, faults: Faults) -> None:
        """Sets the field; null counts as left out, as in the JSON mapping of protobuf."""
        if given is None:
            if self._otherwise is not _NOT_GIVEN:
                values[self._name] = self._otherwise
            elif self._field.rules.required:
                faults.append(FieldError(path, "is missing"))
            return
        value = self._read(given, path, faults)
        if not self._dropped:
            values[self._name] = value


def _json_list(field: Field) -> Callable[[Any, str, Faults], Any]:
    element = _json_element(field)

    def read(given: Any, path: str, faults: Faults) -> Any:
        if not isinstance(given, list):
            faults.append(FieldError(path, "is not a list"))
            return []
        if wrong := field.miscounted(len(given)):
            faults.append(FieldError(path, wrong))
            return []
        return [element(each, f"{path}.{place}", faults) for place, each in enumerate(given)]

    return read


def _json_element(field: Field) -> Callable[[Any, str, Faults], Any]:
    if is_message(field):
        kind = field.descriptor.message_type
        assert kind is not None
        return _json_time if kind.full_name == Timestamp.DESCRIPTOR.full_name else _json_object(kind)
    convert = json_scalar(field)

    def read(given: Any, path: str, faults: Faults) -> Any:
        value, wrong = convert(given)
        if wrong:
            faults.append(FieldError(path, wrong))
        return value

    return read


def _json_object(kind: Descriptor) -> Callable[[Any, str, Faults], Any]:
    inner = Object(list(fields_of(kind)))

    def read(given: Any, path: str, faults: Faults) -> Values:
        values: Values = {}
        inner.read(given, f"{path}.", values, faults)
        return values

    return read


def _json_time(given: Any, path: str, faults: Faults) -> Timestamp | None:
    stamp, wrong = instant(given)
    if wrong:
        faults.append(FieldError(path, wrong))
    return stamp
