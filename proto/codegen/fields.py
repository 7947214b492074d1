"""What one field of a contract is in a view: its Python type, the expression that converts it, its presence."""

import keyword
from collections.abc import Mapping

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from proto.codegen import names
from proto.codegen.contracts import ContractError, is_map

SCALARS = {
    FieldDescriptor.CPPTYPE_INT32: "int",
    FieldDescriptor.CPPTYPE_INT64: "int",
    FieldDescriptor.CPPTYPE_UINT32: "int",
    FieldDescriptor.CPPTYPE_UINT64: "int",
    FieldDescriptor.CPPTYPE_DOUBLE: "float",
    FieldDescriptor.CPPTYPE_FLOAT: "float",
    FieldDescriptor.CPPTYPE_BOOL: "bool",
    FieldDescriptor.CPPTYPE_STRING: "str",
}
TIMESTAMP = "google.protobuf.Timestamp"
DURATION = "google.protobuf.Duration"
LINE = "smartcity.types.v1.Line"
WELL_KNOWN = {
    TIMESTAMP: ("datetime", "_instant"),
    DURATION: ("timedelta", "_duration"),
    LINE: ("dict[str, Any]", "_line"),
}


class FieldView:
    """A field seen from the file that generates it; `alias` names the views module of another file."""

    def __init__(self, field: FieldDescriptor) -> None:
        self.field = field
        self.attribute = names.attribute_name(field)
        self.is_map = is_map(field)
        self.is_list = field.is_repeated and not self.is_map
        assert field.containing_type is not None  # only extensions have none
        self.file = field.containing_type.file.name
        self.element = _entry(field)["value"] if self.is_map else field
        self._refuse_unknown_types()

    @property
    def is_required(self) -> bool:
        """Whether the JSON always holds the field: lists, maps and scalars without presence."""
        if self.is_map or self.is_list:
            return True
        return not self.field.has_presence and self.element.enum_type is None

    @property
    def annotation(self) -> str:
        """The field's type in the view."""
        kind = self._element_annotation()
        if self.is_map:
            return f"dict[str, {kind}]"
        if self.is_list:
            return f"list[{kind}]"
        return kind if self.is_required else f"{kind} | None"

    @property
    def declaration(self) -> str:
        """The field's line in the view's class."""
        options = [] if self.is_required else ["default=None"]
        if self.attribute != self.field.name:
            options.append(f'name="{self.field.name}"')
            return f"{self.attribute}: {self.annotation} = msgspec.field({', '.join(options)})"
        return f"{self.attribute}: {self.annotation}{' = None' if options else ''}"

    @property
    def conversion(self) -> str:
        """The expression that reads the field from `message`."""
        value = f"message.{self.field.name}"
        if keyword.iskeyword(self.field.name):
            value = f'getattr(message, "{self.field.name}")'  # a Python keyword cannot follow a dot
        if self.is_map:
            return self._map_conversion(value)
        if self.is_list:
            return self._list_conversion(value)
        converted = self._convert(value)
        if not self.field.has_presence or (self.element.enum_type and names.has_unspecified(self.element.enum_type)):
            return converted
        return f'{converted} if message.HasField("{self.field.name}") else None'

    def _list_conversion(self, value: str) -> str:
        value = f"{value}[:]"  # a copy as a plain list: iterating the protobuf container takes up to twice as long
        if self.element.enum_type:
            name = self._bound
            return f"[{name} for each in {value} if ({name} := {self._convert('each')}) is not None]"
        converted = self._convert("each")
        return value if converted == "each" else f"[{converted} for each in {value}]"

    def _map_conversion(self, value: str) -> str:
        key_type = _entry(self.field)["key"].cpp_type
        key = "str(key)"
        if key_type == FieldDescriptor.CPPTYPE_STRING:
            key = "key"
        elif key_type == FieldDescriptor.CPPTYPE_BOOL:
            key = '("true" if key else "false")'
        if self.element.enum_type:
            name = self._bound
            kept = f"({name} := {self._convert('each')}) is not None"
            return f"{{{key}: {name} for key, each in {value}.items() if {kept}}}"
        return f"{{{key}: {self._convert('each')} for key, each in {value}.items()}}"

    def _element_annotation(self) -> str:
        message, enum = self.element.message_type, self.element.enum_type
        if message is not None:
            known = WELL_KNOWN.get(message.full_name)
            return known[0] if known else f"{self._prefix()}{names.class_name(message)}"
        if enum is not None:
            return f"{self._prefix()}{names.class_name(enum)}"
        return "str" if self.is_bytes else SCALARS[self.element.cpp_type]

    def _convert(self, value: str) -> str:
        """The expression for one element; scalars are taken as they are."""
        message, enum = self.element.message_type, self.element.enum_type
        if message is not None:
            known = WELL_KNOWN.get(message.full_name)
            return f"{known[1] if known else self._prefix() + names.function_name(message)}({value})"
        if enum is not None:
            return f"{self._prefix()}{names.constant_name(enum)}_NAMES.get({value})"
        return f"base64.urlsafe_b64encode({value}).decode()" if self.is_bytes else value

    @property
    def _bound(self) -> str:
        """A name for the field alone: what `:=` binds in a comprehension lives in the whole converter."""
        return f"{self.field.name}_name"

    @property
    def is_bytes(self) -> bool:
        """Whether the elements are bytes (base64url in JSON)."""
        return self.element.type == FieldDescriptor.TYPE_BYTES

    @property
    def foreign_file(self) -> str | None:
        """The other contract whose views this field needs."""
        kind = self._kind
        if kind is None or kind.file.name == self.file or kind.full_name in WELL_KNOWN:
            return None
        return kind.file.name

    @property
    def _kind(self) -> Descriptor | EnumDescriptor | None:
        """The message or enum the elements are of."""
        return self.element.message_type or self.element.enum_type

    def _prefix(self) -> str:
        return f"{alias(self.foreign_file)}." if self.foreign_file else ""

    def _refuse_unknown_types(self) -> None:
        if self._kind is not None and (self.foreign_file or "").startswith("google/"):
            raise ContractError(
                f"{self.file}: field {self.field.full_name} is a {self._kind.full_name}, which has no view; "
                f"use {TIMESTAMP}, {DURATION} or a message of the contracts"
            )


def alias(file: str) -> str:
    """Local name of another contract's views module, unique among all: `smartcity_types_v1_place_views`."""
    package, module = names.module(file, "_views")
    return f"{package}.{module}".replace(".", "_")


def _entry(field: FieldDescriptor) -> Mapping[str, FieldDescriptor]:
    """Key and value of a map field."""
    assert field.message_type is not None
    return field.message_type.fields_by_name
