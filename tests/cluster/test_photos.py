"""Photos where they are decoded in earnest: no root, a root that cannot be written, seccomp, a limit of memory."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest

from gateway.photos.workers import MEMORY_BYTES
from tests.cluster.conftest import Cluster
from tests.security.attacks import pictures

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

WORKERS = """
import pathlib, json
def workers():
    for each in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if b"gateway.photos.worker" in (each / "cmdline").read_bytes().split(bytes(1)):
                yield each
        except OSError:
            pass
"""
DESCRIBE = (
    WORKERS
    + """
def line(each, file, name):
    return next(x for x in (each / file).read_text().splitlines() if x.startswith(name))[len(name):].split()
print("workers", json.dumps([{
    "uid": line(each, "status", "Uid:")[0],
    "privileges": line(each, "status", "CapEff:")[0],
    "seccomp": line(each, "status", "Seccomp:")[0],
    "memory": line(each, "limits", "Max address space")[0],
    "sooner": (each / "oom_score_adj").read_text().strip(),
    "secrets": b"SMARTCITY_" in (each / "environ").read_bytes(),
} for each in workers()]))
"""
)
KILL_AT_WORK = (
    WORKERS
    + """
import os, signal, time
def ticks(each):
    fields = (each / "stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])
begun, end = {}, time.monotonic() + 30
while time.monotonic() < end:
    for each in workers():
        try:
            if ticks(each) - begun.setdefault(each.name, ticks(each)) > 15:  # 0.15 s of work since it was first seen
                os.kill(int(each.name), signal.SIGKILL)
                raise SystemExit(print("killed"))
        except (OSError, ValueError):
            pass
    time.sleep(0.005)
print("nobody worked")
"""
)


class Gateway:
    """One gateway's pod, reached as `kubectl port-forward` does."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.pod = str(cluster.pods("gateway")[0].metadata.name)

    def send(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, Any, http.client.HTTPMessage]:
        """Status, body and headers of the answer to one request, over a connection of its own."""
        portforward = import_module("kubernetes.stream").portforward
        connection = http.client.HTTPConnection("localhost", 8080)
        with self._cluster.apart() as core:
            ask = core.connect_get_namespaced_pod_portforward
            forward = portforward(ask, self.pod, self._cluster.namespace, ports="8080")
            connection.sock = forward.socket(8080)
            connection.sock.settimeout(60)
            try:
                connection.request(method, path, body, {"Idempotency-Key": uuid4().hex, **headers})
                answer = connection.getresponse()
                return answer.status, json.loads(answer.read()), answer.headers
            finally:
                connection.close()

    def file(self) -> dict[str, Any]:
        """A case to put photos on."""
        body = {"text": f"Sampah menumpuk, {uuid4().hex[:8]}", "location": {"lon": 110.41, "lat": -6.98}}
        status, filed, _ = self.send(
            "POST", "/v1/complaints", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        assert status == 201, filed
        return dict(filed)

    def upload(self, filed: Mapping[str, Any], photo: bytes) -> tuple[int, Any, http.client.HTTPMessage]:
        """A photo for the case, by who filed it."""
        head = {"X-Link-Key": filed["link_key"], "Content-Type": "image/jpeg"}
        return self.send("POST", f"/v1/complaints/{filed['code']}/photos", photo, head)

    def run(self, code: str) -> str:
        """What Python code says beside the gateway."""
        return self._cluster.run(self.pod, code)

    def restarts(self) -> int:
        """How often its container was started again."""
        pod = self._cluster.core.read_namespaced_pod(self.pod, self._cluster.namespace)
        return sum(each.restart_count for each in pod.status.container_statuses)


@pytest.fixture(scope="module")
def gateway(installed: Cluster) -> Iterator[Gateway]:
    """It is not started anew by anything that is sent to it."""
    it = Gateway(installed)
    before = it.restarts()
    yield it
    assert it.restarts() == before


@pytest.fixture
def filed(gateway: Gateway) -> dict[str, Any]:
    """A case of the test's own."""
    return gateway.file()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_honest_photo_is_decoded_and_kept(gateway: Gateway, filed: dict[str, Any], kind: str) -> None:
    status, answer, _ = gateway.upload(filed, pictures.encoded(kind, (1_600, 1_200)))
    assert (status, answer.get("width"), answer.get("height")) == (201, 1_600, 1_200), answer


def test_who_decodes_may_do_nothing_else(gateway: Gateway, filed: dict[str, Any]) -> None:
    assert gateway.upload(filed, pictures.encoded("JPEG"))[0] == 201
    workers = json.loads(gateway.run(DESCRIBE).removeprefix("workers "))
    assert workers
    bounded = {
        "uid": "10001",
        "privileges": "0" * 16,
        "seccomp": "2",
        "memory": str(MEMORY_BYTES),
        "sooner": "1000",
        "secrets": False,
    }
    assert workers == [bounded] * len(workers)
    said = gateway.run("import pathlib; pathlib.Path('/app/here').write_text('')")
    assert "Read-only file system" in said


def test_a_photo_that_asks_for_a_gigabyte_is_refused(gateway: Gateway, filed: dict[str, Any]) -> None:
    status, problem, _ = gateway.upload(filed, pictures.webp(7_000, 7_000))
    assert (status, problem["reason"]) == (413, "PHOTO_TOO_MANY_PIXELS")


def test_a_photo_whose_decoder_is_killed_gets_a_clear_answer(gateway: Gateway, filed: dict[str, Any]) -> None:
    """As the kernel does where a node has no memory left."""
    said: list[str] = []
    killer = threading.Thread(target=lambda: said.append(gateway.run(KILL_AT_WORK)))
    killer.start()
    time.sleep(2)  # it looks on
    status, problem, headers = gateway.upload(filed, costly())
    killer.join()
    assert said[0].strip() == "killed"
    assert (status, problem["reason"], headers["retry-after"]) == (503, "PHOTOS_BUSY", "5")
    assert headers["content-type"].startswith("application/problem+json")
    assert "again in a few seconds" in problem["detail"]
    assert gateway.upload(filed, pictures.encoded("JPEG"))[0] == 201, "the next one is served by another"


def test_the_largest_photos_at_once_stay_within_the_pods_memory(gateway: Gateway) -> None:
    cases = [gateway.file() for _ in range(6)]
    photo = costly()
    with ThreadPoolExecutor(len(cases)) as senders:
        answers = list(senders.map(lambda filed: gateway.upload(filed, photo), cases))
    assert {status for status, _, _ in answers} <= {201, 503}, answers
    assert 201 in {status for status, _, _ in answers}


def costly() -> bytes:
    """Nearly the largest that is taken: a second or more of work, and 230 MB."""
    return pictures.encoded("JPEG", (4_900, 4_000), progressive=True, subsampling=0)
