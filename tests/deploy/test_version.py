"""One version: what the tree calls itself, wherever it says so."""

from importlib.metadata import version
from pathlib import Path

import yaml

from gateway.settings import GatewaySettings
from proto.codegen.breaking import last_release
from proto.codegen.generate import project_version
from services.kit.settings import Settings

ROOT = Path(__file__).parents[2]


def test_package_chart_guide_and_settings_say_the_version_of_the_project() -> None:
    chart = yaml.safe_load((ROOT / "deploy/helm/smartcity/Chart.yaml").read_text(encoding="utf-8"))
    guide = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    defaults = [
        each.model_fields["version"].get_default(call_default_factory=True) for each in (GatewaySettings, Settings)
    ]
    said = {version("smartcity"), chart["version"], chart["appVersion"], *defaults}
    assert said == {project_version()}
    assert f"image: {{ repository: registry.example.org/smartcity, tag: {project_version()} }}" in guide


def test_what_is_no_release_is_not_called_as_one() -> None:
    """Two images of one tag are one to a node that has pulled the first."""
    release = last_release()
    assert release is not None
    parts = [tuple(map(int, each.split("."))) for each in (project_version(), release.stem.removeprefix("v"))]
    assert parts[0] > parts[1], "raise the version in pyproject.toml and Chart.yaml: this tree follows a release"
