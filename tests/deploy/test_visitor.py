"""What stories say when the platform is not there (any more): one line with the next step."""

from pathlib import Path

import pytest

from deploy.local.process import free_ports
from deploy.operate.access import Access, AccessError
from deploy.operate.visitor import StoryError, visitor


async def test_a_gateway_that_does_not_answer_is_said_with_where_to_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMARTCITY_HOME", str(tmp_path))
    (port,) = free_ports(1)
    run = {"urls": {"portal": f"http://127.0.0.1:{port}/"}}
    with pytest.raises(StoryError, match=r"does not answer .*: see `smartcity status`") as told:
        async with visitor(Access("", "", "", run)) as one:
            await one.get("/v1/city", key="SECRET")
    assert f"http://127.0.0.1:{port}/v1/city" in str(told.value)
    assert "SECRET" not in str(told.value)


async def test_stories_are_told_on_a_local_platform_alone() -> None:
    with pytest.raises(AccessError, match="start one with `smartcity up`"):
        async with visitor(Access("", "", "", {})):
            pass
