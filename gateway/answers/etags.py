"""What a client has already, by the ETag that it was told; and which version that was.

What is read is told by its bytes, since they depend on who asks, and on what is counted or warned of beside it. Its
version stands before them, so that a change may name it by the same header: of that alone a change asks. What a change
answers is told by its version alone, as nobody keeps it. All are weak: bytes may go packed, and a version names none.
"""

import hashlib
import re

_OF_BYTES = re.compile(r"(.*)\.[0-9a-f]{20}")
"""A version may have a mark of its own behind a point (``services.kit.rpc.etag``), which is not as long."""


def digest(body: bytes) -> str:
    """A short name of what these bytes are."""
    return hashlib.sha256(body).hexdigest()[:20]


def of_bytes(version: str, body: bytes) -> str:
    """The ETag of a version as it is shown by these bytes."""
    return of_version(f"{version}.{digest(body)}")


def of_version(version: str) -> str:
    """The ETag of a version, however it is shown."""
    return f'W/"{version}"'


def version_of(given: str) -> str:
    """The version that an If-Match header names, in any spelling; empty where it names none."""
    bare = given.strip().removeprefix("W/").strip('"')
    found = _OF_BYTES.fullmatch(bare)
    return found[1] if found else bare


def etag_matches(given: str | None, etag: str) -> bool:
    """Whether an If-None-Match header names this version (weak comparison, RFC 9110 section 13.1.2)."""
    if given is None:
        return False
    return given.strip() == "*" or etag.removeprefix("W/") in (
        each.strip().removeprefix("W/") for each in given.split(",")
    )
