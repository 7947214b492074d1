"""A contract with what no noun has yet, so that rules and edge are proved before one has: compiled when imported."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from proto.codegen.generate import PROTO, THIRD_PARTY
from services.kit.rpc.contract import Rpc, rpcs_of
from smartcity.types.v1 import edge_pb2

_HERE = Path(__file__).parent


def _compiled() -> FileDescriptor:
    assert edge_pb2.DESCRIPTOR  # what it imports must be known before it
    with tempfile.TemporaryDirectory(prefix="odd-") as folder:
        target = Path(folder) / "odd.binpb"
        paths = (f"--proto_path={each}" for each in (_HERE, PROTO, THIRD_PARTY))
        compiler = (sys.executable, "-m", "grpc_tools.protoc")
        subprocess.run([*compiler, *paths, f"--descriptor_set_out={target}", "odd.proto"], check=True)
        made = FileDescriptorSet.FromString(target.read_bytes())
    pool = descriptor_pool.Default()
    pool.Add(made.file[0])
    return pool.FindFileByName("odd.proto")


FILE = _compiled()
RPCS: list[Rpc] = rpcs_of(FILE.services_by_name["OddService"])


def kind(name: str) -> Any:
    """The class of a message of the contract."""
    made: type[Message] = GetMessageClass(FILE.message_types_by_name[name])
    return made
