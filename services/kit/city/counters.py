"""Which agencies take money at a counter: ``economy.toml``, which the economy pillar checks."""

import tomllib
from functools import lru_cache
from pathlib import Path

FILE = "economy.toml"


@lru_cache(maxsize=8)
def agencies_with_counters(folder: Path) -> frozenset[str] | None:
    """Return the agencies that have a counter, or None where the file cannot be read: who keeps it says what is wrong.

    A pillar that sells something asks it, so that nothing is on sale that nobody could pay.
    """
    try:
        found = tomllib.loads((folder / FILE).read_text(encoding="utf-8")).get("counters", [])
        return frozenset(str(one["agency"]) for one in found)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError, TypeError, KeyError):
        return None


def without_counter(agency: str) -> tuple[str, str]:
    """What is wrong where such an agency is to be paid, and what to do about it."""
    remedy = f"add a [[counters]] for it to {FILE}, or name another"
    return f'agency "{agency}" has no counter that could be paid', remedy
