"""What a noun costs: its own files, files of others that had to be edited for it, and lines, of one tree or several.

    python -m tests.cost [-v] [FOLDER ...]

Counted are files under git that are neither documents (``.md``) nor written by a command (JSON, the chart's golden
files, ``proto/gen``). A noun's **own** files are its contract, its room, its migration, the tests of its room, and what
in ``gateway/`` has the noun among the words of its name; all their lines count, blank ones and comments too.

**Elsewhere** is every other file, tests aside, that names the noun: it imports one of its modules or a generated one,
or names its service, its table in SQL, one of its events, one of its templates; or it has a constant or a heading of
that name. Of these count the lines that do so, or that use what was imported so; of a constant, a heading and an event
message all lines.

Parts: *page* is ``gateway/portal``; *others* are rooms of other nouns, other pillars and the fault drills, which use
the noun but are not needed to serve it; *serving* is the rest: what there is without page, tests and migration.
"""

import argparse
import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PARTS = ("serving", "page", "migration", "others", "tests")
_GENERATED = ("pb2", "pb2_grpc", "views")
_READ = {".py", ".proto", ".html", ".toml"}
_UNREAD = ("proto/gen/", "proto/third_party/", "tests/deploy/helm/golden/")


@dataclass(frozen=True)
class Noun:
    """A noun, and where it lives."""

    name: str
    pillar: str
    room: str
    one: str
    """As a table, and the beginning of its events."""

    @property
    def words(self) -> set[str]:
        """Words of file names that make a file of ``gateway/`` its own."""
        return {self.one, f"{self.one}s", self.room}


NOUNS = (
    Noun("clean-ups", "environment", "cleanups", "cleanup"),
    Noun("merchants", "economy", "merchants", "merchant"),
    Noun("bills", "economy", "levies", "bill"),
)


@dataclass
class Count:
    """Files and lines of a part."""

    own: int = 0
    own_lines: int = 0
    edits: int = 0
    edited_lines: int = 0

    def __add__(self, other: "Count") -> "Count":
        """Both together."""
        own, edits = self.own + other.own, self.edits + other.edits
        return Count(own, self.own_lines + other.own_lines, edits, self.edited_lines + other.edited_lines)


class Tree:
    """The files of a tree."""

    def __init__(self, folder: Path) -> None:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=folder, check=True, capture_output=True, text=True,
        ).stdout.split("\n")  # fmt: skip
        wanted = [each for each in listed if Path(each).suffix in _READ and not each.startswith(_UNREAD)]
        self.files = {each: (folder / each).read_text(encoding="utf-8") for each in wanted if (folder / each).is_file()}


class Cost:
    """What a noun costs in a tree."""

    def __init__(self, tree: Tree, noun: Noun) -> None:
        self._noun = noun
        self._files = tree.files
        self.own = {path for path in tree.files if self._is_own(path)}
        self.parts: dict[str, Count] = defaultdict(Count)
        self.shown: list[str] = []
        for path, text in tree.files.items():
            part = self._part(path)
            if path in self.own:
                self._count(part, path, Count(own=1, own_lines=len(text.splitlines())))
            elif part != "tests" and (lines := self._lines(path, text)):
                self._count(part, path, Count(edits=1, edited_lines=len(lines)))

    def _count(self, part: str, path: str, count: Count) -> None:
        self.parts[part] += count
        self.shown.append(
            f"{part:9} {'own ' if count.own else 'edit'} {count.own_lines + count.edited_lines:5,} {path}"
        )

    def _is_own(self, path: str) -> bool:
        noun = self._noun
        room = f"{noun.pillar}/{noun.room}/"
        if path.startswith((f"services/{room}", f"tests/{room}")):
            return True
        if path == f"proto/smartcity/{noun.pillar}/v1/{noun.room}.proto":
            return True
        if path.startswith(f"services/{noun.pillar}/migrations/"):
            return path.endswith(f"_{noun.room}.py")
        return path.startswith("gateway/") and not noun.words.isdisjoint(re.split(r"[_-]", Path(path).stem))

    def _part(self, path: str) -> str:
        if path.startswith("tests/"):
            return "tests"
        if path.startswith("gateway/portal/"):
            return "page"
        if "/migrations/" in path:
            return "migration"
        is_others = re.match(rf"services/(?!{self._noun.pillar}/[^/]+$)|deploy/faults/|cities/", path) is not None
        return "others" if is_others and path not in self.own else "serving"

    @cached_property
    def _modules(self) -> tuple[str, ...]:
        """Dotted names of its modules, the generated ones among them."""
        noun = self._noun
        generated = f"smartcity.{noun.pillar}.v1.{noun.room}_"
        own = [path.removesuffix(".py").replace("/", ".") for path in self.own if path.endswith(".py")]
        return (*(name.removesuffix(".__init__") for name in own), *(f"{generated}{each}" for each in _GENERATED))

    @cached_property
    def _named(self) -> re.Pattern[str]:
        """Its names in any text."""
        noun = self._noun
        contract = self._files[f"proto/smartcity/{noun.pillar}/v1/{noun.room}.proto"]
        services = "|".join(re.findall(r"^service (\w+)", contract, re.MULTILINE))
        templates = "|".join(re.escape(Path(path).name) for path in self.own if path.endswith(".html")) or "(?!)"
        events = "|".join(self._events) or "(?!)"
        return re.compile(
            rf"\b{noun.room}_(?:{'|'.join(_GENERATED)})\b|\b(?:{services})(?:Stub|Servicer)?\b|\b(?:{events})\b"
            rf'|\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+(?:{noun.pillar}\.)?{noun.one}\b|["/](?:{templates})"'
        )

    @property
    def _events_file(self) -> str:
        return f"proto/smartcity/{self._noun.pillar}/v1/events.proto"

    @cached_property
    def _events(self) -> list[str]:
        events = self._files[self._events_file]
        found = re.findall(rf"^message ({self._noun.one.capitalize()}[A-Z]\w*)", events, re.MULTILINE)
        return [str(each) for each in found]

    def _lines(self, path: str, text: str) -> set[int]:
        """The lines of a file of others that are there for the noun."""
        lines = text.splitlines()
        bound = set(self._imported(text)) if path.endswith(".py") else set()
        uses = re.compile(rf"\b(?:{'|'.join(map(re.escape, bound)) or '(?!)'})\b")
        found = {at for at, line in enumerate(lines) if self._named.search(line) or uses.search(line)}
        return found.union(*self._blocks(path, text, lines))

    def _imported(self, text: str) -> Iterator[str]:
        """The names under which a Python file has what it imports of the noun's modules."""
        if not any(word in text for word in self._noun.words):  # to read every file as Python takes seconds
            return
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                before = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                for alias in node.names:
                    name = f"{before}{alias.name}"
                    if any(name == each or name.startswith(f"{each}.") for each in self._modules):
                        yield alias.asname or alias.name

    def _blocks(self, path: str, text: str, lines: Sequence[str]) -> Iterator[range]:
        """Constants, headings and event messages of the noun's name, whole."""
        one = self._noun.one
        if path.endswith(".py") and one.upper() in text:
            for node in ast.parse(text).body:
                targets = node.targets if isinstance(node, ast.Assign) else []
                if any(isinstance(each, ast.Name) and each.id.split("_")[0] == one.upper() for each in targets):
                    yield range(node.lineno - 1, node.end_lineno or node.lineno)
        if path.endswith(".toml"):
            yield from _sections(lines, rf"\[{one}s?(_\w+)?\]", r"\[")
        if path == self._events_file:
            yield from _sections(lines, rf"// (?:{'|'.join(self._events)}): ", r"// \w+: ")


def _sections(lines: Sequence[str], begins: str, ends: str) -> Iterator[range]:
    """What begins with a line of one form, each up to the next line of the other, or to the end."""
    starts = [at for at, line in enumerate(lines) if re.match(begins, line)]
    others = [at for at, line in enumerate(lines) if re.match(ends, line)]
    for start in starts:
        yield range(start, min((at for at in others if at > start), default=len(lines)))


def table(trees: Sequence[tuple[str, Tree]]) -> Iterator[str]:
    """The table: own files with their lines and edits elsewhere with theirs, of each tree."""
    yield " " * 15 + "".join(f"{name:>34}" for name, _ in trees)
    yield " " * 15 + f"{'own':>8}{'lines':>10}{'edits':>8}{'lines':>8}" * len(trees)
    for noun in NOUNS:
        costs = [Cost(tree, noun).parts for _, tree in trees]
        yield noun.name
        for part in PARTS:
            yield _row(part, [cost[part] for cost in costs])
        yield _row("all but tests", [sum((cost[part] for part in PARTS[:-1]), Count()) for cost in costs])


def _row(name: str, counts: Sequence[Count]) -> str:
    columns = (f"{each.own:8}{each.own_lines:10,}{each.edits:8}{each.edited_lines:8,}" for each in counts)
    return f"  {name:13}" + "".join(columns)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.cost", description="What a noun costs")
    parser.add_argument("folders", nargs="*", type=Path, default=[Path(__file__).parents[1]], help="trees to count")
    parser.add_argument("-v", "--verbose", action="store_true", help="name each file")
    given = parser.parse_args(arguments)
    trees = [(folder.resolve().name, Tree(folder)) for folder in given.folders]
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in table(trees))
    for name, tree in trees if given.verbose else ():
        for noun in NOUNS:
            sys.stdout.write(f"\n{noun.name} in {name}\n" + "\n".join(sorted(Cost(tree, noun).shown)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
