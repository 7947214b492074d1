"""What the operator's documents say: every command exists with its options, every value of the chart is one."""

import json
import re
import shlex
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from helm_python import Chart
from starlette.datastructures import QueryParams

from deploy.cli import app
from deploy.cluster.chart import CHART, merge, values
from deploy.pillars import NAMES, pillar
from gateway.bodies import kinds
from gateway.rest.routes import routes
from gateway.rest.values import Faults, query_reader
from gateway.settings import MEBIBYTE, GatewaySettings
from services.kit.signing import secret
from tests.deploy.helm.charts import EVERYTHING, MATRIX, files, of_kind, pods, render
from tests.deploy.helm.policies import End, allowed

ROOT = Path(__file__).parents[2]
OPERATE = ROOT / "docs" / "operate.md"
RESTORED = CHART.parent / "values" / "restored.yaml"
DOCUMENTS = [
    OPERATE,
    ROOT / "README.md",
    ROOT / "cities" / "README.md",
    ROOT / "services" / "README.md",
    ROOT / "docs" / "gtfs.md",
    *sorted((ROOT / "observability" / "runbooks").glob("*.md")),
]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_ASKED = re.compile(r"(/v1/[\w/-]+)\?([\w=&-]+)")
_PATH = re.compile(r"(?<![\w/])(?:deploy|docs|observability|services|cities)/[\w./-]*\.\w+")


def blocks(text: str, language: str) -> list[str]:
    """Contents of the fenced blocks of a language."""
    return [content for named, content in _BLOCK.findall(text) if named == language]


def test_the_first_page_calls_no_program_that_it_does_not_say_is_needed() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    called = set(re.findall(r"(?:^|\$\()([\w./-]+)", "".join(blocks(page, "sh")), re.MULTILINE))
    assert "python3" in called
    assert {one for one in called if not one.startswith(".venv/bin/")} <= {"curl", "make", "python3"}


def commands(text: str) -> Iterator[list[str]]:
    """Every call of `smartcity`, in blocks and in the running text, as its words."""
    lines = [line for block in blocks(text, "sh") for line in block.replace("\\\n", " ").splitlines()]
    for line in [*lines, *_INLINE.findall(_BLOCK.sub("", text))]:
        if "smartcity " not in line:
            continue
        reader = shlex.shlex(line, posix=True, punctuation_chars=True)
        reader.whitespace_split = True
        for is_between, words in groupby(reader, lambda word: word in ("|", "&&", ";")):
            called = list(words)
            while called and re.fullmatch(r"[A-Z_]+=.*", called[0]):
                called.pop(0)
            if not is_between and called and called[0].removeprefix(".venv/bin/") == "smartcity" and called[1:]:
                yield called[1:]


def wrong_in(words: list[str]) -> str:
    """What is wrong with the words of a call; empty when it is one."""
    command: Any = typer.main.get_command(app)
    while words and (found := getattr(command, "commands", {}).get(words[0])):
        command, words = found, words[1:]
    if getattr(command, "commands", {}) and not command.invoke_without_command:
        return f"{command.name} has no command {' '.join(words)}"
    options = {name: each for each in command.params if each.param_type_name == "option" for name in each.opts}
    rest, arguments = iter(words), 0
    for word in rest:
        if word in (">", "<", ">>"):
            next(rest)
        elif not word.startswith("-"):
            arguments += 1
        elif word in options:
            _ = options[word].is_flag or next(rest)
        elif word != "--help":
            return f"{command.name} has no option {word}"
    taken = [each for each in command.params if each.param_type_name == "argument"]
    least = sum(each.required for each in taken)
    most = 1000 if any(each.nargs < 0 for each in taken) else len(taken)
    return "" if least <= arguments <= most else f"{command.name} takes {least} to {most} arguments, not {arguments}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_exists(document: Path) -> None:
    found = [(words, wrong) for words in commands(document.read_text(encoding="utf-8")) if (wrong := wrong_in(words))]
    assert not found


def test_a_command_that_does_not_exist_is_found() -> None:
    assert wrong_in(["status", "--everything"]) == "status has no option --everything"
    assert wrong_in(["dead-letters", "burn"]) == "dead-letters has no command burn"
    assert wrong_in(["secrets", "rotate", "assertions"]) == "rotate takes 2 to 2 arguments, not 1"
    assert wrong_in(["erasures", "replay", "--list", "kept.json"]) == ""


def test_after_a_restore_erasures_are_replayed_before_any_service_can_mail() -> None:
    (steps,) = re.findall(r"^## Restore\n(.*?)^## ", OPERATE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    names = re.findall(r"^(\d)\. \*\*([\w ]+)", steps, re.MULTILINE)
    assert [int(number) for number, _ in names] == list(range(1, len(names) + 1))
    assert [name for _, name in names][:5] == ["PostgreSQL", "Erasures", "NATS", "Migrate", "Look"]
    assert "before any service runs" in steps


def test_a_restore_is_found_under_its_own_name_and_photos_are_swept_again_only_when_it_is_final() -> None:
    (steps,) = re.findall(r"^## Restore\n(.*?)^## ", OPERATE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    first, last = steps[: steps.index("\n2. ")], steps[steps.index("\n7. ") : steps.index("\n8. ")]
    name = re.findall(r"kubectl wait .* cluster/([\w-]+)", first)[0]
    restored = (CHART.parent / "values" / "restored.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(restored)["postgres"]["host"] == f"{name}-rw"
    assert f"service/{name}-rw" in first, "of $PSQL"
    assert "copy of the bucket" in first
    assert "`files.sweep`" in last


def test_a_restore_erases_by_a_pod_that_reaches_the_restored_server_before_any_service_does() -> None:
    (steps,) = re.findall(r"^## Restore\n(.*?)^## ", OPERATE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (command,) = re.findall(r"helm template smartcity .*?kubectl apply", steps, re.DOTALL)
    assert "--values deploy/helm/values/restored.yaml --set operator.enabled=true" in command
    shown = re.findall(r"--show-only templates/(\S+)", command)
    values = merge(MATRIX["restored"], {"operator": {"enabled": True}})
    made = [
        each for file, text in files(values).items() if Path(file).name in shown for each in yaml.safe_load_all(text)
    ]
    ((name, pod, labels),) = pods(made)
    assert name == "Deployment/smartcity-operator"
    assert {"smartcity-postgres-restored-ca", "smartcity-keys-ca"} <= {
        each["secret"]["secretName"] for each in pod["volumes"] if "secret" in each
    }
    restored, policies = (
        yaml.safe_load(RESTORED.read_text(encoding="utf-8")),
        list(of_kind(made, "NetworkPolicy").values()),
    )
    server = restored["networkPolicy"]["postgres"]["peers"][0]["podSelector"]["matchLabels"]
    assert allowed(policies, End("10.1.0.1", labels), End("10.0.1.1", server), 5432)


def test_a_restore_takes_back_the_replicas_that_it_scaled_down_itself() -> None:
    """Helm 4 applies server-side: a field that `kubectl scale` wrote is `kubectl`'s, unless the upgrade forces it.

    Where there is an HPA the chart says no replicas, and nobody but `kubectl scale` raises them from none.
    """
    (steps,) = re.findall(r"^## Restore\n(.*?)^## ", OPERATE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    first, fourth = steps[: steps.index("\n2. ")], steps[steps.index("\n4. ") : steps.index("\n5. ")]
    assert "kubectl scale deployment -l app.kubernetes.io/instance=smartcity --replicas=0" in first
    (ours,) = set(re.findall(r"^helm upgrade smartcity .*", OPERATE.read_text(encoding="utf-8"), re.MULTILINE))
    assert f"{ours} \\\n     --values deploy/helm/values/restored.yaml --force-conflicts\n" in fourth
    assert "kubectl get hpa -l app.kubernetes.io/instance=smartcity -o name" in fourth
    for name in ("production", "devices", "no autoscaling"):
        chart = render(MATRIX[name])
        scaled = set(of_kind(chart, "HorizontalPodAutoscaler"))
        assert scaled == {each for each, it in of_kind(chart, "Deployment").items() if "replicas" not in it["spec"]}


@pytest.mark.parametrize("host", ["smartcity-postgres-rw", "smartcity-postgres-restored-1-rw"])
def test_the_owner_finds_the_server_that_was_restored_the_second_time_too(host: str) -> None:
    text = OPERATE.read_text(encoding="utf-8")
    (written,) = re.findall(r"\$\{url/.*?\}", text)
    url, found = "postgresql://smartcity_owner:a-rw@{}:5432/smartcity", "smartcity-postgres-restored-rw"
    assert f"cluster/{found.removesuffix('-rw')} " in text
    command = ["bash", "-c", f'url=$1; printf %s "{written}"', "bash", url.format(host)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == url.format(found)


def test_of_a_server_that_was_replaced_its_archive_is_deleted_and_not_that_of_the_new_one() -> None:
    (steps,) = re.findall(r"^8\. \*\*The old server(.*?)^## ", OPERATE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    deleted = set(re.findall(r"aws s3 rm --recursive (s3://\S+)", steps))
    servers = list(yaml.safe_load_all((CHART.parent / "values" / "cloudnative-pg.yaml").read_text("utf-8")))
    names = [each["metadata"]["name"] for each in servers if each["kind"] == "Cluster"]
    kept = {
        each["metadata"]["name"]: each["spec"]["configuration"]["destinationPath"]
        for each in servers if each["kind"] == "ObjectStore"
    }  # fmt: skip
    assert deleted == {f"{kept[name]}/{name}/" for name in names}
    assert all(f"kubectl delete scheduledbackup,cluster {name}" in steps for name in names)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_secrets_that_commands_make_up_are_taken() -> None:
    """The commands run as they stand; what is handed to kubectl is read as its Secret would be."""
    lines = [line for block in blocks(OPERATE.read_text(encoding="utf-8"), "sh") for line in block.splitlines()]
    made = [line for line in lines if "openssl rand" in line]
    assert len(made) >= 3
    for line in made:
        script = f"""kubectl() {{ printf '%s\\0' "$@"; }}\n{line}"""
        done = subprocess.run(["bash", "-ec", script], capture_output=True, text=True, check=True)
        words = done.stdout.split("\0")
        if "-p" in words:
            patch = json.loads(words[words.index("-p") + 1])
            held = {key: b64decode(value).decode() for key, value in patch.get("data", {}).items()}
            held |= patch.get("stringData", {})
        else:
            held = dict(re.findall(r"^--from-literal=([\w.-]+)=(.*)", "\n".join(words), re.MULTILINE))
        assert held, line
        for key, value in held.items():
            assert value == value.strip(), f"{key} has a line end: {line}"
            assert len(secret(value, key)) == 32


def kubectl(text: str) -> Iterator[list[str]]:
    """Every call of `kubectl logs`, `get pods`, `delete job` and `rollout`, as its words."""
    for line in [each for block in blocks(text, "sh") for each in block.splitlines()] + _INLINE.findall(text):
        if re.match(r"kubectl (logs|get pods|delete job|rollout) ", line):
            yield shlex.split(re.split(r" [|#] ?", line)[0])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_kubectl_is_asked_for_what_the_chart_makes_and_for_all_of_its_lines(document: Path) -> None:
    """Of a selector `kubectl logs` shows ten lines of each pod, unless it is told otherwise: too few to grep in."""
    chart = render(MATRIX["operator"])
    made = {labels["app.kubernetes.io/component"] for _, _, labels in pods(chart)}
    for words in kubectl(document.read_text(encoding="utf-8")):
        for word in words:
            if word.startswith(("deploy/", "deployment/")) and "-n" not in words:
                assert word.partition("/")[2] in of_kind(chart, "Deployment"), words
        selector = words[words.index("-l") + 1] if "-l" in words else ""
        assert "--selector" not in words, words
        if selector.startswith("app.kubernetes.io/component="):
            assert selector.partition("=")[2] in made, words
        else:
            assert selector.removeprefix("app.kubernetes.io/name=") in ("", "opentelemetry-collector", "alertmanager")
        if selector and words[1] == "logs":
            assert any(word.startswith("--tail=") for word in words), words


def test_every_upgrade_of_the_platform_is_given_all_its_values() -> None:
    """What the files of an upgrade do not say is off afterwards, whatever the release had before."""
    lines = [line for block in blocks(OPERATE.read_text(encoding="utf-8"), "sh") for line in block.splitlines()]
    given = {tuple(shlex.split(line)[3:]) for line in lines if re.match(r"helm (install|upgrade) smartcity ", line)}
    assert len(given) == 1, given
    (words,) = given
    kept = {line.split()[1] for line in lines if re.match(r"cat .* >> kota\.yaml", line)}
    written = {line.partition("--write ")[2].split()[0] for line in lines if " --write " in line}
    assert {f"{each}/public-keys.yaml" for each in written - {"tickets"}} == {*words, *kept} - set(_CALLED)


_CALLED = ("deploy/helm/smartcity", "--values", "kota.yaml")


def test_the_example_of_an_installation_lets_its_ingress_in_with_the_largest_form() -> None:
    (example,) = (yaml.safe_load(block) for block in blocks(OPERATE.read_text(encoding="utf-8"), "yaml"))
    chart = render(merge(EVERYTHING, example))
    (gateway,) = (labels for name, _, labels in pods(chart) if name == "Deployment/smartcity-gateway")
    policies = list(of_kind(chart, "NetworkPolicy").values())
    assert allowed(policies, End("10.9.0.9", {"app": "controller"}, "ingress-nginx"), End("10.1.0.1", gateway), 8080)
    told = of_kind(chart, "Ingress")["smartcity-gateway"]["metadata"]["annotations"]
    assert "cert-manager.io/cluster-issuer" in told, "nobody makes the Secret of its certificate"
    settings = GatewaySettings.model_construct()
    takes = [each for each in vars(kinds).values() if isinstance(each, kinds.Kind) and each.files]
    largest = max(each.most(kinds.MULTIPART, settings) for each in takes)
    assert int(told["nginx.ingress.kubernetes.io/proxy-body-size"].removesuffix("m")) * MEBIBYTE >= largest


def test_values_are_those_of_the_chart() -> None:
    text = OPERATE.read_text(encoding="utf-8")
    found = blocks(text, "yaml")
    assert found
    for block in found:
        override = yaml.safe_load(block)
        assert Chart.load(CHART).render(values=merge(EVERYTHING, override), name="smartcity"), block


def test_names_of_values_exist() -> None:
    known = values()
    known["components"] = {name: merge(known["defaults"], own) for name, own in known["components"].items()}
    text = OPERATE.read_text(encoding="utf-8")
    named = [each for each in _INLINE.findall(_BLOCK.sub("", text)) if re.fullmatch(r"[a-zA-Z]+(\.[a-zA-Z]+)+", each)]
    named += re.findall(r"--set ([\w.]+)=", text)
    named = [each for each in named if each.partition(".")[0] in known]
    assert len(named) > 5
    assert [each for each in named if not _has(known, each.split("."))] == []


def _has(known: Any, path: list[str]) -> bool:
    return not path or (isinstance(known, dict) and path[0] in known and _has(known[path[0]], path[1:]))


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_of_a_pillar_names_what_it_tells_and_what_it_acts_on(name: str) -> None:
    """But for what is said once of all (what is kept of somebody, in society's) and what is only kept for stories."""
    text, found = (ROOT / "services" / name / "README.md").read_text(encoding="utf-8"), pillar(name)
    own = {
        each
        for file in found.publishes
        for each in file.message_types_by_name
        if file.package == f"smartcity.{name}.v1"
    }
    heard = {each.event.DESCRIPTOR.name for each in found.reactions if ".stories." not in each.handle.__module__}
    unsaid = {each for each in (own | heard) - {"PersonalDataRequested"} if not re.search(rf"\b{each}\b", text)}
    assert unsaid == set(), f"say in services/{name}/README.md what is told by these events, and what comes of them"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(document: Path) -> None:
    named = set(_PATH.findall(document.read_text(encoding="utf-8")))
    assert [each for each in sorted(named) if not (ROOT / each).exists()] == []


def test_postgresql_is_read_by_the_command_that_is_explained() -> None:
    """Not by the address that `up` takes for a server of one's own, which is wanted by nothing else."""
    lines = [
        line
        for path in DOCUMENTS
        for block in blocks(path.read_text(encoding="utf-8"), "sh")
        for line in block.splitlines()
        if re.search(r"\bpsql\b|\$PSQL|SMARTCITY_POSTGRES_URL", line)
    ]
    assert len(lines) > 20
    tried = r"sh -c 'PGPASSWORD=\$\(cat\) psql -h 127\.0\.0\.1 "  # whether a role has its new password
    ours = rf"^PSQL=|\$PSQL as below|\$PSQL -c |\}} \| \$PSQL -1 |{tried}"
    assert [line for line in lines if not re.search(ours, line)] == []
    assert sum(line.startswith("PSQL=") for line in lines) == 2


_QUOTED = re.compile(r"log(?: of \w+)? says[^`.;,]{0,25}(`[^`]+`(?:(?:,| and| or)? `[^`]+`)*)")
_OF_NATS = "permissions violation for publish"


def logged(text: str) -> Iterator[str]:
    """What a document says that a log has: each alternative of what is looked for, and what is quoted."""
    for line in [line for block in blocks(text, "sh") for line in block.splitlines()] + _INLINE.findall(text):
        for rest in re.findall(r"logs [^|]*\| grep (.*)", line):
            for pattern in shlex.split(re.split(r" \| |  +#", rest)[0]):
                before, _, some = pattern.partition("(")
                inner, _, after = some.partition(")")
                whole, _, stem = before.rpartition("|")
                inside = [*whole.split("|"), *(stem + each for each in inner.split("|")), *after.split("|")]
                alternatives = inside if some else pattern.split("|")
                yield from (
                    each for each in alternatives if each and each[0] != "-" and "/" not in each and '"' not in each
                )
    for said in _QUOTED.findall(re.sub(r"\s+", " ", text)):
        yield from (each for each in _INLINE.findall(said) if each != _OF_NATS)


def test_what_a_document_says_of_logs_is_written_by_somebody() -> None:
    files = [path for folder in ("services", "gateway", "deploy") for path in (ROOT / folder).rglob("*.py")]
    literals = [each for path in files for each in re.findall(r'"([^"\n]*)"', path.read_text(encoding="utf-8"))]
    code = "\n".join(literals).lower()
    found = [(path.stem, each) for path in DOCUMENTS for each in logged(path.read_text(encoding="utf-8"))]
    assert len(found) > 40
    assert [each for each in found if each[1].lower() not in code] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_lists_of_the_api_are_asked_for_as_they_are_taken(document: Path) -> None:
    asked = _ASKED.findall(document.read_text(encoding="utf-8"))
    lists = {route.template: route for route in routes() if route.verb == "GET"} if asked else {}
    for path, words in asked:
        query, faults = QueryParams(words), Faults()
        assert set(query) <= {each.name for each in lists[path].in_query}, words
        for field in lists[path].in_query:
            query_reader(field)(query, {}, faults)
        assert not faults, f"{path}?{words}: {faults}"
