"""What the operator's commands show to people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress import Progress
from rich.text import Text

from deploy.operate.rows import Rows
from deploy.operate.status import age
from deploy.operate.story import Step

_console = Console(highlight=False)


def show_status(state: dict[str, Any]) -> None:
    """Two tables and what needs attention."""
    _console.print(_status(state))


@contextmanager
def watching() -> Iterator[Callable[[dict[str, Any]], None]]:
    """The function draws a state over the one before."""
    with Live(console=_console, auto_refresh=False, vertical_overflow="visible") as live:
        yield lambda state: live.update(_status(state), refresh=True)


def _status(state: dict[str, Any]) -> Group:
    tables = [_components(state["components"])] if state["components"] else []
    tables += [_pillars(state["pillars"])] if state["pillars"] else []
    lines = [Text.assemble(("✗", "red"), f" {line}") for line in state["attention"]]
    lines += [Text.assemble(("!", "yellow"), f" the fault {name} is on") for name in state["faults"]]
    lines += [Text.assemble(("–", "yellow"), f" {line}") for line in state["notes"]]
    if state["healthy"]:
        lines.append(Text.assemble(("✓", "green"), " All is well."))
    for line in lines:
        line.no_wrap, line.overflow = False, "fold"
    return Group(*tables, *lines)


_COLUMNS: dict[str, Callable[[dict[str, Any]], str | Text]] = {
    "component": lambda it: it["name"],
    "state": lambda it: Text(it["state"], style="green" if it["ok"] else "red"),
    "ready": lambda it: f"{it['ready']}/{it['wanted']}",
    "pid": lambda it: str(it["pid"] or ""),
    "restarts": lambda it: str(it["restarts"]),
    "scales": lambda it: "{now} of {min}–{max}".format_map(it["autoscaling"]) if it["autoscaling"] else "",
    "for": lambda it: age(it["ready_at"] or it["started_at"]),
    "ports": lambda it: " ".join(map(str, it["ports"].values())),
    "version": lambda it: it["version"] or "",
}
"""What is empty for all components (ports in a cluster, scaling on one machine) is not shown."""


def _components(components: Sequence[dict[str, Any]]) -> Rows:
    rows = Rows(*_COLUMNS, prose=("ports",))
    for each in components:
        rows.add(*(read(each) for read in _COLUMNS.values()))
    return rows


def _pillars(pillars: Sequence[dict[str, Any]]) -> Rows:
    rows = Rows("pillar", "revisions", "unsent", "oldest", "to handle", "dead", "last event", prose=("last event",))
    for each in pillars:
        last = each.get("last_event")
        oldest = each.get("oldest_unsent_s")
        event = f"{last.rpartition('.')[2]} {age(each['last_event_at'])} ago" if last else ""
        lag = "\n".join(f"{stream} {count}" for stream, count in each["consumers"].items() if count)
        revisions = "\n".join(each.get("revisions") or ())
        told = (each["name"], revisions, each.get("unsent", ""), "" if oldest is None else f"{oldest:.1f} s")
        idle = "0" if each["consumers"] else ""
        rows.add(*map(str, (*told, lag or idle, each.get("dead_letters", ""), event)))
    return rows


def show_event(event: dict[str, Any]) -> None:
    """One event on one line, its data behind it."""
    drill = " [yellow]drill[/]" if event["exercise"] else ""
    name = str(event["type"]).rpartition(".")[2]
    data = " ".join(f"{key}={value}" for key, value in (event["data"] or {}).items())
    head = f"{event['time']} [bold]{escape(name)}[/]{drill} {escape(str(event['correlation']))}"
    _console.print(f"{head} v{event['version']} [dim]{escape(data)}[/]", soft_wrap=True)


def show_letters(letters: Sequence[dict[str, Any]]) -> None:
    """The list, and how to replay it."""
    if not letters:
        _console.print("[green]✓[/] No dead letters.")
        return
    rows = Rows("number", "pillar", "state", "event", "aggregate", "version", "since", "reason", prose=("reason",))
    for each in letters:
        state = "replayed" if each["replayed_at"] else "asked" if each["replay_requested_at"] else each["state"]
        name = each["type"].rpartition(".")[2]
        told = (each["number"], each["pillar"], state, name, each["aggregate"], each["version"], age(each["dead_at"]))
        rows.add(*map(str, (*told, each["reason"])))
    _console.print(rows)
    _console.print("When the cause is mended: `smartcity dead-letters replay`")


def show_outcomes(outcomes: Sequence[dict[str, Any]]) -> None:
    """What became of a replay."""
    replayed = sum(each["outcome"] == "replayed" for each in outcomes)
    _console.print(f"{replayed} of {len(outcomes)} replayed." if outcomes else "Nothing to replay.")
    for each in outcomes:
        if each["outcome"] == "waiting":
            hint = "not handled yet; is the pillar running? See `smartcity status`"
            _console.print(f"[yellow]…[/] {each['pillar']} {each['number']}: {hint}")
        elif each["outcome"] == "failed":
            _console.print(f"[red]✗[/] {each['pillar']} {each['number']}: {escape(str(each['reason']))}")


def show_faults(faults: Sequence[dict[str, Any]]) -> None:
    """All of them in one table; those that are on are marked."""
    rows = Rows("fault", "now", "what", "how", "alert", "service", "trace", prose=("what", "how", "trace"))
    for each in faults:
        mark = Text("on", style="yellow") if each["on"] else "off"
        rows.add(each["name"], mark, each["what"], each["how"], each["alert"] or "", each["service"], each["trace"])
    _console.print(rows)


def show_receipt(result: dict[str, Any]) -> None:
    """Whether a receipt holds, else all that is wrong with it."""
    if result["holds"]:
        last = result["sealed_until"]
        sealed = f"Sealed up to and including {last}." if last else "Not sealed yet."
        _console.print(f"[green]✓[/] The receipt holds. {sealed}")
    for each in result["problems"]:
        _console.print(f"[red]✗[/] {escape(each['where'])}: {escape(each['what'])} ({each['reason']})", soft_wrap=True)


def show_step(step: Step, seconds: float) -> None:
    """One step of a story, as soon as it happened: so many seconds after the story began."""
    who = f"[dim]({escape(step.who)}, {seconds:.1f} s)[/]"
    _console.print(f"[green]✓[/] [bold]{step.name:<11}[/] {escape(step.what)} {who}", soft_wrap=True)


def show_reactions(reactions: Sequence[Mapping[str, Any]]) -> None:
    """Who reacted to a drill when."""
    rows = Rows("after", "pillar", "what", "agency", prose=("what",))
    for one in reactions:
        rows.add(f"{one['seconds']:.2f} s", one["pillar"], one["what"], one["agency"])
    _console.print(rows)


@contextmanager
def progress(total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar for a replay; the function sets how many are decided."""
    with Progress(console=_console, transient=True, disable=quiet) as bar:
        task = bar.add_task("replaying", total=total)
        yield lambda done: bar.update(task, completed=done)
