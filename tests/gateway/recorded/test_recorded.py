"""The edge still hands on and answers what was recorded of it, but for the changes that are intended.

While pillars cannot be imported, leave the fixtures of the folder above out:
``pytest tests/gateway/recorded --confcutdir=tests/gateway/recorded -p tests.conftest``.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.pillars import NAMES
from tests.gateway.recorded.compare import Change, Difference, differences, facts, read_changes, summary, unintended
from tests.gateway.recorded.edge import Edge
from tests.gateway.recorded.record import ACCESS, OPENAPI, access
from tests.gateway.recorded.recording import FIXTURES, read


def _judge(left: list[Difference], changes: list[Change], file: Path) -> None:
    """Fails with what is left, in groups, or with the changes that are listed but not seen."""
    if left:
        pytest.fail(summary(left, file), pytrace=False)
    idle = [each.cases for each in changes if not each.met]
    assert not idle, f"changes.toml lists changes that nothing meets: {idle}"


@pytest.mark.timeout(300)
async def test_every_recorded_case_comes_out_as_it_did(edge: Edge, tmp_path: Path) -> None:
    cases, then = zip(*read(FIXTURES), strict=True)
    now = await edge.play(cases)
    found = [
        each for case, was, is_now in zip(cases, then, now, strict=True) for each in differences(case, was, is_now)
    ]
    changes = [each for each in read_changes() if "document" not in each.parts]
    _judge(unintended(found, changes), changes, tmp_path / "differences.txt")


async def test_the_document_loses_nothing_that_it_promised(edge: Edge, tmp_path: Path) -> None:
    recorded = json.loads((FIXTURES / OPENAPI).read_text(encoding="utf-8"))
    gone = sorted(facts(recorded) - facts(await edge.document()))
    changes = [each for each in read_changes() if "document" in each.parts]
    found = [Difference(each, "document", "there", "gone") for each in gone]
    _judge(unintended(found, changes), changes, tmp_path / "document.txt")


@pytest.mark.parametrize("name", NAMES)
def test_who_may_do_what_in_a_pillar_is_as_it_was(name: str) -> None:
    recorded = json.loads((FIXTURES / ACCESS).read_text(encoding="utf-8"))
    found = access(name)
    for rpc, roles in recorded.items():  # a new noun adds others
        assert not rpc.startswith(f"smartcity.{name}.") or found[rpc] == roles, rpc
