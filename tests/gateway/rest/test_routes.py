"""``make routes``: what was derived from the contracts, for people and for programs."""

import json
from typing import Any

import pytest
from rich.console import Console

from gateway.rest.__main__ import WIDTH, main, rows, table
from gateway.rest.routes import routes


def row(verb: str, path: str) -> dict[str, Any]:
    (found,) = [each for each in rows() if (each["verb"], each["path"]) == (verb, path)]
    return found


def test_every_route_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    head, *lines, foot = capsys.readouterr().out.splitlines()
    assert head.split() == ["verb", "path", "rpc", "who", "cache", "key", "s"]
    assert len(lines) == len(routes())
    assert foot.startswith(f"{len(routes())} routes below /v1")


def test_a_line_says_who_may_call_and_what_becomes_of_key_and_answer(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    who = ["officer:own_agency", "admin:any"]
    assert ["POST", "/cleanups/{id}/dispatch", "DispatchCleanup", *who, "private", "optional", "5"] in lines
    assert ["POST", "/bills", "CreateBill", *who, "none", "required∞", "5"] in lines
    assert ["GET", "/indicators", "ListIndicators", "everybody:any", "10", "s", "none", "2"] in lines
    assert ["POST*", "/complaints/{code}/photos"] in [line[:2] for line in lines]


def test_the_table_fits_the_terminal_it_asks_for() -> None:
    console = Console(width=WIDTH, record=True, quiet=True)
    shown = "".join(segment.text for segment in console.render(table(rows())))
    assert max(map(len, shown.splitlines())) <= WIDTH
    assert "…" not in shown


def test_programs_read_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["-o", "json"])
    assert json.loads(capsys.readouterr().out) == rows()
    assert row("POST", "/v1/settlement/days/{day}/closing") == {
        "verb": "POST",
        "path": "/v1/settlement/days/{day}/closing",
        "rpc": "smartcity.economy.v1.SettlementService/CloseDay",
        "who": {"officer": "own_agency", "admin": "any"},
        "cache": "none",
        "key": "optional",
        "permanent": True,
        "seconds": 25.0,
        "by_hand": False,
    }


def test_routes_served_by_hand_are_marked() -> None:
    assert row("GET", "/v1/payments/{id}/events")["by_hand"]
    assert not row("GET", "/v1/payments/{id}")["by_hand"]
