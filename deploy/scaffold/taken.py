"""Names that the skeleton itself needs, read from it: a noun that is called so would stand in its own way."""

import ast
import re
from collections.abc import Iterable, Iterator

_CONTRACT = re.compile(
    r"\b(?:message|enum|service|rpc|returns|option|oneof|map|reserved|string|syntax|package|import)\b"
)
"""Words of the language of contracts."""


def names_in(files: Iterable[tuple[str, str]]) -> frozenset[str]:
    """What the skeleton's files, each with its name, import and define at their top, and what contracts are made of.

    In small letters and without underscores, as ``alike`` makes them.
    """
    found: set[str] = set()
    for name, text in files:
        if name.endswith(".py"):
            found.update(_of_python(ast.parse(text)))
        elif name.endswith(".proto"):
            found.update(_CONTRACT.findall(text))
    return frozenset(map(alike, found))


def alike(name: str) -> str:
    """A name as it is compared: ``UUID``, ``uuid`` and a class ``Uuid`` are one."""
    return name.replace("_", "").lower()


def _of_python(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import | ast.ImportFrom):
            if isinstance(node, ast.ImportFrom) and node.module and "." not in node.module:
                yield node.module
            for each in node.names:
                yield each.asname or each.name
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name))
