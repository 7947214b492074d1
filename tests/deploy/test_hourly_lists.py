"""The script of docs/operate.md that keeps, each hour, what a restore is told of what was erased."""

import os
import re
import subprocess
from pathlib import Path

OPERATE = Path(__file__).parents[2] / "docs" / "operate.md"


def hourly(folder: Path, kubectl: str, psql: str) -> subprocess.CompletedProcess[str]:
    """Runs the script of docs/operate.md in a folder, with what stands for the two programs."""
    for name, content in (("kubectl", kubectl), ("psql", psql)):
        (folder / "bin").mkdir(exist_ok=True)
        (folder / "bin" / name).write_text(f"#!/bin/sh\n{content}\n")
        (folder / "bin" / name).chmod(0o755)
    (script,) = re.findall(r"^```sh\n(umask 077 [^`]*keep\(\).*?)^```", OPERATE.read_text(), re.MULTILINE | re.DOTALL)
    env = os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PSQL": "psql smartcity"}
    return subprocess.run(["bash", "-c", script], cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_lists_of_each_hour_are_whole_and_keep_the_last_good_ones_while_the_database_is_away(tmp_path: Path) -> None:
    assert hourly(tmp_path, "echo {}", "echo head").returncode == 0
    before = {path.name: path.read_text() for path in tmp_path.glob("*-20*Z.*")}
    assert sorted(name.partition("-")[0] for name in before) == ["erasures", "redactions", "stops"]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*-20*Z.*")} == {0o600}
    away = hourly(tmp_path, "exit 1", "echo half; exit 2")
    assert (away.returncode, away.stderr.count("no ")) == (1, 3)
    assert {path.name: path.read_text() for path in tmp_path.glob("*-20*Z.*")} == before


def test_lists_of_each_hour_that_are_older_than_every_backup_go_only_when_new_ones_are_there(tmp_path: Path) -> None:
    old, other = tmp_path / "stops-20261101T0000Z.csv", tmp_path / "letter.csv"
    for path in (old, other):
        path.touch()
        os.utime(path, (0, 0))
    hourly(tmp_path, "exit 1", "echo head")
    assert old.exists()
    hourly(tmp_path, "echo {}", "echo head")
    assert [path.exists() for path in (old, other)] == [False, True]
