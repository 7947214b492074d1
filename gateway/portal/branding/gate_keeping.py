"""The service worker of a gate's page: a phone that is restarted without a connection still has its gate.

It governs one gate's address alone and keeps that page with its scripts and its style; nothing else of the portal.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from starlette.responses import Response

from gateway.portal.kit.assets import asset

DECODER = "vendor/jsqr/jsQR.js"
"""Reads QR codes where the browser does not."""
_FILES = ("portal.css", "portal.js", "typed.js", "gate.js", "logo.svg", DECODER)
_POLICY = "default-src 'none'; connect-src 'self'"
_WORKER = Path(__file__).parents[1] / "static" / "gate_worker.js"


@cache
def _script() -> str:
    return _WORKER.read_text(encoding="utf-8")


def worker(page: str) -> Response:
    """The worker of the gate at an address."""
    begin = f"const PAGE = {json.dumps(page)}, FILES = {json.dumps([asset(one) for one in _FILES])};\n"
    headers = {"content-security-policy": _POLICY, "service-worker-allowed": page}
    return Response(begin + _script(), media_type="text/javascript", headers=headers)
