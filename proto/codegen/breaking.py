"""Compares the contracts with those of the last release, so that no consumer of it breaks.

A release records its contracts with `python -m proto.codegen.breaking record`, which writes
`proto/release/v<version>.binpb` and, beside it, the commit: drills run the version before against this one. Comparing
with the main branch would compare a commit with itself.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from proto.codegen.generate import PROTO, project_version

RELEASES = PROTO / "release"


def last_release(folder: Path = RELEASES) -> Path | None:
    """The image of the highest released version; None before the first release."""
    images = list(folder.glob("v*.binpb"))
    return max(images, key=_version) if images else None


def _version(image: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in image.stem.removeprefix("v").split("."))


def compare() -> int:
    """Run `buf breaking`; returns its exit status, 0 where there is nothing to compare with."""
    image = last_release()
    if image is None:
        sys.stdout.write("buf breaking: skipped, no release is recorded under proto/release yet\n")
        return 0
    sys.stdout.write(f"buf breaking: against {image.stem}\n")
    with tempfile.TemporaryDirectory() as folder:
        now = Path(folder) / "now.binpb"  # one image: the folder holds two modules, ours and Google's annotations
        rules = ("--config", str(PROTO / "buf.yaml"))
        return _buf("build", str(PROTO), "--output", str(now)) or _buf(
            "breaking", str(now), "--against", str(image), *rules
        )


def record() -> int:
    """Write the image of the version in pyproject.toml; a released image is never overwritten."""
    image = RELEASES / f"v{project_version()}.binpb"
    if image.exists():
        sys.stderr.write(f"{image.name} is recorded already: raise the version in pyproject.toml first\n")
        return 1
    RELEASES.mkdir(exist_ok=True)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=PROTO, capture_output=True, text=True, check=True).stdout
    image.with_suffix(".commit").write_text(commit, encoding="utf-8")
    return _buf("build", str(PROTO), "--exclude-source-info", "--output", str(image))


def _buf(*arguments: str) -> int:
    return subprocess.run([Path(sys.executable).parent / "buf", *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(record() if sys.argv[1:] == ["record"] else compare())
