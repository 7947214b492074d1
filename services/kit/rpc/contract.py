"""What the contracts say of an RPC, read from its descriptor: who may call it, and how it is run.

The options are those of ``smartcity/types/v1/edge.proto``; ``make proto`` has checked that they can be served.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from google.protobuf.descriptor import EnumDescriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from services.kit.caller import ROLES, Access, Scope
from smartcity.types.v1 import edge_pb2

CALLING = sorted(ROLES - {"system"})
"""Roles that calls come in with; the system's reactions and timers call nothing."""
NARROW = frozenset({"operator", "dispatcher", "crew"})
"""Roles that may do what names them and nothing else: programs, and who works for the emergency number. Their login
makes them citizens besides."""
MOST_ANSWER_BYTES = 200 * 10_000 * 4
"""Of an answer, on both ends: as many rows as a page has at most, each with twice the longest text of people, in
letters that take four bytes each.
"""
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")  # "QRForm" is two words


@dataclass(frozen=True)
class Rpc:
    """One RPC."""

    method: MethodDescriptor

    @property
    def name(self) -> str:
        """As gRPC writes it, without the first slash: ``smartcity.living.v1.OverviewService/GetOverview``."""
        return f"{self.method.containing_service.full_name}/{self.method.name}"

    @property
    def pillar(self) -> str:
        """Whose it is."""
        return self.method.containing_service.file.package.split(".")[1]

    @cached_property
    def options(self) -> edge_pb2.Rpc:
        """What the contract says beside the shape."""
        return self.method.GetOptions().Extensions[edge_pb2.rpc]

    @cached_property
    def request(self) -> type[Message]:
        """The class of its requests; no other RPC has it."""
        return GetMessageClass(self.method.input_type)

    @cached_property
    def answer(self) -> type[Message]:
        """The class of its answers."""
        return GetMessageClass(self.method.output_type)

    @property
    def is_write(self) -> bool:
        """Whether it changes something, once per request id."""
        return "request_id" in self.method.input_type.fields_by_name

    @property
    def leaves_record(self) -> bool:
        """Whether it is a read that may write."""
        return self.options.work == edge_pb2.WORK_RECORDED

    def scopes(self) -> dict[str, Scope]:
        """On which rows each role may use it; a role that is not there may not."""
        everybody = self.options.everybody
        given = {role: getattr(self.options, role) or (role not in NARROW and everybody) for role in CALLING}
        return {role: Scope(scope) for role, scope in given.items() if scope}


def rpcs_of(service: ServiceDescriptor) -> list[Rpc]:
    """The RPCs of a service, in the contract's order."""
    return [Rpc(method) for method in service.methods]


def access(services: Iterable[ServiceDescriptor]) -> Mapping[str, Access]:
    """Tables of permissions by the service's full name."""
    return {one.full_name: {rpc.method.name: rpc.scopes() for rpc in rpcs_of(one)} for one in services}


@cache
def enum_names(enum: EnumDescriptor) -> Mapping[str, int]:
    """JSON name -> number of an enum's values: lower case, without the enum's prefix and the value for "not given"."""
    prefix = f"{_WORD.sub('_', enum.name).upper()}_"
    found = {value.name.removeprefix(prefix).lower(): value.number for value in enum.values}
    found.pop("unspecified", None)
    return found
