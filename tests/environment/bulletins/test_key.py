"""The key that warnings are signed with: until when its certificate holds is reported."""

import pytest
from pydantic import SecretStr

from observability import metrics, semconv
from services.environment.preparing import prepare
from services.kit import certificates
from tests.environment.conftest import Environment
from tests.environment.warnings.warning import key_and_certificate


@pytest.fixture(autouse=True)
def unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """What others watch is not seen."""
    monkeypatch.setattr(metrics, "_watched", [])
    monkeypatch.setattr(certificates, "_ends", {})


async def left(environment: Environment, key: str) -> list[tuple[str, int]]:
    """Whole days that a process with this key reports."""
    runtime = environment.served.runtime
    runtime.settings = runtime.settings.model_copy(update={"warning_key": SecretStr(key)})
    async with prepare(runtime):
        told = [one for name, _, _, read in metrics._watched if name == semconv.CERTIFICATE_LEFT.name for one in read()]
    return [(str(attributes[semconv.CERTIFICATE]), round(seconds / 86400)) for seconds, attributes in told]


async def test_a_certificate_that_ends_in_five_days_says_so(environment: Environment) -> None:
    assert await left(environment, key_and_certificate(5)[0]) == [("smartcity-warnings", 5)]


async def test_without_a_key_nothing_ends(environment: Environment) -> None:
    assert await left(environment, "") == []
