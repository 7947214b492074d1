"""What the commands for GTFS feeds show to people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from deploy.operate.rows import Rows

MOST_OF_A_CODE = 5
"""Warnings and infos of one code that are shown one by one; errors are shown all."""

_console = Console(highlight=False)
_COLORS = {"error": "red", "warning": "yellow", "info": "dim"}


@contextmanager
def counting(*, quiet: bool) -> Iterator[Callable[[str, int], None]]:
    """A line that says what is being done, and how many rows of it are; on standard error."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as bar:
        task = bar.add_task("", total=None)
        done: Counter[str] = Counter()

        def tell(what: str, more: int) -> None:
            done[what] += more
            bar.update(task, description=f"{what} {done[what]:,}")

        yield tell


def show_report(report: dict[str, Any]) -> None:
    """Findings by file and line, then what became of it."""
    shown: Counter[tuple[str, str]] = Counter()
    totals = {(one["code"], one["file"]): one for one in report["totals"]}
    for each in report["findings"]:
        key = (each["code"], each["file"])
        shown[key] += 1
        if each["severity"] == "error" or shown[key] <= MOST_OF_A_CODE:
            where = f"{each['file']}:{each['line']}" if each["line"] else each["file"]
            head = Text.assemble(
                (f"{each['severity']:<8}", _COLORS[each["severity"]]), where, " ", (each["code"], "bold")
            )
            _console.print(head, escape(each["detail"]), soft_wrap=True)
    for key, one in totals.items():
        kept = shown[key] if one["severity"] == "error" else min(shown[key], MOST_OF_A_CODE)
        if one["count"] > kept:
            _console.print(
                f"{one['severity']:<8}{one['file']} {one['code']}: {one['count'] - kept:,} more", soft_wrap=True
            )
    _console.print(_summary(report), soft_wrap=True)


def _summary(report: dict[str, Any]) -> str:
    counts = Counter[str]()
    for one in report["totals"]:
        counts[one["severity"]] += one["count"]
    found = ", ".join(f"{counts[each]:,} {each}{'' if counts[each] == 1 else 's'}" for each in _COLORS)
    rows = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in report["counts"].items())
    days = f"service from {report['first_day']} to {report['last_day']}" if report["first_day"] else "no day of service"
    read = f"{found}; {rows}; {days}; {report['seconds']:.1f} s" if report["counts"] else ""
    outcome = report["outcome"]
    if outcome is None:
        return f"[red]✗[/] {read}. Mend the errors first." if counts["error"] else f"[green]✓[/] {read}"
    if not outcome["changed"]:
        return f"[green]✓[/] This very archive holds already, as feed {outcome['number']}: nothing was done."
    if not outcome["loaded"]:
        return f"[green]✓[/] This very archive was there, as feed {outcome['number']}: it holds again."
    back = f"; `smartcity gtfs rollback` goes back to feed {outcome['before']}" if outcome["before"] else ""
    return f"[green]✓[/] {read}. It holds now, as feed {outcome['number']}{back}."


def show_feeds(feeds: Sequence[dict[str, Any]]) -> None:
    """A line for each."""
    rows = Rows(
        "feed", "now", "source", "version", "service", "stops", "routes", "trips", "stop times", "warnings",
        "imported", "digest", prose=("source", "version"),
    )  # fmt: skip
    for each in feeds:
        state = Text("holds", style="green") if each["current"] else "before" if each["previous"] else ""
        kept = state if each["kept"] else Text("gone", style="dim")
        source = f"{each['source']} (estimates)" if each["made_up"] else each["source"]
        days = f"{each['first_day']} – {each['last_day']}" if each["first_day"] else "none"
        counts = (f"{each[name]:,}" for name in ("stops", "routes", "trips", "stop_times", "warnings"))
        when = f"{each['imported_at']:%Y-%m-%d %H:%M}"
        rows.add(str(each["number"]), kept, source, each["feed_version"], days, *counts, when, each["digest"][:12])
    _console.print(rows)
