"""The API as its own document describes it: operations, documented bodies, callers, and what every answer must be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from schemathesis.schemas import APIOperation

Documented = dict[str, APIOperation[Any, Any, Any, Any]]
"""Operations of the document by their ids, as schemathesis has them."""
PROBLEM = "application/problem+json"
TRACE_ID = re.compile(r"[0-9a-f]{32}")
REASON = re.compile(r"[A-Z][A-Z0-9_]+")

BANKS = ["Bank"]
"""Tags of what only the bank calls, signed, answered in SNAP's form; see tests/gateway/answers/test_snap.py."""
ROLES = {
    "anonymous": "",
    "citizen": "warga",
    "officer": "petugas-dlh",
    "verifier": "verifikator",
    "admin": "admin",
    "stranger": "petugas-dishub",
    "treasurer": "petugas-bpkad",
    "office": "petugas-dinkop-um",
    "warner": "petugas-bpbd",
    "watch": "piket",
    "rider": "pedagang",
    "seller": "petugas-disbudpar",
    "dispatcher": "operator112",
    "relief": "operator112-pengganti",
    "crew": "kru-damkar",
    "checker": "petugas-kec-semarang-tengah",
    "forger": "",
}
"""Who calls, and the demo user they are; the stranger is an officer of an agency that the seeded cases do not go to,
the office takes merchants on, the warner and the watch decide on warnings two by two, the
rider has no wallet, the seller sells tickets, the relief takes the dispatcher's shift over, the checker checks
applications for permits."""


@dataclass(frozen=True)
class Call:
    """One request, in the words of the document. ``key`` is the reporter's link key."""

    operation: str
    role: str = "anonymous"
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    photo: bytes = b""
    key: str = ""
    version: str = ""
    """The ETag for If-Match."""
    other: Mapping[str, Any] = field(default_factory=dict)
    """What the body says instead in a request that is as valid, and not the same."""

    def to(self, **path: str) -> Call:
        """The same request to another address."""
        return replace(self, path={**self.path, **path})


@dataclass(frozen=True)
class Operation:
    """One entry of the document."""

    id: str
    method: str
    path: str
    raw: Mapping[str, Any]

    def takes(self, name: str) -> bool:
        """Whether a parameter of this name is documented."""
        return any(each["name"] == name for each in self.raw.get("parameters", ()))

    def requires(self, name: str) -> bool:
        """Whether a parameter of this name must be there."""
        return any(each["name"] == name and each["required"] for each in self.raw.get("parameters", ()))


class Api:
    """The live gateway with a token per role."""

    def __init__(self, document: dict[str, Any], client: httpx.AsyncClient, tokens: Mapping[str, str]) -> None:
        """``client`` knows the base URL; ``tokens`` has one for every role but the anonymous."""
        self.document = document
        self.operations = {each.id: each for each in _operations(document)}
        self._client = client
        self._tokens = tokens

    def credentials(self, role: str) -> dict[str, str]:
        """Headers that make the caller one of a role."""
        if role == "forger":
            return {"Authorization": "Bearer e30.e30.e30"}
        return {"Authorization": f"Bearer {self._tokens[role]}"} if role in self._tokens else {}

    def example(self, operation: str) -> dict[str, Any]:
        """A copy of the body that the document gives as example."""
        schema = self.operations[operation].raw["requestBody"]["content"]["application/json"]["schema"]
        (reference,) = [schema["$ref"]] if "$ref" in schema else [s["$ref"] for s in schema["anyOf"] if "$ref" in s]
        named = self.document["components"]["schemas"][reference.rpartition("/")[2]]
        return dict(named["examples"][0])

    async def send(self, call: Call, **headers: str) -> httpx.Response:
        """Sends it; a further header of an empty value is left out."""
        operation = self.operations[call.operation]
        sent = {"X-Link-Key": call.key, **self.credentials(call.role)}
        if call.version:
            sent["If-Match"] = f'"{call.version}"'
        if call.photo:
            sent["Content-Type"] = "image/jpeg"
        sent |= headers
        return await self._client.request(
            operation.method,
            operation.path.format_map(call.path),
            params=call.query,
            json=call.body,
            content=call.photo or None,
            headers={name: value for name, value in sent.items() if value},
        )


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The problem in a refusal, after a look at its form (RFC 9457)."""
    return check_problem(answer.status_code, answer.headers.get("content-type", ""), answer.json())


def check_problem(status: int, content_type: str, body: Any) -> dict[str, Any]:
    """Asserts that a refusal is a problem with reason and trace id, and answers with it."""
    assert content_type.partition(";")[0] == PROBLEM, f"{status} as {content_type}"
    assert body["status"] == status
    assert REASON.fullmatch(body["reason"]), body
    assert TRACE_ID.fullmatch(body["trace_id"] or ""), body
    assert body["title"], body
    assert body["detail"], body
    return dict(body)


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, raw in methods.items():
            if raw["tags"] == BANKS:
                continue
            yield Operation(raw["operationId"], method.upper(), path, raw)
