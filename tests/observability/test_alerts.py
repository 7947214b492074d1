"""Alerts, runbooks, service levels, collectors: what is written belongs together, and every rule does what it says."""

import re
import subprocess
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import yaml

from deploy.cluster.chart import values
from deploy.pillars import NAMES
from gateway.portal import pages_in_order
from gateway.rest.routes import routes
from gateway.streams.events import Stream
from observability import manifests, semconv, slo
from observability.dashboards import build
from observability.metrics import DURATION_BUCKETS
from tests.observability.prometheus import OBSERVABILITY, RULES, needs_promtool

ALERTS = sorted((OBSERVABILITY / "alerts").glob("*.yaml"))
TESTS = Path(__file__).parent / "alerts"
SEVERITIES = {"page", "ticket", "none"}
README = (OBSERVABILITY / "README.md").read_text(encoding="utf-8")


def rules(path: Path) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.mark.parametrize("path", ALERTS, ids=lambda path: path.stem)
def test_a_file_holds_one_alert_with_severity_and_runbook(path: Path) -> None:
    for rule in rules(path):
        assert rule["alert"] == path.stem
        assert rule["labels"]["severity"] in SEVERITIES
        assert rule["annotations"].keys() == {"summary", "description", "runbook"}
        assert rule["annotations"]["runbook"] == f"observability/runbooks/{path.stem}.md"


def test_the_table_of_severities_names_each_alert_in_its_row() -> None:
    """But for those that burn a budget slowly, who are told by what they do and are of two severities."""
    rows = {
        row: set(re.findall(r"\w+", alerts)) for row, alerts in re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", README, re.M)
    }
    for path in ALERTS:
        of = {rule["labels"]["severity"] for rule in rules(path)}
        wanted = {"page"} if "page" in of else of
        mend = (
            f"observability/README.md: write {path.stem} into the row {wanted} of the table of severities, and no other"
        )
        assert {row for row in SEVERITIES if path.stem in rows[row]} == wanted, mend


def example() -> dict[str, Any]:
    """What the README shows for Alertmanager."""
    (found,) = (yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", README, re.S) if "inhibit" in text)
    return dict(found)


def test_the_example_for_alertmanager_tells_pages_at_once_and_the_watchdog_each_minute() -> None:
    route, receivers = example()["route"], {one["name"] for one in example()["receivers"]}
    assert "alertname" in route["group_by"], "else a page would wait for the turn of a group that was told already"
    assert {route["receiver"], *(one["receiver"] for one in route["routes"])} == receivers
    watchdog, consumers, page = route["routes"]
    assert (watchdog["matchers"], page["matchers"]) == (["alertname = Watchdog"], ["severity = page"])
    assert consumers["receiver"] == page["receiver"]
    assert watchdog["group_interval"] == watchdog["repeat_interval"] == "1m"


def test_who_is_called_as_nats_is_away_is_called_once_and_not_for_each_pillar() -> None:
    unread: dict[str, str] = {"alertname": "GaugesUnread", "severity": "page", "gauges": semconv.CONSUMER_LAG.name}
    quiet = [{**unread, "service_name": name} for name in ("society", "living", "branding")]
    stuck = {"alertname": "OutboxStuck", "severity": "page", "service_name": "governance"}
    of_112 = {**unread, "service_name": "governance", "gauges": semconv.INCIDENTS_OPEN.name}
    assert called(stuck, *quiet) == {("OutboxStuck", "governance")}
    assert called(*quiet) == {("GaugesUnread", "")}, "where nobody publishes anything, too"
    assert called(stuck, {**of_112, "service_name": "society"}) == {
        ("OutboxStuck", "governance"),
        ("GaugesUnread", "society"),
    }, "what has another cause"
    assert called(*quiet, of_112) == {("GaugesUnread", ""), ("GaugesUnread", "governance")}


def called(*alerts: dict[str, str]) -> set[tuple[str, str]]:
    """The calls that Alertmanager makes by the example: their alert and, of a group of its own, the service."""
    rules, route = example()["inhibit_rules"], example()["route"]
    told = [one for one in alerts if not any(_inhibits(rule, other, one) for rule in rules for other in alerts)]
    found = set()
    for one in told:
        ways = (way for way in route["routes"] if _match(way["matchers"], one))
        group = {"group_by": route["group_by"], **next(ways)}["group_by"]
        found.add((one["alertname"], one["service_name"] if "service_name" in group else ""))
    return found


def _inhibits(rule: dict[str, Any], source: dict[str, str], target: dict[str, str]) -> bool:
    same = all(source.get(label) == target.get(label) for label in rule.get("equal", ()))
    return same and _match(rule["source_matchers"], source) and _match(rule["target_matchers"], target)


def _match(matchers: list[str], alert: dict[str, str]) -> bool:
    """Whether an alert has what all of the matchers say, as Alertmanager reads them."""
    for matcher in matchers:
        label, kind, value = re.fullmatch(r'(\w+) *(=~|!~|!=|=) *"?([^"]*)"?', matcher).groups()  # type: ignore[union-attr]
        has = alert.get(label, "")
        found = re.fullmatch(value, has) is not None if "~" in kind else has == value
        if found is kind.startswith("!"):
            return False
    return True


def test_the_table_of_metrics_names_each_of_ours() -> None:
    rows = [re.findall(r"`(\w+)`", row.split(" | ")[0]) for row in README.splitlines() if row.startswith("| `")]
    told = {(name, row[0]) for row in rows for name in row}

    def is_told(metric: str, name: str, first: str) -> bool:
        """One that begins with `_` begins as the first of its row does, up to there."""
        plain = re.sub("_(seconds|bytes|total)$", "", name)
        begin = metric.removesuffix(plain) if plain.startswith("_") else ""
        return metric == begin + plain and first.startswith(begin)

    ours = [each.name.replace(".", "_") for each in vars(semconv).values() if isinstance(each, semconv.Metric)]
    left = [each for each in ours if not any(is_told(each, *name) for name in told)]
    assert left == [], f'observability/README.md, "What is measured": give each a row: {left}'


@pytest.mark.parametrize("kind", ["runbooks", "tests"])
def test_each_alert_has_one_runbook_and_one_test_and_there_are_no_others(kind: str) -> None:
    found = (OBSERVABILITY / "runbooks").glob("*.md") if kind == "runbooks" else TESTS.glob("*.yaml")
    assert {path.stem for path in found} == {path.stem for path in ALERTS}


@pytest.mark.parametrize("path", sorted((OBSERVABILITY / "runbooks").glob("*.md")), ids=lambda path: path.stem)
def test_a_runbook_says_what_to_look_at_and_what_to_do(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.stem}\n")
    look, mend = text.index("\n## Look\n"), text.index("\n## Mend\n")
    assert "```sh\n" in text[look:mend]


@needs_promtool
@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_promtool_takes_the_rules(path: Path) -> None:
    """Without a complaint: of two rules of one name and the same labels it says FAILED, and ends with 0."""
    done = subprocess.run(["promtool", "check", "rules", path], capture_output=True, text=True, check=False)
    assert (done.returncode, "FAILED" in done.stdout + done.stderr) == (0, False), done.stdout + done.stderr


@needs_promtool
@pytest.mark.parametrize("path", sorted(TESTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_alert_fires_when_it_should_and_only_then(path: Path) -> None:
    done = subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_made_from_other_files_is_up_to_date() -> None:
    for path, text in {**slo.files(slo.load()), **build.files()}.items():
        assert path.read_text(encoding="utf-8") == text, f"make {path.name} again: see observability/README.md"


def test_streams_alone_are_left_out_of_what_the_gateway_may_take() -> None:
    followed = {one.path for one in routes() if "text/event-stream" in str(one.documented)}
    followed |= {page.path for page in pages_in_order() if get_type_hints(page.endpoint)["return"] is Stream}
    assert len(followed) == 5
    paths = {one.path for one in routes()} | {page.path for page in pages_in_order()}
    assert {path for path in paths if re.fullmatch(slo.STREAMS, path)} == followed
    assert {"/v1/events", "/v1/vehicle-events"} <= paths, "a list of the city's events, and a stream"
    panels = (OBSERVABILITY / "dashboards" / "panels.toml").read_text(encoding="utf-8")
    assert set(re.findall(r'http_route!~"([^"]*)"', panels)) == {slo.STREAMS}


def test_every_service_has_levels_that_can_be_measured_and_burnt() -> None:
    levels = slo.load()
    assert set(levels.services) == {*NAMES, "gateway"}
    steepest = max(burn.factor for burn in levels.burns)
    for one in levels.slos:
        assert one.seconds == 0 or one.seconds in DURATION_BUCKETS
        assert steepest * (1 - one.share) < 1, f"{one.service} {one.name} could never burn {steepest} times too fast"


def test_a_cluster_gets_every_rule_and_every_dashboard_and_hears_of_its_servers() -> None:
    items = manifests.manifests()["items"]
    names = [item["metadata"]["name"] for item in items]
    assert len(set(names)) == len(names) == len(RULES) + len(build.files()) + 2
    assert all(re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", name) for name in names)
    told = [rule for item in items if item["kind"] == "PrometheusRule" for rule in item["spec"]["groups"][0]["rules"]]
    assert {rule["alert"] for rule in told if "alert" in rule} == {path.stem for path in ALERTS}
    scraped = [item["spec"] for item in items if item["kind"] == "PodMonitor"]
    assert [each["podMetricsEndpoints"] for each in scraped] == [[{"port": "metrics"}], [{"port": "prom-metrics"}]]
    peers = values()["networkPolicy"]["nats"]["peers"]
    assert scraped[1]["selector"]["matchLabels"] == peers[0]["podSelector"]["matchLabels"], "the same pods of NATS"
