"""What `smartcity up` shows: progress while it starts, one table when it is up, a line whenever something ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.local.component import State, Status

_SIGNS = {
    State.READY: "[green]✓[/] {name} is ready {remark}",
    State.DONE: "[green]✓[/] {name} is done {remark}",
    State.RESTARTING: "[red]✗[/] {name} {remark}; log: {log}",
}

_STORIES = {
    "levy": "a market levy, from bill to receipt",
    "flood": "a river that rises, from reading to all clear",
}
"""Those that a first visitor is led to."""


class Screen:
    """The terminal of the supervisor."""

    def __init__(self, logs: str, console: Console | None = None) -> None:
        """`logs` is the folder of the log files, which remarks on crashes point to."""
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._logs = logs

    def note(self, status: Status, remark: str) -> None:
        """One line for a change that a reader wants to know about."""
        sign = _SIGNS.get(status.state)
        if sign is not None:
            name = status.component.name
            log = f"{self._logs}/{name}.log"
            self._console.print(sign.format(name=name, remark=escape(remark), log=escape(log)))

    def say(self, text: str) -> None:
        """A plain line."""
        self._console.print(text)

    def welcome(
        self,
        urls: Mapping[str, str],
        people: Sequence[tuple[str, str]],
        password: str,
        failing: Sequence[str],
        stories: Sequence[str],
        *,
        business: bool,
    ) -> None:
        """The one table: where to go, as whom, and what to try; ``stories`` are those that can be told of the city,
        and ``business`` whether the demo merchant has one.
        """
        self._section("Open", _places(urls))
        self._section(f"Log in with the password {password}", people)
        self._section("Try", _tour(urls, stories, business=business))
        self._console.print()
        for name in failing:
            self._console.print(f"[red]✗ {name} does not start[/]; log: {escape(self._logs)}/{name}.log")
        self._console.print("Ctrl-C stops everything. `smartcity status` in another terminal shows how it is.")

    def _section(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        table = Table.grid(padding=(0, 3, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for name, what in rows:
            table.add_row(f"  {escape(name)}", escape(what))
        self._console.print(f"\n[bold]{escape(title)}[/]")
        self._console.print(table)


def _places(urls: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        ("Portal", urls["portal"]),
        ("Officer desk", urls["officer_desk"]),
        ("API docs", urls["api_docs"]),
        ("Traces", urls["traces"]),
        ("Mailbox", urls["mailbox"]),
        ("Bank", urls["bank"]),
        (
            "Login for apps",
            f"{urls['login']} (client app, without a secret; python docs/app_login.py {urls['portal']})",
        ),
    ]


def _tour(urls: Mapping[str, str], stories: Sequence[str], *, business: bool) -> list[tuple[str, str]]:
    steps = [
        f"Report something at {urls['report']}: no account needed.",
        f"Log in as verifikator and verify it at {urls['officer_desk']}, then resolve it as the agency's officer.",
        f"Read the news sent to the reporter at {urls['mailbox']}.",
        f"See the whole story as one trace at {urls['traces']}: search for the code of the report.",
        *(f"Tell the story of {what}: smartcity story {name}" for name, what in _STORIES.items() if name in stories),
    ]
    if business:
        steps.append(f"Take a payment as pedagang at {urls['business']}, and pay its QRIS at {urls['bank']}.")
    return [(str(number), step) for number, step in enumerate(steps, start=1)]
