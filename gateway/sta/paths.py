"""Addresses below the service root: ``Things('id')/Datastreams``. Pure."""

import re
from typing import NamedTuple

from gateway.sta.faults import QueryFault
from gateway.sta.model import KINDS, Kind, Link

MOST_SEGMENTS = 8
_SEGMENT = re.compile(r"(?P<name>\$?[A-Za-z@.]+)(?:\((?P<id>'(?:[^']|'')*'|[^'()]*)\))?")


class Step(NamedTuple):
    """A part of an address: a collection or a link, and one of it if an id is given."""

    name: str
    id: str | None


class Address(NamedTuple):
    """What an address leads to: the steps to it, its kind, whether it is many, and what of it is wanted.

    ``wanted`` is a property, ``$ref`` or nothing; ``raw`` says that only the value of the property is.
    """

    steps: tuple[Step, ...]
    kind: Kind
    many: bool
    wanted: str = ""
    raw: bool = False


def read(path: str) -> Address:
    """Raises QueryFault, or LookupError where there is no such collection or property."""
    texts = _outside_quotes(path.strip("/"))
    if len(texts) > MOST_SEGMENTS:
        raise QueryFault(f"has more than {MOST_SEGMENTS} parts", "address")
    if not texts:
        raise LookupError(path)
    steps: list[Step] = []
    kind: Kind | None = None
    many = True
    for place, text in enumerate(texts):
        name, given = _segment(text)
        if kind is not None and given is None and (name == "$ref" or (not many and name in kind.properties)):
            return _ending(Address(tuple(steps), kind, many, name), texts[place + 1 :])
        link = _entered(name, kind, many=many)
        if given is not None and not link.many:
            raise QueryFault(f"{name} is one entity and takes no id", "address")
        kind, many = KINDS[link.kind], link.many and given is None
        steps.append(Step(name, given))
    assert kind is not None
    return Address(tuple(steps), kind, many)


def _segment(text: str) -> tuple[str, str | None]:
    found = _SEGMENT.fullmatch(text)
    if found is None:
        raise QueryFault(f"{text[:60]!r} is no part of an address such as Things('id')", "address")
    return found["name"], None if found["id"] is None else _id(found["id"])


def _entered(name: str, kind: Kind | None, *, many: bool) -> Link:
    """What a name leads to from a kind, or from the root."""
    if kind is None:
        return Link(KINDS[name].name, many=True)
    if many:
        raise LookupError(name)  # of one entity alone
    return kind.links[name]


def _ending(address: Address, rest: list[str]) -> Address:
    if not rest:
        return address
    if rest == ["$value"] and address.wanted != "$ref":
        return address._replace(raw=True)
    raise LookupError(rest[0])


def _id(text: str) -> str:
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


def _outside_quotes(path: str) -> list[str]:
    parts = re.findall(r"(?:[^/']|'(?:[^']|'')*')+|(?<=/)(?=/)", path)
    if "/".join(parts) != path:
        raise QueryFault("has a quote that does not end", "address")
    return parts
