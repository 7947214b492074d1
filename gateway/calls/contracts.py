"""The contracts as the gateway needs them: every RPC by its request, and how messages look in JSON."""

import importlib
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from google.protobuf.descriptor import Descriptor, FileDescriptor
from google.protobuf.message import Message

from services.kit.rpc.contract import Rpc, rpcs_of
from smartcity.contracts import SERVICES

RPCS: dict[type[Message], Rpc] = {rpc.request: rpc for service in SERVICES for rpc in rpcs_of(service)}
"""Every RPC by the class of its requests, which no other has; in the order of the contracts."""


@cache
def views(file: FileDescriptor | str) -> ModuleType:
    """The generated module with the views, schemas and comments of a contract."""
    name = file if isinstance(file, str) else file.name
    return importlib.import_module(f"{name.removesuffix('.proto').replace('/', '.')}_views")


@cache
def view(message: Descriptor) -> Callable[[Any], Any]:
    """What makes the view of a message."""
    made: Callable[[Any], Any] = views(message.file).VIEWS[message.full_name]
    return made


def comment(element: Any, file: FileDescriptor) -> str:
    """What the contract says of a service or an RPC."""
    return str(views(file).COMMENTS[element.full_name])


def component(message: Descriptor) -> str:
    """Name of a message's schema in the OpenAPI document."""
    return str(views(message.file).COMPONENTS[message.full_name])


def schemas() -> dict[str, Any]:
    """The schemas of all messages that RPCs answer with, and of those that they hold, by component name."""
    found: dict[str, Any] = {}
    files = {file.name for rpc in RPCS.values() for file in (rpc.method.output_type.file, *_below(rpc))}
    for name in sorted(files):
        found |= views(name).SCHEMAS
    return found


def _below(rpc: Rpc) -> list[FileDescriptor]:
    """The contracts that an answer's contract imports, Google's and the options aside."""
    seen: dict[str, FileDescriptor] = {}
    waiting = [rpc.method.output_type.file]
    while waiting:
        for file in waiting.pop().dependencies:
            if file.name.startswith("smartcity/") and file.name not in seen:
                seen[file.name] = file
                waiting.append(file)
    return list(seen.values())
