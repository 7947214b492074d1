"""What the trace viewer shows of a fault."""

from __future__ import annotations

from typing import Any

import httpx

from deploy.faults.table import Fault, Trace

SLOW_NS = 500_000_000
_LOOKED_AT = 150


async def shows(viewer: str, fault: Fault, since_ns: int) -> bool:
    """Whether a trace begun since then shows it as the table says."""
    async with httpx.AsyncClient(base_url=viewer, timeout=20) as client:
        query: dict[str, str] = {"limit": str(_LOOKED_AT), **_NARROWED.get(fault.trace, {})}
        listed = (await client.get("/api/traces", params=query)).json()["traces"]
        for one in listed:
            if one["end_ns"] < since_ns:
                continue
            spans = (await client.get(f"/api/traces/{one['trace_id']}")).json()["spans"]
            if _SHOWN[fault.trace](spans, fault.service):
                return True
    return False


def _failed(spans: list[dict[str, Any]], service: str) -> bool:
    return any(span["status"] == "error" and _names(span, service) for span in spans)


def _long(spans: list[dict[str, Any]], service: str) -> bool:
    return any(_names(span, service) and span["end_ns"] - span["start_ns"] > SLOW_NS for span in spans)


def _ends(spans: list[dict[str, Any]], service: str) -> bool:
    """A complaint was passed on, and the service did not react, whoever else did."""
    moved = any("TransitionComplaint" in span["name"] and span["service"] == "governance" for span in spans)
    return moved and not any(span["kind"] == "consumer" and span["service"] == service for span in spans)


def _names(span: dict[str, Any], service: str) -> bool:
    """A span of the service itself, or of a call to it."""
    method = str(span["attributes"].get("rpc.method", ""))
    return bool(span["service"] == service) or method.startswith(f"smartcity.{service}.")


# Of what people ask for: traces of timers, some each second, would soon be all of the newest.
_NARROWED = {Trace.ERROR: {"errors": "1"}, Trace.ENDS: {"service": "gateway"}}
_SHOWN = {Trace.ERROR: _failed, Trace.SLOW: _long, Trace.ENDS: _ends}
