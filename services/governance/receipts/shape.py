"""The receipt as a file: exactly the JSON that the gateway prints, read without mercy.

Every field has one spelling (lower-case hexadecimal, canonical base64url, fixed time formats), so that no byte of a
receipt can change unnoticed.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

T = TypeVar("T")

Line = Annotated[str, Meta(pattern=r"\A[^\n]*\Z")]
Hash = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Salt = Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{32})?\Z")]
Micros = Annotated[str, Meta(pattern=r"(?a)\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")]
Seconds = Annotated[str, Meta(pattern=r"(?a)\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")]
Day = Annotated[str, Meta(pattern=r"(?a)\A\d{4}-\d\d-\d\d\Z")]
Positive = Annotated[int, Meta(ge=1)]


class EntryFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry; `note` and `salt` are both empty where it was withheld or erased."""

    number: Positive
    at: Micros
    type: Line
    by: Line
    state: Line
    note: str
    salt: Salt
    note_digest: Hash
    previous_hash: Hash
    hash: Hash


class StepFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One sibling on the way to the root."""

    hash: Hash
    left: bool


class SealFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A signed seal."""

    day: Day
    heads: Positive
    root: Hash
    previous: Hash
    at: Seconds
    key_id: Line
    signature: Line


class InclusionFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Proof that a seal holds the chain up to an entry."""

    number: Positive
    seal: SealFile
    path: list[StepFile]


class ReceiptFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A receipt. `keys` is the text of a JWK set."""

    version: Annotated[str, Meta(pattern=r"\A1\Z")]
    code: Annotated[Line, Meta(min_length=1)]
    entries: Annotated[list[EntryFile], Meta(min_length=1)]
    inclusions: list[InclusionFile]
    keys: str


def read_receipt(document: Mapping[str, Any]) -> ReceiptFile:
    """The receipt in a parsed JSON document, alone or under "receipt". Errors: ValueError that names the field."""
    inner = document.get("receipt", document) if isinstance(document, Mapping) else document
    return _convert(inner, ReceiptFile)


def read_seal(document: Mapping[str, Any]) -> SealFile:
    """A published seal. Errors: ValueError that names the field."""
    return _convert(document, SealFile)


def _convert(document: Any, shape: type[T]) -> T:
    json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair has no bytes to hash
    return msgspec.convert(document, shape)
