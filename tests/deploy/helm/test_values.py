"""values.yaml and its schema: the same keys, none unknown, each documented."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from helm_python import Chart, HelmError

from deploy.cluster.chart import CHART
from tests.deploy.helm.charts import EVERYTHING, render, together

TEXT = (CHART / "values.yaml").read_text(encoding="utf-8")
VALUES: dict[str, Any] = yaml.safe_load(TEXT)
SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
OPEN = {"global"}
"""`global` is shared with other charts of an umbrella, whose keys are theirs."""
FREE = {
    "global.labels", "defaults.podAnnotations", "defaults.podLabels", "defaults.nodeSelector", "defaults.affinity",
    "defaults.resources.requests", "defaults.resources.limits", "migrations.resources.requests",
    "migrations.resources.limits", "mqtt.resources.requests", "mqtt.resources.limits",
    "operator.resources.requests", "operator.resources.limits",
    "ingress.annotations", "components.gateway.resources.requests",
    "components.gateway.resources.limits", "components.living.resources.limits",
}  # fmt: skip
"""Maps of names that Kubernetes or the reader chooses; `nats.publicKeys` is not among them: it knows its names."""

Path = tuple[str, ...]


def maps(values: dict[str, Any], path: Path = ()) -> Iterator[Path]:
    """Paths of every map in the values, the whole included."""
    yield path
    for key, value in values.items():
        if isinstance(value, dict):
            yield from maps(value, (*path, key))


def leaves(values: dict[str, Any], path: Path = ()) -> Iterator[Path]:
    """Paths of everything that is no map with keys."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


def schema_at(path: Path) -> dict[str, Any]:
    """The schema of one value, references resolved."""
    found = SCHEMA
    for key in path:
        found = resolve(found)
        properties = found.get("properties", {})
        found = properties[key] if key in properties else found["additionalProperties"]
    return resolve(found)


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    """Follows `$ref` into the schema's definitions."""
    while "$ref" in schema:
        schema = SCHEMA["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def known(schema: dict[str, Any], path: Path = ()) -> Iterator[Path]:
    """Paths of everything that the schema names."""
    properties = resolve(schema).get("properties", {})
    for key, value in properties.items():
        yield (*path, key)
        yield from known(value, (*path, key))


def at(path: Path, value: Any) -> dict[str, Any]:
    """Values with this one only."""
    for key in reversed(path):
        value = {key: value}
    return dict(value)


@pytest.mark.parametrize("path", [p for p in maps(VALUES) if ".".join(p) not in FREE | OPEN], ids=".".join)
def test_an_unknown_key_is_refused_at_every_level(path: Path) -> None:
    with pytest.raises(HelmError, match=r"additional properties|propertyNames|nknown"):
        render(at((*path, "unknownKey"), "x"))


@pytest.mark.parametrize("path", sorted(FREE))
def test_a_map_of_the_readers_own_names_takes_any(path: str) -> None:
    Chart.load(CHART).validate_schema(at((*path.split("."), "unknown-key"), "1"))


def test_every_value_is_in_the_schema() -> None:
    for path in leaves(VALUES):
        if ".".join(path[:-1]) not in FREE:
            assert schema_at(path), path


def test_everything_in_the_schema_is_in_the_values() -> None:
    """Parts of `defaults` may be said again for a component, and need not be."""
    there = {*leaves(VALUES), *maps(VALUES)}
    missing = {path for path in known(SCHEMA) if path not in there and path[0] != "components"}
    own = {"podSelector", "namespaceSelector", "ipBlock"}
    assert {path for path in missing if not own & set(path)} == set()


def test_what_a_component_may_say_is_what_the_defaults_say_and_its_module() -> None:
    defaults = resolve(SCHEMA["properties"]["defaults"])["properties"]
    for name in VALUES["components"]:
        component = resolve(schema_at(("components", name)))
        assert set(component["properties"]) == {*defaults, "module"}
        assert component["required"] == ["module"]
    assert set(VALUES["defaults"]) == set(defaults)


def undocumented(node: yaml.MappingNode, lines: list[str], path: Path = ()) -> Iterator[str]:
    """Paths of values without a `# --` right above. A map in one line is documented as a whole."""
    for key, value in node.value:
        here = (*path, key.value)
        above = key.start_mark.line - 1
        while above > 0 and lines[above].lstrip().startswith("#") and not lines[above].lstrip().startswith("# --"):
            above -= 1
        if lines[above].lstrip().startswith("# -- "):
            continue
        if isinstance(value, yaml.MappingNode) and not value.flow_style:
            yield from undocumented(value, lines, here)
        else:
            yield ".".join(here)


def test_every_value_is_documented() -> None:
    assert list(undocumented(yaml.compose(TEXT), TEXT.splitlines())) == []


@pytest.mark.parametrize(
    "values",
    [
        {"publicUrl": "https://smartcity.example.org/"},
        {"traceRatio": 2},
        {"logLevel": "LOUD"},
        {"image": {"digest": "sha256:short"}},
        {"defaults": {"pool": 1}},
        {"defaults": {"reaches": ["moon"]}},
        {"defaults": {"extraEnv": [{"value": "without a name"}]}},
        {"components": {"gateway": None}},
        {"components": {"seventh": {"module": "services.seventh"}}},
        {"nats": {"publicKeys": {"governance": "SUAGUESSINGASEED"}}},
        {"nats": {"publicKeys": {"stranger": "U" + "A" * 55}}},
        {"files": {"url": "gs://bucket"}},
        {"defaults": {"podLabels": {"app.kubernetes.io/name": "another"}}},
        {"global": {"labels": {"helm.sh/chart": "another"}}},
        {"networkPolicy": {"s3": {"peers": [{"cidr": "0.0.0.0/0"}]}}},
        {"networkPolicy": {"s3": {"peers": [{}]}}},
    ],
    ids=str,
)
def test_a_value_of_the_wrong_kind_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(HelmError, match="schema"):
        render(values)


def test_an_umbrella_chart_may_have_globals_of_its_own() -> None:
    assert render(together(EVERYTHING, {"global": {"storageClass": "fast"}}))
