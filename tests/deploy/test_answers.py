"""What `helm test` runs: whether every pillar answers through the gateway."""

import sys

import pytest

from deploy import answers
from deploy.local.process import free_ports
from tests.fixtures.house import House


def test_on_a_platform_that_is_well_every_section_is_fresh(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["answers", house.url])
    assert answers.main() == 0
    said = capsys.readouterr().out
    assert {"governance ok", "economy ok", "environment ok"} <= set(said.strip().split(", "))


def test_where_nobody_answers_it_says_so_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (port,) = free_ports(1)
    monkeypatch.setattr(answers, "WITHIN_S", 0.1)
    monkeypatch.setattr(sys, "argv", ["answers", f"http://127.0.0.1:{port}"])
    assert answers.main() == 1
    assert "Connection refused> after 0 s" in capsys.readouterr().err
