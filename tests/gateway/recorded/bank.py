"""What a bank sends."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.gateway.recorded.operations import KEY, Operation
from tests.gateway.recorded.pillars import REFUSALS
from tests.gateway.recorded.recording import Case


def of_bank(operation: Operation) -> Iterator[Case]:
    token = operation.id == "createSnapToken"
    notice = {
        "originalReferenceNo": "20261124000000000001",
        "originalPartnerReferenceNo": "SMGP-7K4P-92",
        "latestTransactionStatus": "00",
        "amount": {"value": "4000.00", "currency": "IDR"},
    }
    body = json.dumps({"grantType": "client_credentials"} if token else notice).encode()
    yield operation.case("by the bank", raw=body)
    yield operation.case("with a token of the bank", raw=body, headers={"authorization": "Bearer e30.e30.e30"})
    yield operation.case("with cookies", raw=body, headers={"cookie": "session-8080=nonsense"})
    yield operation.case("with a key", raw=body, headers={"Idempotency-Key": KEY, "channel-id": "95221"})
    yield operation.case("with a query", raw=body, query="a=b&c=%20")
    for name in operation.headers:
        yield operation.case(f"without {name}", raw=body, headers={name: None})
        yield operation.case(f"{name} empty", raw=body, headers={name: ""})
    for what, raw in {
        "empty": b"",
        "no JSON": b"{",
        "null": b"null",
        "not UTF-8": b"\xff\xfe",
        "65536 bytes": b"x" * 65_536,
        "65537 bytes": b"x" * 65_537,
        "far too much": b"x" * 300_000,
    }.items():
        yield operation.case(f"body is {what}", raw=raw)
    for kind in ("text/plain", "application/json; charset=utf-8", None):
        yield operation.case(f"sent as {kind}", raw=body, headers={"content-type": kind})
    for method in ("GET", "PUT", "HEAD", "OPTIONS"):
        yield operation.case(f"by the method {method}", raw=b"", method=method)
    for name in REFUSALS:
        for plain in ("", "PLAIN-"):
            yield operation.case(f"refused {plain}{name}", raw=body, headers={"X-SIGNATURE": f"refuse-{plain}{name}"})
    yield operation.case("answered variant-bare", raw=body, headers={"X-SIGNATURE": "variant-bare"})
    unknown = operation.case("at an address of the bank's that is none", raw=body)
    path = "/v1/snap/v1.0/transfer"
    yield Case(unknown.name, unknown.tag, unknown.role, unknown.method, path, unknown.headers, unknown.body)
