"""The contracts as one catalogue: descriptors, the comments written above them, and the event option."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from google.protobuf.descriptor import (
    Descriptor,
    EnumDescriptor,
    EnumValueDescriptor,
    FieldDescriptor,
    FileDescriptor,
    MethodDescriptor,
    ServiceDescriptor,
)
from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from proto.codegen import names

EVENT_OPTION = "smartcity.types.v1.event"
_EXAMPLE = re.compile(r"\s*\bExample: (?P<value>.+?)\s*$", re.MULTILINE)
Element = Descriptor | EnumDescriptor | FieldDescriptor | EnumValueDescriptor | ServiceDescriptor | MethodDescriptor
Path = tuple[int, ...]


class ContractError(Exception):
    """A contract uses something the views cannot say; the message names file, element and remedy."""


class Catalogue:
    """All files of one compilation, with what protoc knows about them."""

    def __init__(self, files: Sequence[FileDescriptorProto]) -> None:
        self._pool = DescriptorPool()
        for file in files:
            self._pool.Add(file)
        self._sources = {file.name: file for file in files}
        self._comments = {name: text for file in files for name, text in _comments(file).items()}
        self._lines = {name: line for file in files for name, line in _lines(file).items()}

    def file(self, name: str) -> FileDescriptor:
        """The file of that path."""
        return self._pool.FindFileByName(name)

    @cached_property
    def messages(self) -> tuple[Descriptor, ...]:
        """Every message of every file, Google's own excepted."""
        own = (name for name in self._sources if not name.startswith("google/"))
        return tuple(each for name in own for each in messages_of(self.file(name)))

    @cached_property
    def _clashes(self) -> frozenset[str]:
        counts = Counter(names.class_name(each) for each in self.messages)
        return frozenset(name for name, count in counts.items() if count > 1)

    def component(self, message: Descriptor) -> str:
        """Key of a message's schema: its name, preceded by the pillar where two packages use the same name."""
        name = names.class_name(message)
        return f"{names.pillar(message).capitalize()}{name}" if name in self._clashes else name

    def comment(self, element: Element) -> str:
        """The comment above an element without its `Example:` part; empty when there is none."""
        return _EXAMPLE.sub("", self._raw_comment(element)).strip()

    def examples(self, element: FieldDescriptor) -> list[str]:
        """What follows `Example:` in the comment above a field, one per line."""
        return [match["value"] for match in _EXAMPLE.finditer(self._raw_comment(element))]

    def _raw_comment(self, element: Element) -> str:
        if isinstance(element, EnumValueDescriptor):
            return self._comments.get(f"{element.type.full_name}.{element.name}", "")
        return self._comments.get(element.full_name, "")

    def event_is_public(self, message: Descriptor) -> bool | None:
        """The event option of a message: True or False, None when it is no event."""
        option = self.option(message, EVENT_OPTION)
        return None if option is None else bool(option.public)

    def option(self, element: Any, extension: str) -> Any:
        """What an option of ours or of Google's says of an element; None when it is not given."""
        try:
            option = self._pool.FindExtensionByName(extension)
        except KeyError:
            return None
        given = element.GetOptions()
        # Read with the pool's own class of options, which knows the extension; the imported one does not.
        known = self._pool.FindMessageTypeByName(given.DESCRIPTOR.full_name)
        options: Any = GetMessageClass(known).FromString(given.SerializeToString())
        if option.is_repeated:
            return list(options.Extensions[option])
        return options.Extensions[option] if options.HasExtension(option) else None

    def knows(self, extension: str) -> bool:
        """Whether the files of this compilation know an option."""
        try:
            self._pool.FindExtensionByName(extension)
        except KeyError:
            return False
        return True

    def where(self, element: Any) -> str:
        """File and line of an element, as editors understand it."""
        file = element.file.name if hasattr(element, "file") else element.containing_service.file.name
        return f"{file}:{self._lines.get(element.full_name, 1)}"


def messages_of(file: FileDescriptor) -> Iterator[Descriptor]:
    """Messages of a file, each before those nested in it; map entries are no messages of the contract."""
    for message in file.message_types_by_name.values():
        yield from _with_nested(message)


def services_of(file: FileDescriptor) -> Iterator[ServiceDescriptor]:
    """Services of a file."""
    yield from file.services_by_name.values()


def enums_of(file: FileDescriptor) -> Iterator[EnumDescriptor]:
    """Enums of a file, those nested in messages included."""
    yield from file.enum_types_by_name.values()
    for message in messages_of(file):
        yield from message.enum_types


def _with_nested(message: Descriptor) -> Iterator[Descriptor]:
    if message.GetOptions().map_entry:
        return
    yield message
    for nested in message.nested_types:
        yield from _with_nested(nested)


def is_map(field: FieldDescriptor) -> bool:
    """Whether a field is a `map<key, value>`."""
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def _comments(file: FileDescriptorProto) -> dict[str, str]:
    """Comment of each element by its full name; values go by their enum's name, not by its scope as in C++."""
    texts = {tuple(at.path): at.leading_comments or at.trailing_comments for at in file.source_code_info.location}
    return {
        name: "\n".join(line.strip() for line in texts[path].strip().splitlines())
        for name, path in _elements(file)
        if texts.get(path)
    }


def _lines(file: FileDescriptorProto) -> dict[str, int]:
    """Line of each element by its full name."""
    begins = {tuple(at.path): at.span[0] + 1 for at in file.source_code_info.location}
    return {name: begins[path] for name, path in _elements(file) if path in begins}


def _elements(file: FileDescriptorProto) -> Iterator[tuple[str, Path]]:
    """Full name and source path (SourceCodeInfo.Location.path of descriptor.proto) of every element."""
    for index, message in enumerate(file.message_type):
        yield from _message_elements(message, f"{file.package}.{message.name}", (4, index))
    for index, enum in enumerate(file.enum_type):
        yield from _enum_elements(enum, f"{file.package}.{enum.name}", (5, index))
    for index, service in enumerate(file.service):
        yield f"{file.package}.{service.name}", (6, index)
        for number, method in enumerate(service.method):
            yield f"{file.package}.{service.name}.{method.name}", (6, index, 2, number)


def _message_elements(message: DescriptorProto, name: str, path: Path) -> Iterator[tuple[str, Path]]:
    yield name, path
    for index, field in enumerate(message.field):
        yield f"{name}.{field.name}", (*path, 2, index)
    for index, nested in enumerate(message.nested_type):
        yield from _message_elements(nested, f"{name}.{nested.name}", (*path, 3, index))
    for index, enum in enumerate(message.enum_type):
        yield from _enum_elements(enum, f"{name}.{enum.name}", (*path, 4, index))


def _enum_elements(enum: EnumDescriptorProto, name: str, path: Path) -> Iterator[tuple[str, Path]]:
    yield name, path
    for index, value in enumerate(enum.value):
        yield f"{name}.{value.name}", (*path, 2, index)
