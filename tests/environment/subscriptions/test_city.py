"""A city where nobody and no gauge gives warnings promises them to no address."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from services.environment.subscriptions import timers
from services.kit.caller import ANONYMOUS
from services.kit.city import load_city
from smartcity.environment.v1 import warnings_pb2
from tests.environment.subscriptions.subscribing import Subscribers
from tests.governance.conftest import RefusedError

CITY = load_city("semarang")


@pytest.fixture
def silent(subscribers: Subscribers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The city has no criteria."""
    folder = tmp_path / "semarang"
    shutil.copytree(CITY.folder, folder, ignore=shutil.ignore_patterns("warnings.toml"))
    monkeypatch.setattr(subscribers.runtime, "city", replace(CITY, folder=folder))


@pytest.mark.usefixtures("silent")
async def test_nobody_subscribes_to_warnings_that_nobody_can_ever_give(subscribers: Subscribers) -> None:
    with pytest.raises(RefusedError) as refused:
        await subscribers.ask()
    assert refused.value.reason == "NO_WARNINGS_HERE"
    await timers.deliver(subscribers.runtime)
    assert subscribers.catcher.mails == []


async def test_the_gateway_is_told_that_there_are_none_by_mail(
    subscribers: Subscribers, request: pytest.FixtureRequest
) -> None:
    before = await subscribers.warnings.call(warnings_pb2.GetWarningFeedRequest(), ANONYMOUS)
    request.getfixturevalue("silent")
    found = await subscribers.warnings.call(warnings_pb2.GetWarningFeedRequest(edition=before.edition), ANONYMOUS)
    assert (before.by_mail, found.by_mail, found.same) == (True, False, False)
    assert (before.gives_none, found.gives_none) == (False, True), "that none is in force is no all clear here"
