"""Cases and what came of them, and how both stand in files."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).with_name("fixtures")
ANSWERS = "answers"
"""Stem of the file with what many answers have in common: sets of headers and long bodies, by their digest."""
_PLAIN_MOST = 400
"""Bytes up to which something stands in a line as it is."""
_KEPT_MOST = 40_000
"""Bytes up to which an answer's body is kept; of a longer one (the city's map) the digest is."""


@dataclass(frozen=True)
class Case:
    """One request. ``headers`` do not hold the token of its role."""

    name: str
    tag: str
    role: str
    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    @property
    def is_stream(self) -> bool:
        """Whether the answer may have no end."""
        return self.name.startswith("followPayment/")

    def header(self, name: str) -> str:
        """A header by its name in small letters; empty when it is not sent."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True)
class Call:
    """A call that reached a pillar."""

    rpc: str
    caller: Mapping[str, Any]
    message: bytes


@dataclass(frozen=True)
class Recording:
    """What came of a case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    reached: list[Call]

    @property
    def digest(self) -> str:
        """Of the body."""
        return hashlib.sha256(self.body).hexdigest()[:20]


def write(folder: Path, played: Iterable[tuple[Case, Recording]]) -> None:
    """Writes cases and recordings: a file per tag, and one for the bodies."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.jsonl"):
        old.unlink()
    lines: dict[str, list[str]] = {}
    bodies: dict[str, bytes] = {}
    heads: dict[str, Mapping[str, str]] = {}
    for case, found in played:
        if len(found.body) > _PLAIN_MOST:
            bodies[found.digest] = found.body
        heads[_digest_of_headers(found)] = found.headers
        lines.setdefault(_slug(case.tag), []).append(_dumped(_line(case, found)))
    lines[ANSWERS] = [_dumped({"digest": digest, "headers": dict(head)}) for digest, head in sorted(heads.items())]
    lines[ANSWERS] += [
        _dumped({"digest": digest, "body": packed(body) if len(body) <= _KEPT_MOST else None})
        for digest, body in sorted(bodies.items())
    ]
    for name, each in lines.items():
        (folder / f"{name}.jsonl").write_text("\n".join(each) + "\n", encoding="utf-8")


def read(folder: Path) -> Iterator[tuple[Case, Recording]]:
    """Reads what ``write`` wrote. A body of which only the digest was kept is the text ``digest:...``."""
    kept: dict[str, Any] = {}
    for line in _lines(folder / f"{ANSWERS}.jsonl"):
        body = line.get("body")
        kept[line["digest"]] = line.get("headers") or (None if body is None else unpacked(body))
    for path in sorted(folder.glob("*.jsonl")):
        if path.stem != ANSWERS:
            for line in _lines(path):
                yield _case(line, path.stem), _recording(line, kept)


def comparable(found: Recording) -> bytes:
    """The body as ``read`` gives it: the digest of one that is too long to keep."""
    return found.body if len(found.body) <= _KEPT_MOST else f"digest:{found.digest}".encode()


def packed(data: bytes) -> Any:
    """Bytes as JSON: text where they are short text, packed where they are long, base64 otherwise."""
    if len(data) > _PLAIN_MOST:
        squeezed = base64.b64encode(zlib.compress(data, 9)).decode()
        if len(squeezed) < len(data) * 0.7:
            return {"zlib": squeezed}
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def unpacked(value: Any) -> bytes:
    """The bytes of what ``packed`` made."""
    if isinstance(value, str):
        return value.encode()
    if "zlib" in value:
        return zlib.decompress(base64.b64decode(value["zlib"]))
    return base64.b64decode(value["base64"])


def _line(case: Case, found: Recording) -> dict[str, Any]:
    body = {"digest": found.digest} if len(found.body) > _PLAIN_MOST else packed(found.body)
    return {
        "name": case.name,
        "role": case.role,
        "method": case.method,
        "path": case.path,
        "headers": [list(each) for each in case.headers],
        "body": None if case.body is None else packed(case.body),
        "reached": [{"rpc": c.rpc, "caller": c.caller, "message": _message(c.message)} for c in found.reached],
        "answer": {"status": found.status, "headers": _digest_of_headers(found), "body": body},
    }


def _digest_of_headers(found: Recording) -> str:
    return hashlib.sha256(_dumped(dict(found.headers)).encode()).hexdigest()[:8]


def _message(data: bytes) -> Any:
    whole = packed(data) if len(data) > _PLAIN_MOST else None
    return whole if isinstance(whole, dict) else base64.b64encode(data).decode()


def _case(line: dict[str, Any], tag: str) -> Case:
    headers = tuple((name, value) for name, value in line["headers"])
    body = None if line["body"] is None else unpacked(line["body"])
    return Case(line["name"], tag, line["role"], line["method"], line["path"], headers, body)


def _recording(line: dict[str, Any], kept: dict[str, Any]) -> Recording:
    said = line["answer"]
    digest = said["body"].get("digest") if isinstance(said["body"], dict) else None
    body = (kept[digest] or f"digest:{digest}".encode()) if digest else unpacked(said["body"])
    reached = [
        Call(c["rpc"], c["caller"], base64.b64decode(m) if isinstance(m := c["message"], str) else unpacked(m))
        for c in line["reached"]
    ]
    return Recording(said["status"], kept[said["headers"]], body, reached)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _dumped(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _slug(tag: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", tag.lower()).strip("-")
