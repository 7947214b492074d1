"""Reads the planted bugs, and puts one into a copy of the tree."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUGS = Path(__file__).with_name("bugs.toml")


class LostError(Exception):
    """What a bug replaces is not there any more, or more than once."""


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug: ``old`` of ``file`` becomes ``new``, and one of ``tests`` fails."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    contracts: bool = False
    """Whether code has to be made of the contracts again."""

    def planted(self, text: str) -> str:
        """The file's text with the bug. Raises LostError."""
        count = text.count(self.old)
        if count != 1:
            raise LostError(f"{self.name}: {self.file} holds this {count} times, not once: {self.old.strip()}")
        return text.replace(self.old, self.new)

    def plant(self, root: Path) -> str:
        """Puts the bug into a tree; answers with the text that was there, to be put back. Raises LostError."""
        path = root / self.file
        before = path.read_text(encoding="utf-8")
        path.write_text(self.planted(before), encoding="utf-8")
        return before


def read(path: Path = BUGS) -> list[Bug]:
    """All bugs, in their order."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))["bug"]
    return [Bug(**{**each, "tests": tuple(each["tests"])}) for each in found]
