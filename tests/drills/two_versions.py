"""A local platform whose services run the version before until they are restarted: for `House(module=...)`.

``HOME/old.json`` lists which processes run which checkout; it is read before each start of a process.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from deploy.local import __main__ as local
from deploy.local.component import Component
from deploy.local.plan import Plan
from deploy.local.process import Command
from proto.codegen.breaking import last_release

ROOT = Path(__file__).parents[2]
COMMITS_AGO = "HEAD~20"


def previous() -> str:
    """The commit of the version before; empty when this is no clone with a history.

    SMARTCITY_PREVIOUS names it, else the commit that is recorded with the last release does; in a clone that does not
    hold that one it is some commits ago.
    """
    release = last_release()
    recorded = release.with_suffix(".commit").read_text(encoding="utf-8").strip() if release else ""
    for name in filter(None, (os.environ.get("SMARTCITY_PREVIOUS", ""), recorded, COMMITS_AGO)):
        command = ["git", "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.strip()
    return ""


@contextmanager
def checkout(commit: str, folder: Path) -> Iterator[Path]:
    """The version of a commit in a folder of its own, with the code that it generates from its contracts."""
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--detach", str(folder), commit], check=True, capture_output=True)
    try:
        generate = [sys.executable, "-m", "proto.codegen.generate"]
        subprocess.run(generate, cwd=folder, env=os.environ | paths(folder), check=True, capture_output=True)
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True, capture_output=True)


def paths(folder: Path) -> dict[str, str]:
    """Environment in which Python finds our packages in that checkout, whatever the working folder is."""
    return {"PYTHONPATH": f"{folder}{os.pathsep}{folder / 'proto' / 'gen'}", "PYTHONSAFEPATH": "1"}


def let_run_old(home: Path, names: Iterable[str], folder: Path) -> None:
    """From their next start on, these processes run that checkout and all others the current one."""
    (home / "old.json").write_text(json.dumps(dict.fromkeys(names, str(folder))))


def runs(pid: int) -> str:
    """Checkout that a process runs; empty: the current one."""
    environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    given = [each.partition(b"=")[2].decode() for each in environment if each.startswith(b"PYTHONPATH=")]
    return given[0].split(os.pathsep)[0] if given else ""


class TwoVersions(Plan):
    """The plan of a local platform, each service in the version that is written down for it."""

    def components(self) -> list[Component]:
        """As always, but for the code that they run."""
        return [self._dated(each) for each in super().components()]

    def _dated(self, component: Component) -> Component:
        def command() -> Command:
            made = component.command()
            folder = json.loads((self.settings.home / "old.json").read_text()).get(component.name)
            if not folder:
                return made
            return replace(made, forked=False, env={**made.env, **paths(Path(folder))})

        return replace(component, command=command)


if __name__ == "__main__":
    local.Plan = TwoVersions  # type: ignore[attr-defined]
    sys.exit(local.main())
