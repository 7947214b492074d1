"""What every pillar reads from its messages and writes into them alike."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.city import City
from services.kit.rpc.contract import enum_names
from smartcity.types.v1 import place_pb2

K = TypeVar("K", bound=Enum | str)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def timestamp(at: datetime | None) -> Timestamp | None:
    """An instant; None stays absent."""
    if at is None:
        return None
    passed = at - _EPOCH  # a third of what the library's own conversion costs
    return Timestamp(seconds=passed.days * 86_400 + passed.seconds, nanos=passed.microseconds * 1_000)


def instant(stamp: Timestamp) -> datetime:
    """The instant of a message."""
    return stamp.ToDatetime(UTC)


def area(city: City, code: str) -> place_pb2.Area | None:
    """A kelurahan or desa; None when the code is empty or no longer in the profile."""
    found = city.area(code)
    return place_pb2.Area(code=found.code, name=found.name, district=found.district) if found else None


def areas(city: City, codes: Iterable[str]) -> list[place_pb2.Area]:
    """The kelurahan or desa of codes, without those that are no longer in the profile."""
    return [found for code in codes if (found := area(city, code)) is not None]


def agency(city: City, identity: str) -> place_pb2.Agency:
    """An agency by name; by its id when the profile no longer has it."""
    found = city.agency(identity)
    return place_pb2.Agency(id=identity, name=found.name_id if found else identity)


def point(lon: float | None, lat: float | None) -> place_pb2.Point | None:
    """A position; None when it is not known."""
    return None if lon is None or lat is None else place_pb2.Point(lon=lon, lat=lat)


def number(enum: Any, value: Enum | str) -> Any:
    """The number in a contract's enum of a value of the model: ``CLEANUP_STATE_OPEN`` of ``open``.

    ``enum`` is the generated wrapper, such as ``pb.CleanupState``.
    """
    return enum_names(enum.DESCRIPTOR)[value.value if isinstance(value, Enum) else value]


def member(enum: Any, given: int, kind: type[K]) -> K:
    """The model's value of a number that the rules let pass."""
    return kind(_words(enum.DESCRIPTOR)[given])


def members(enum: Any, given: Iterable[int], kind: type[K]) -> tuple[K, ...]:
    """The model's values of several numbers, each once, in the order of their names."""
    words = _words(enum.DESCRIPTOR)
    return tuple(kind(word) for word in sorted({words[each] for each in given}))


@cache
def _words(enum: EnumDescriptor) -> dict[int, str]:
    return {number: word for word, number in enum_names(enum).items()}
