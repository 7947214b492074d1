"""Writes down every statement that goes to the database through a pool, and tells which of a package's never went."""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.kit.pillar import Pillar
from tests.fixtures.pillars import Served

_STATEMENT = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s", re.ASCII)
_NONE = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|CREATE)\b|SELECT pg_advisory", re.ASCII)


class Recorder:
    """The distinct statements of all pools opened while it records, and the RPCs called."""

    def __init__(self) -> None:
        self.statements: dict[str, None] = {}
        self.rpcs: set[str] = set()

    def missed(self, *folders: Path) -> list[str]:
        """Where in the folders' modules a statement stands that was not run: its first words, or all of it."""
        run = [" ".join(sql.split()) for sql in self.statements]
        found = []
        for file in sorted(file for folder in folders for file in folder.rglob("*.py")):
            if not {"migrations", "demo", "alembic"} & set(file.parts):
                for line, text in _statements(file):
                    words = " ".join(text.split())
                    if not any(words in one or _as_write(words) in one for one in run):
                        found.append(f"{file}:{line}: {words[:90]}")
        return found

    def unserved(self, pillar: Pillar) -> list[str]:
        """RPCs of a pillar that nobody called."""
        names = (f"{service.name}.{one.name}" for service in pillar.served() for one in service.methods)
        return sorted(set(names) - self.rpcs)

    def _note(self, query: Any) -> None:
        if not _NONE.match(query.query):
            self.statements[query.query] = None


@contextmanager
def recording(monkeypatch: pytest.MonkeyPatch, *callers: type[Any]) -> Iterator[Recorder]:
    """Records until the block ends; ``callers`` are the classes whose ``call`` takes the name of an RPC first."""
    recorder = Recorder()
    create_pool = asyncpg.create_pool

    def recorded(*args: Any, init: Any = None, **options: Any) -> Any:
        async def heard(connection: Any) -> None:
            if init is not None:
                await init(connection)
            connection.add_query_logger(recorder._note)

        return create_pool(*args, **options, init=heard)

    with monkeypatch.context() as patch:
        patch.setattr(asyncpg, "create_pool", recorded)
        patch.setattr(Served, "call", _stubbed(recorder, Served.call))
        for caller in callers:
            patch.setattr(caller, "call", _named(recorder, caller.call))
        yield recorder


def _named(recorder: Recorder, call: Any) -> Any:
    async def named(self: Any, rpc: str, *args: Any, **fields: Any) -> Any:
        recorder.rpcs.add(rpc)
        return await call(self, rpc, *args, **fields)

    return named


def _stubbed(recorder: Recorder, call: Any) -> Any:
    async def stubbed(self: Any, stub: Any, rpc: str, *args: Any, **fields: Any) -> Any:
        recorder.rpcs.add(f"{stub.__name__.removesuffix('Stub')}.{rpc}")
        return await call(self, stub, rpc, *args, **fields)

    return stubbed


def _statements(file: Path) -> Iterator[tuple[int, str]]:
    """The texts in a module that begin as a statement does; of one with values in it, up to the first of them."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    within = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        text, line = "", getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in within:
            text = node.value.partition("{")[0]
        elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            text = str(node.values[0].value)
        if _STATEMENT.match(text) and not _NONE.match(text):
            yield line, text


def _as_write(words: str) -> str:
    """The beginning of a statement that ran as one of several, where its parameters have other numbers."""
    return words.partition("$")[0]
