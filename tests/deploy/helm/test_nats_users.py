"""The rendered users of NATS, loaded into a real server: each does what the pillars declare, and nothing else.

The cells (who tries what) are those of tests/deploy/test_permissions.py.
"""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import streams
from deploy.cluster import permissions
from deploy.cluster.chart import CHART
from deploy.cluster.chart import values as merged_values
from deploy.cluster.secrets import of_devices
from deploy.doors import DOORS
from deploy.local.nats import binary, new_seed, public_key
from deploy.local.process import Command, Process, free_ports
from deploy.permissions import ADMIN, of_all
from deploy.pillars import NAMES, pillars
from services.kit.door.door import CALLOUT
from services.kit.events import bus
from tests.deploy.helm.charts import DEV, EVERYTHING, MATRIX, PUBLIC_KEYS, Values, of_kind, render, together
from tests.deploy.test_permissions import Server, heard, published, refusals
from tests.environment.broker.door import Device

USERS = (*NAMES, "gateway")
GRANTED: dict[str, dict[str, list[str]]] = json.loads(permissions.NOW.read_text(encoding="utf-8"))
INCLUDE: str = yaml.safe_load((CHART.parent / "values" / "nats.yaml").read_text())["config"]["merge"]["$include"]


def users_conf(keys: dict[str, str], chart: Path = CHART, *, previous: bool = True) -> str:
    """What the chart gives the server."""
    values = {"nats": {"publicKeys": keys, "grantPrevious": previous}}
    return str(of_kind(render(values, chart=chart), "ConfigMap")["smartcity-nats-users"]["data"]["users.conf"])


def of_user(text: str, key: str) -> dict[str, Any]:
    """Permissions of one user in a rendered file; it is JSON, which the server reads as it is."""
    (found,) = [user for user in json.loads(text)["accounts"]["SMARTCITY"]["users"] if user["nkey"] == key]
    return dict(found["permissions"])


@dataclass
class Configured(Server):
    """A server that runs on a configuration as in the cluster."""

    users: Path
    pid: int
    monitor: int

    def reload(self, text: str) -> None:
        """What the reloader beside it does when the ConfigMap changes."""
        before = self._loaded()
        self.users.write_text(text)
        os.kill(self.pid, signal.SIGHUP)
        while self._loaded() == before:
            time.sleep(0.01)

    def _loaded(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor}/varz", timeout=5) as answer:
            return str(json.load(answer)["config_load_time"])


@pytest.fixture(scope="module")
def server(servers_home: Path) -> Iterator[Configured]:
    """Folders as the nats chart mounts them: its configuration, and beside it ours, included by a relative path."""
    home = servers_home / "rendered-nats"
    own, port, monitor = home / "nats-config", *free_ports(2)
    users = (own / INCLUDE).resolve()
    for folder in (own, users.parent):
        folder.mkdir(parents=True)
    assert users.parent.name == "smartcity-nats"
    seeds = {name: new_seed() for name in PUBLIC_KEYS}
    users.write_text(users_conf({name: public_key(seed) for name, seed in seeds.items()}))
    (own / "nats.conf").write_text(
        f'server_name: rendered\nlisten: "127.0.0.1:{port}"\nhttp: "127.0.0.1:{monitor}"\n'
        f'jetstream {{ store_dir: "{home}/streams", max_file_store: 100MB }}\ninclude {INCLUDE};\n'
    )
    process = Process(Command((binary(), "--config", str(own / "nats.conf"))), home / "nats.log")

    def ready() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{monitor}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    try:
        process.wait_ready(ready)
        yield Configured(f"nats://127.0.0.1:{port}", seeds, users, process.pid, monitor)
    finally:
        process.stop()


@pytest.fixture(scope="module", autouse=True)
async def made_streams(server: Configured) -> None:
    """The administrator of the rendered file makes streams and consumers, as the Job of migrations does."""
    admin = await bus.connect(server.url, server.seeds[ADMIN], ADMIN)
    await streams.ensure(admin, pillars().values())
    await admin.close()


def covers(pattern: str, subject: str) -> bool:
    """Whether a permission covers a subject: `*` is one token, `>` all that follow."""
    mine, others = pattern.split("."), subject.split(".")
    for number, token in enumerate(mine):
        if token == ">":
            return len(others) > number
        if number >= len(others) or token not in ("*", others[number]):
            return False
    return len(mine) == len(others)


def test_the_file_is_what_the_pillars_declare() -> None:
    """Renew with: smartcity permissions --write."""
    assert permissions.NOW.read_text(encoding="utf-8") == permissions.derived()


@pytest.mark.parametrize("user", USERS)
async def test_a_user_publishes_what_is_granted_and_nothing_else(server: Configured, user: str) -> None:
    allowed = {s for s in published() if any(covers(each, s) for each in GRANTED[user]["publish"])}
    assert await refusals(server, user, "publish", published()) == published() - allowed


@pytest.mark.parametrize("user", USERS)
async def test_a_user_hears_what_is_granted_and_nothing_else(server: Configured, user: str) -> None:
    tried = {subject for subject in heard() if subject != "nudge.>"}  # the server takes it for one more token
    allowed = {s for s in tried if any(covers(each, s) for each in GRANTED[user]["subscribe"])}
    assert await refusals(server, user, "subscription", tried) == tried - allowed


def test_an_empty_list_is_a_refusal_and_not_a_gift() -> None:
    rendered = of_user(users_conf(PUBLIC_KEYS), PUBLIC_KEYS["gateway"])
    assert GRANTED["gateway"]["publish"] == []
    assert rendered["publish"] == {"deny": [">"]}


def test_each_user_is_there_once_with_its_key() -> None:
    users = json.loads(users_conf(PUBLIC_KEYS))["accounts"]["SMARTCITY"]["users"]
    assert sorted(user["nkey"] for user in users) == sorted(PUBLIC_KEYS.values())
    readers = {door.reader for door in DOORS}
    assert set(GRANTED) - {CALLOUT, *readers, permissions.DOORS_KEY} == set(PUBLIC_KEYS) == set(of_all(pillars()))


@pytest.fixture
def upgraded(tmp_path: Path) -> Path:
    """The chart of a version whose predecessor let economy publish more."""
    chart = tmp_path / "smartcity"
    shutil.copytree(CHART, chart)
    before = {"economy": {"publish": ["smartcity.types.v1.Former.economy"], "subscribe": ["former.>"]}}
    (chart / "files" / permissions.BEFORE.name).write_text(json.dumps(before))
    return chart


def test_while_it_rolls_both_versions_have_their_grants_and_afterwards_only_the_new_one(upgraded: Path) -> None:
    key = PUBLIC_KEYS["economy"]
    now = {verb: set(GRANTED["economy"][verb]) for verb in ("publish", "subscribe")}
    during = of_user(users_conf(PUBLIC_KEYS, upgraded), key)
    assert set(during["publish"]["allow"]) == now["publish"] | {"smartcity.types.v1.Former.economy"}
    assert set(during["subscribe"]["allow"]) == now["subscribe"] | {"former.>"}
    afterwards = of_user(users_conf(PUBLIC_KEYS, upgraded, previous=False), key)
    assert {verb: set(afterwards[verb]["allow"]) for verb in now} == now


async def test_a_server_that_runs_takes_grants_and_gives_them_up_again(server: Configured, upgraded: Path) -> None:
    keys = {name: public_key(seed) for name, seed in server.seeds.items()}
    former = {"smartcity.types.v1.Former.economy"}
    assert await refusals(server, "economy", "publish", former) == former
    server.reload(users_conf(keys, upgraded))
    assert await refusals(server, "economy", "publish", former) == set()
    server.reload(users_conf(keys, upgraded, previous=False))
    assert await refusals(server, "economy", "publish", former) == former


def test_writing_the_file_of_a_release_keeps_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, before = tmp_path / "now.json", tmp_path / "before.json"
    monkeypatch.setattr(permissions, "NOW", now)
    monkeypatch.setattr(permissions, "BEFORE", before)
    assert permissions.write()
    assert not permissions.write()
    assert not before.exists()
    now.write_text('{"economy": {}}')
    assert permissions.write(release=True)
    assert before.read_text() == '{"economy": {}}'
    assert now.read_text() == permissions.derived()


def test_the_server_of_dev_mode_is_given_the_same_users() -> None:
    data = of_kind(render(DEV), "ConfigMap")["smartcity-nats-users"]["data"]
    assert data["users.conf"] == users_conf(PUBLIC_KEYS)
    assert "include users.conf" in data["nats.conf"]
    changed = together(DEV, {"nats": {"publicKeys": {"economy": "U" + "Z" * 55}}})
    annotations = [
        of_kind(render(values), "StatefulSet")["smartcity-dev-nats"]["spec"]["template"]["metadata"]["annotations"]
        for values in (DEV, changed)
    ]
    assert annotations[0] != annotations[1], "a new key restarts it"


def test_the_nats_chart_comes_first_when_devices_are_switched_on(tmp_path: Path) -> None:
    """A server that restarts when one of the charts was upgraded and the other was not."""
    made = of_devices(merged_values())
    keys: Values = {"nats": {"publicKeys": {name: public_key(new_seed()) for name in PUBLIC_KEYS}}}
    users, with_devices = (
        of_kind(render(together(values, keys)), "ConfigMap")["smartcity-nats-users"]["data"]["users.conf"]
        for values in (EVERYTHING, together(MATRIX["devices"], {"mqtt": made.devices}))
    )

    def refusal(mqtt: str, users: str, environment: dict[str, str]) -> str:
        """What the server says against its configuration."""
        (tmp_path / "users.conf").write_text(users)
        (tmp_path / "nats.conf").write_text(f"server_name: one\njetstream {{}}\n{mqtt}\ninclude users.conf\n")
        command = [binary(), "-t", "-c", str(tmp_path / "nats.conf")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.stderr if done.returncode else ""

    password = {"MQTT_READER_PASSWORD": "letters", "MQTT_VEHICLE_READER_PASSWORD": "letters"}
    assert refusal("mqtt { port: 1883 }", users, password) == ""
    assert refusal("mqtt { port: 1883 }", with_devices, password) == ""
    assert "MQTT_READER_PASSWORD" in refusal("", with_devices, {})


async def test_with_devices_users_come_in_while_nobody_answers_for_devices(servers_home: Path) -> None:
    """The rendered file on a real server: who reads by its password out of the environment, a pillar by its key."""
    home, port, mqtt = servers_home / "rendered-devices", *free_ports(2)
    home.mkdir()
    seeds = {name: new_seed() for name in PUBLIC_KEYS}
    made = of_devices(merged_values())
    keys = {name: public_key(seed) for name, seed in seeds.items()}
    values = together(MATRIX["devices"], {"nats": {"publicKeys": keys}, "mqtt": made.devices})
    users = of_kind(render(values), "ConfigMap")["smartcity-nats-users"]["data"]["users.conf"]
    (home / "users.conf").write_text(users)
    (home / "nats.conf").write_text(
        f'server_name: devices\nlisten: "127.0.0.1:{port}"\njetstream {{ store_dir: "{home}/streams" }}\n'
        f'mqtt {{ listen: "127.0.0.1:{mqtt}", ack_wait: 10s, max_ack_pending: 500 }}\ninclude users.conf\n'
    )
    held = made.secrets[0]["stringData"]
    password, vehicles = held["reader-password"], held["vehicle-reader-password"]
    passwords = {"MQTT_READER_PASSWORD": password, "MQTT_VEHICLE_READER_PASSWORD": vehicles}
    command = Command((binary(), "--config", str(home / "nats.conf")), passwords)
    process = Process(command, home / "nats.log")
    try:
        pillar = await bus.connect(f"nats://127.0.0.1:{port}", seeds["environment"], "environment")
        reader = Device("reader", password, mqtt, client_id="environment_reader", clean=False)
        assert await reader.connect() == "Success"
        assert await reader.subscribe("devices/+/observations")
        buses = Device("vehicle-reader", vehicles, mqtt, client_id="living_reader", clean=False)
        assert await buses.connect() == "Success"
        assert await buses.subscribe("vehicles/+/positions")
        assert not await buses.subscribe("devices/+/observations")
        stranger = Device("duga-simongan-1", "guess", mqtt)
        assert await stranger.connect() == "Not authorized"
        for one in (reader, buses, stranger):
            await one.leave()
        await pillar.close()
    finally:
        process.stop()
