"""An API server of Kubernetes that answers with what one of a real cluster was recorded to say.

The recordings are served over HTTP, so that the client reads them with its own models, as it reads a real server's.
"""

import json
import os
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from kubernetes.config import kube_config
from typer.testing import CliRunner, Result

from deploy.cli import app

RECORDED = Path(__file__).parent / "recorded"
NAMESPACE = "kota"
SELECTOR = "app.kubernetes.io/name=smartcity,app.kubernetes.io/instance=smartcity"
FOLDERS = {
    "/apis/apps/v1/namespaces/kota/deployments": "deployments",
    "/api/v1/namespaces/kota/pods": "pods",
    "/apis/autoscaling/v2/namespaces/kota/horizontalpodautoscalers": "horizontalpodautoscalers",
    "/apis/batch/v1/namespaces/kota/jobs": "jobs",
}
_LOG = re.compile(r"/api/v1/namespaces/kota/pods/([\w-]+)/log")


class ApiServer(ThreadingHTTPServer):
    """Answers with the recordings of a folder; `forbidden` is what the account may not list, `printed` by pods."""

    recording = "well"
    forbidden = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.printed: dict[str, list[str]] = {}


class _Handler(BaseHTTPRequestHandler):
    server: ApiServer

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        kind = FOLDERS.get(address.path, "")
        asked = parse_qs(address.query)
        selected = asked.get("labelSelector") == [SELECTOR]
        if found := _LOG.fullmatch(address.path):
            lines = self.server.printed.get(found[1], [])
            most = int(asked.get("tailLines", [str(len(lines))])[0])
            self._answer(200, "".join(f"{line}\n" for line in lines[len(lines) - most :]).encode())
        elif not (kind and selected):
            self._answer(404, _refusal(404, "NotFound", f"{self.path} not found"))
        elif kind == self.server.forbidden:
            text = f'{kind} is forbidden: User "sre" cannot list resource "{kind}" in the namespace "kota"'
            self._answer(403, _refusal(403, "Forbidden", text))
        else:
            self._answer(200, (RECORDED / self.server.recording / f"{kind}.json").read_bytes())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """The tests say what they asked for."""


def _refusal(code: int, reason: str, message: str) -> bytes:
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    return json.dumps({**status, "message": message, "reason": reason, "code": code}).encode()


def run(kubeconfig: Path, *words: str, **env: str) -> Result:
    """`smartcity` with a home in which nothing runs."""
    wanted = environment(kubeconfig, **env)
    others: dict[str, str | None] = dict.fromkeys(set(os.environ) - set(wanted))
    with pytest.MonkeyPatch.context() as patch:
        # The client reads KUBECONFIG once, when it is imported.
        patch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", str(kubeconfig))
        return CliRunner().invoke(app, words, env={**others, **wanted})


def environment(kubeconfig: Path, **env: str) -> dict[str, str]:
    """Nothing of this machine's own platform or cluster."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SMARTCITY_", "KUBE"))}
    home = str(kubeconfig.parent / "home")
    return {**kept, "KUBECONFIG": str(kubeconfig), "SMARTCITY_HOME": home, "COLUMNS": "200", **env}
