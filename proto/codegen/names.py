"""How names of the contracts become names in Python and JSON."""

import builtins
import keyword
import re

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, FileDescriptor

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# What annotations and defaults of a generated class stand on; a field of that name would hide it.
_ANNOTATIONS = frozenset({"bool", "datetime", "dict", "float", "int", "list", "msgspec", "str", "timedelta"})
# What the functions of a generated module stand on.
_FUNCTIONS = _ANNOTATIONS | {"annotations", "base64", "message", *dir(builtins)}


def snake(name: str) -> str:
    """`ComplaintFiled` becomes `complaint_filed`, `IKMScore` becomes `ikm_score`."""
    return _WORD.sub("_", name).lower()


def class_name(kind: Descriptor | EnumDescriptor) -> str:
    """The Python class of a message or alias of an enum: `Outer.Inner` becomes `OuterInner`."""
    outer = kind.containing_type
    return f"{class_name(outer)}{kind.name}" if outer else kind.name


def function_name(message: Descriptor) -> str:
    """The converter of a message: `complaint_filed` for `ComplaintFiled`."""
    return _safe(snake(class_name(message)), _FUNCTIONS)


def attribute_name(field: FieldDescriptor) -> str:
    """The attribute of a view: the field's own name, with an underscore where Python forbids it."""
    return _safe(field.name, _ANNOTATIONS)


def constant_name(enum: EnumDescriptor) -> str:
    """The stem of an enum's tables: `COMPLAINT_STATE` for `ComplaintState`."""
    return snake(class_name(enum)).upper()


def enum_values(enum: EnumDescriptor) -> dict[int, str]:
    """JSON name of each number; UNSPECIFIED has none, and of aliases the first counts."""
    prefix = f"{snake(enum.name).upper()}_"
    values: dict[int, str] = {}
    for value in enum.values:
        name = value.name.removeprefix(prefix).lower()
        if not (value.number == 0 and name == "unspecified"):
            values.setdefault(value.number, name)
    return values


def has_unspecified(enum: EnumDescriptor) -> bool:
    """Whether the enum's zero stands for "not given", as the lint rules ask."""
    return 0 not in enum_values(enum)


def module(file: FileDescriptor | str, suffix: str) -> tuple[str, str]:
    """Package and module of a generated file: ("smartcity.types.v1", "place_views")."""
    path = (file if isinstance(file, str) else file.name).removesuffix(".proto")
    *folders, stem = path.split("/")
    return ".".join(folders), f"{stem.replace('-', '_')}{suffix}"


def pillar(message: Descriptor) -> str:
    """The part of the package that tells pillars apart: "governance" in `smartcity.governance.v1`."""
    parts = message.file.package.split(".")
    return parts[-2] if len(parts) > 1 else parts[0]


def _safe(name: str, taken: frozenset[str]) -> str:
    """The name, with a trailing underscore where it is a keyword or taken."""
    return f"{name}_" if name in taken or keyword.iskeyword(name) else name
