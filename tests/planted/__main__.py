"""Plants one bug after the other into a copy of the tree and tells which the tests catch: ``python -m tests.planted``.

Words after it choose bugs by their names. First the tests run without a bug, so that what fails by itself catches
nothing. The exit status is 0 when every bug was caught.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.planted.bugs import ROOT, Bug, LostError, read

GENERATED = "proto/gen"
SECONDS_MOST = 1_800
FAILED = 1
"""Pytest's exit status when tests ran and some failed; others mean that they could not run."""


@dataclass(frozen=True, slots=True)
class Run:
    """What became of tests."""

    status: int
    output: str
    seconds: float

    @property
    def failures(self) -> list[str]:
        """The tests that failed, by name; not those that could not begin."""
        return [
            line.removeprefix("FAILED ").split(" - ")[0]
            for line in self.output.splitlines()
            if line.startswith("FAILED ")
        ]

    @property
    def summary(self) -> str:
        """The end of what pytest says; its errors, if it tells of any."""
        told = [line for line in self.output.splitlines() if line.startswith(("ERROR ", "E  "))]
        return "\n".join(told[-20:]) or self.output[-2_000:]

    @property
    def ran(self) -> bool:
        """Whether the tests ran at all."""
        return self.status == 0 or (self.status == FAILED and bool(self.failures))


class Tree:
    """A copy of the working tree with its generated code, and tests that run on nothing but it."""

    def __init__(self, folder: Path) -> None:
        """Copies what git knows or would add."""
        self.root = folder / "tree"
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        for name in filter(None, listed.split("\0")):
            source, target = ROOT / name, self.root / name
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        shutil.copytree(ROOT / GENERATED, self.root / GENERATED, dirs_exist_ok=True)

    def python(self, *arguments: str) -> Run:
        """Runs Python on the copy; what takes too long counts as not run."""
        path = os.pathsep.join((str(self.root), str(self.root / GENERATED)))
        env = {**os.environ, "PYTHONPATH": path}
        began = time.monotonic()
        try:
            done = subprocess.run(
                [sys.executable, *arguments], cwd=self.root, env=env, capture_output=True, text=True,
                check=False, timeout=SECONDS_MOST,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Run(-1, f"took longer than {SECONDS_MOST} s", time.monotonic() - began)
        return Run(done.returncode, done.stdout + done.stderr, time.monotonic() - began)

    def test(self, tests: Sequence[str], *more: str) -> Run:
        """Runs tests, quietly and by themselves."""
        return self.python("-m", "pytest", "-p", "no:cacheprovider", "-q", "-n0", "-rfE", "--tb=line", *more, *tests)

    def generate(self) -> None:
        """Makes the code of the contracts anew."""
        made = self.python("-m", "proto.codegen.generate")
        if made.status:
            raise LostError(f"no code came of the contracts:\n{made.output[-2_000:]}")


def verdict(tree: Tree, bug: Bug, failing: frozenset[str]) -> tuple[str, str]:
    """``caught``, ``missed`` or ``broken``, and by what."""
    try:
        before = bug.plant(tree.root)
    except LostError as error:
        return "broken", str(error)
    try:
        if bug.contracts:
            tree.generate()
        run = tree.test(bug.tests, "-x", *(f"--deselect={name}" for name in failing))
    except LostError as error:
        return "broken", str(error)
    finally:
        (tree.root / bug.file).write_text(before, encoding="utf-8")
        if bug.contracts:
            tree.generate()
    if not run.ran:
        return "broken", f"the tests could not run (status {run.status}): {run.output[-600:]}"
    return ("caught", run.failures[0]) if run.failures else ("missed", ", ".join(bug.tests))


def main(words: Sequence[str]) -> int:
    """Plants the bugs whose names hold one of the words, or all; prints a table."""
    bugs = [bug for bug in read() if not words or any(word in bug.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        Path(folder).chmod(0o755)
        tree = Tree(Path(folder))
        where = tree.python(
            "-c", "import gateway, smartcity.contracts; print(gateway.__file__, smartcity.contracts.__file__)"
        )
        if where.output.count(str(tree.root)) != 2:
            sys.stderr.write(f"the copy is not what runs: {where.output}")
            return 2
        clean = tree.test(sorted({test for bug in bugs for test in bug.tests}))
        sys.stdout.write(f"without a bug: {len(clean.failures)} tests fail, {clean.seconds:.0f} s\n")
        if not clean.ran:
            sys.stderr.write(f"the tests could not run (status {clean.status}):\n{clean.summary}\n")
            return 2
        for name in clean.failures:
            sys.stdout.write(f"  fails by itself: {name}\n")
        results = []
        for number, bug in enumerate(bugs, 1):
            began = time.monotonic()
            result, by = verdict(tree, bug, frozenset(clean.failures))
            results.append(result)
            seconds = time.monotonic() - began
            sys.stdout.write(f"{number:2}  {result:7} {seconds:4.0f} s  {bug.name}\n      {by}\n")
            sys.stdout.flush()
    caught = results.count("caught")
    sys.stdout.write(f"{caught} of {len(bugs)} caught\n")
    return 0 if caught == len(bugs) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
