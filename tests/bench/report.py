"""What a benchmark found, against what it must be; printed as one table at the end of the run."""

import os
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Finding:
    """One line of the table. Without a limit it is only told."""

    what: str
    measured: str
    against: str
    figure: str
    limit: str
    good: bool


@dataclass
class Report:
    """Findings of a run. Each method notes one and fails the test when it is beyond its limit."""

    findings: list[Finding] = field(default_factory=list)

    def faster(self, what: str, measured: float, than: float, base: str, *, least: float) -> None:
        """Rates (per second): ``measured`` is at least ``least`` times ``than``."""
        ratio = measured / than
        against = f"{base} {than:,.0f}/s"
        self._note(Finding(what, f"{measured:,.0f}/s", against, f"{ratio:.2f}x", f">= {least:g}x", ratio >= least))

    def rate(self, what: str, measured: float, *, least: float) -> None:
        """A rate (per second) of at least ``least``."""
        figure, limit = f"{measured / least:.2f}x", f">= {least:,.0f}/s"
        self._note(Finding(what, f"{measured:,.0f}/s", "", figure, limit, measured >= least))

    def dearer(self, what: str, measured_s: float, than_s: float, base: str, *, most: float | None) -> None:
        """Seconds of CPU or time: ``measured_s`` is at most ``most`` times ``than_s``."""
        ratio = measured_s / than_s
        limit, good = (f"<= {most:g}x", ratio <= most) if most is not None else ("told", True)
        against = f"{base} {than_s * 1e6:,.0f} us"
        self._note(Finding(what, f"{measured_s * 1e6:,.0f} us", against, f"{ratio:.2f}x", limit, good))

    def within(self, what: str, seconds: float, *, most: float) -> None:
        """Seconds at most."""
        figure = f"{seconds / most:.2f}x"
        self._note(Finding(what, f"{seconds * 1e3:,.0f} ms", "", figure, f"<= {most:g} s", seconds <= most))

    def tell(self, what: str, measured: str, against: str = "", figure: str = "") -> None:
        """A figure without a limit."""
        self._note(Finding(what, measured, against, figure, "told", good=True))

    def print(self) -> None:
        """The table of everything found."""
        table = Table("what", "measured", "against", "figure", "limit", "")
        for one in self.findings:
            table.add_row(one.what, one.measured, one.against, one.figure, one.limit, "" if one.good else "MISSED")
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        Console(width=140).print(table, f"Machine: {os.cpu_count()} cores, load {load}. Compare ratios, not figures.")

    def _note(self, finding: Finding) -> None:
        self.findings.append(finding)
        assert finding.good, f"{finding.what}: {finding.measured} {finding.against} {finding.figure}, {finding.limit}"


async def best(measure: Callable[[], Awaitable[float]], rounds: int = 3) -> float:
    """The highest rate of some rounds: neighbours on the machine only ever make it slower."""
    return max([await measure() for _ in range(rounds)])


async def medians(ways: Mapping[str, Callable[[], Awaitable[float]]], rounds: int = 3) -> dict[str, float]:
    """Measures the ways in turns, so that all meet the same neighbours on the machine; answers with their medians."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, measure in ways.items():
            found[name].append(await measure())
    return {name: statistics.median(values) for name, values in found.items()}


class Stopwatch:
    """Time passed and CPU used by this process since it was made (seconds)."""

    def __init__(self) -> None:
        self._time, self._cpu = time.perf_counter(), time.process_time()

    @property
    def time(self) -> float:
        return time.perf_counter() - self._time

    @property
    def cpu(self) -> float:
        return time.process_time() - self._cpu
