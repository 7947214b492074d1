"""What the operator's commands show at 80 columns, with contents as long as they come: every word, and none broken."""

import io
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from deploy.faults import switch
from deploy.local.screen import Screen
from deploy.operate import screen
from deploy.operate.events import types_of
from deploy.operate.rows import Rows
from deploy.operate.story import Step
from deploy.pillars import NAMES

WIDTH = 80
NOW = time.time()
LONGEST = max(types_of(), key=lambda name: len(name.rpartition(".")[2]))
AGGREGATE = "0192f3a4-7c1e-7d44-9c1b-2f6f0e8f3a10"
REASON = "asyncpg.exceptions.CheckViolationError: new row for relation cleanup violates check constraint cleanup_never"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What was printed onto a terminal of 80 columns."""
    file = io.StringIO()
    monkeypatch.setattr(screen, "_console", Console(file=file, width=WIDTH, highlight=False))
    return file.getvalue


def words_of(*values: Any) -> set[str]:
    """The words that somebody looks for."""
    return {word for value in values if value is not None for word in str(value).split()}


def whole(text: str, *values: Any) -> None:
    """Each word is there in one piece, and no line is wider than the terminal."""
    assert [line for line in text.splitlines() if len(line.rstrip()) > WIDTH] == []
    found = set(text.split())
    assert words_of(*values) <= found, f"{words_of(*values) - found} in\n{text}"


def letter(number: int, **changes: Any) -> dict[str, Any]:
    row = {
        "pillar": "environment",
        "number": number,
        "state": "poison",
        "type": LONGEST,
        "aggregate": AGGREGATE,
        "version": 12,
        "dead_at": NOW - 7200,
        "reason": REASON,
        "replayed_at": None,
        "replay_requested_at": None,
    }
    return row | changes


def test_dead_letters(shown: Callable[[], str]) -> None:
    screen.show_letters([letter(1), letter(23456, state="parked", reason="waits behind 1")])
    heads = ("number", "pillar", "state", "event", "aggregate", "version", "since", "reason")
    name = LONGEST.rpartition(".")[2]
    whole(shown(), *heads[1:], "23456", "environment", "poison", name, AGGREGATE, "2 h", REASON, "parked")


def test_faults(shown: Callable[[], str], tmp_path: Any) -> None:
    found = switch.table(tmp_path)
    screen.show_faults(found)
    told = [each[name] for each in found for name in ("name", "what", "how", "alert", "service", "trace")]
    whole(shown(), "now", "what", "how", "alert", "service", "trace", *told)


def component(name: str, **changes: Any) -> dict[str, Any]:
    row = {
        "name": name,
        "ok": True,
        "state": "ready",
        "ready": 1,
        "wanted": 1,
        "pid": 4194304,
        "restarts": 0,
        "autoscaling": None,
        "ready_at": NOW - 180,
        "started_at": NOW - 200,
        "ports": {"grpc": 15001, "health": 15002},
        "version": "0.2.0",
    }
    return row | changes


def pillar(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "revisions": ["governance_0012", "kit_0003"],
        "unsent": 40000,
        "oldest_unsent_s": 1234.5,
        "consumers": {"governance": 12345, "environment": 0},
        "dead_letters": 12,
        "last_event": LONGEST,
        "last_event_at": NOW - 720,
    }


def state(components: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    attention = (
        f"environment: 12 dead letters, the oldest from 2 h ago; log: /srv/smartcity/logs/environment.log {REASON}"
    )
    row = {"attention": [attention], "faults": ["slow-query"], "notes": [], "healthy": False}
    return row | {"components": components, "pillars": [pillar(name) for name in NAMES]} | changes


def test_status_on_one_machine(shown: Callable[[], str]) -> None:
    local = [component(name) for name in ("postgres", "nats", *NAMES, "gateway-2")]
    screen.show_status(state([*local, component("governance-2", ok=False, state="restarting", restarts=17)]))
    heads = ("state", "ready", "pid", "restarts", "for", "ports", "version")
    lags = ("revisions", "unsent", "oldest", "handle", "dead", "last", "event")
    name = LONGEST.rpartition(".")[2]
    whole(
        shown(),
        *heads,
        *lags,
        "4194304",
        "15001",
        "15002",
        "governance_0012",
        "1234.5",
        "12345",
        name,
        "min ago",
        REASON,
    )


def test_status_of_a_calm_platform_is_two_tables(shown: Callable[[], str]) -> None:
    calm = {"unsent": 0, "oldest_unsent_s": None, "consumers": {"governance": 0}, "dead_letters": 0}
    rows = [pillar(name) | calm | {"last_event": "smartcity.governance.v1.ComplaintAssigned"} for name in NAMES]
    local = [component(name) for name in ("postgres", "nats", *NAMES, "gateway")]
    screen.show_status(state(local, pillars=rows, attention=[], faults=[], healthy=True))
    text = shown()
    whole(text, "governance_0012", "ComplaintAssigned", "4194304")
    assert "oldest" not in text, "nothing waits anywhere"
    assert len(text.splitlines()) < 2 + 9 + 2 * 6 + 3
    assert re.search(r"^pillar +revisions +unsent +to handle +dead +last event *$", text, re.M)


def test_status_in_a_cluster(shown: Callable[[], str]) -> None:
    names = [f"smartcity-{name}" for name in (*NAMES, "gateway", "migrate-0-2-0-20261127")]
    in_cluster = {"pid": None, "ports": {}, "autoscaling": {"now": 2, "min": 2, "max": 12}, "version": "0.2.0-rc.1"}
    screen.show_status(state([component(name, **in_cluster) for name in names], notes=["pillars: not asked."]))
    whole(shown(), *names, "0.2.0-rc.1", "2 of 2–12", "restarts", "scales")


def test_outcomes_receipts_and_steps(shown: Callable[[], str]) -> None:
    screen.show_outcomes([{"pillar": "environment", "number": 7, "outcome": "failed", "reason": REASON}])
    screen.show_outcomes([{"pillar": "environment", "number": 8, "outcome": "waiting", "reason": None}])
    text = shown()
    assert words_of(REASON, "smartcity") <= set(re.split(r"[\s`]+", text))
    screen.show_receipt(
        {"holds": False, "sealed_until": None, "problems": [{"where": "entry 3", "what": REASON, "reason": "X"}]}
    )
    screen.show_step(Step("bill", "petugas-disdag", REASON, {}), 0.2)
    screen.show_reactions([{"seconds": 0.664, "pillar": "living", "what": "ServiceAlertPublished", "agency": "dishub"}])
    told = shown()
    assert told.count(REASON) == 2, "one line each, which the terminal wraps"
    assert {"0.66", "living", "ServiceAlertPublished", "dishub"} <= set(told.split())


def test_the_welcome() -> None:
    file = io.StringIO()
    urls = dict.fromkeys(
        ("portal", "officer_desk", "api_docs", "traces", "mailbox", "bank", "report", "business", "login"),
        "http://127.0.0.1:18080/petugas/kas",
    )
    people = [
        ("petugas-kecamatan-semarang-tengah", "Officer of the kecamatan, who takes the complaints of its kelurahan")
    ]
    screen = Screen("/logs", Console(file=file, width=WIDTH, highlight=False))
    screen.welcome(urls, people, "p" * 24, ["governance"], ["levy"], business=False)
    whole(file.getvalue(), people[0][0], people[0][1], urls["portal"], "Mailbox", "smartcity story levy")
    assert "story flood" not in file.getvalue(), "it cannot be told of this city"
    assert "QRIS" not in file.getvalue(), "the merchant has no business here"


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_rows_keep_every_word_at_any_width(width: int) -> None:
    file = io.StringIO()
    rows = Rows("name", "number", "why", prose=("why",))
    rows.add("something-with-a-long-name", "123456", "because it is as it is, and nobody knows why")
    rows.add("other", "", "[bold]no markup[/]")
    Console(file=file, width=width, highlight=False).print(rows)
    text = file.getvalue()
    assert words_of("something-with-a-long-name 123456 because nobody why [bold]no – other") <= set(text.split())
