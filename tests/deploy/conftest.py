"""A cluster to ask, for the tests of commands that do."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.deploy.kubernetes_api import NAMESPACE, ApiServer


@pytest.fixture
def api() -> Iterator[ApiServer]:
    server = ApiServer()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def kubeconfig(api: ApiServer, tmp_path: Path) -> Path:
    file = tmp_path / "kubeconfig"
    cluster = {"name": "recorded", "cluster": {"server": f"http://127.0.0.1:{api.server_port}"}}
    context = {"name": "recorded", "context": {"cluster": "recorded", "user": "sre", "namespace": NAMESPACE}}
    users = [{"name": "sre", "user": {}}]
    content = {"apiVersion": "v1", "kind": "Config", "clusters": [cluster], "contexts": [context], "users": users}
    file.write_text(json.dumps({**content, "current-context": "recorded"}))
    return file
